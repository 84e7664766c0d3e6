import Crypto
import Identity
import Negotiation
import Noise

/// From raw bytes to a connection that can carry streams:
///
/// ```
/// raw ── multistream-select ──▶ /noise ── handshake ──▶ secure channel ── (muxer agreed in the handshake
///                                                        | multistream-select) ──▶ /yamux/1.0.0
/// ```
///
/// The dialer sends header, proposal and the first Noise message in one write. Bytes may come split or joined in any
/// way; what is left over at the end of each layer goes to the next one. Nothing here does I/O or knows the time: the
/// shell sets the deadline.
///
/// Source: the connections specification of libp2p, upgrading; the noise specification, early muxer negotiation.
struct ConnectionUpgrade: ~Copyable {
    static let muxer = "/yamux/1.0.0"

    enum Step {
        /// Send these bytes (there may be none) and hand over what arrives next.
        case needMore(send: [UInt8])
        /// Send these bytes; then the connection speaks Yamux.
        case finished(send: [UInt8], SecureChannel)
    }

    /// A secure channel whose muxer is agreed on, with the bytes that came behind the agreement.
    struct SecureChannel {
        let noise: NoiseResult
        /// Opened already: the first bytes of Yamux.
        let plaintext: [UInt8]
        /// Not opened yet: the records behind those.
        let ciphertext: [UInt8]
    }

    private enum Stage {
        case security
        case handshake
        case muxer
        case finished
    }

    private let role: NoiseRole
    private var stage = Stage.security
    private var dialer: NegotiationDialer?
    private var listener: NegotiationListener?
    private var handshake: NoiseHandshake
    private var channel: SecureMessages?

    init(
        role: NoiseRole, identity: KeyPair, staticKey: NoiseStaticKey, ephemeral: X25519.PrivateKey,
        expectedPeer: PeerID?, offersMuxerEarly: Bool = true
    ) {
        self.role = role
        handshake = NoiseHandshake(
            role: role, identity: identity, staticKey: staticKey, ephemeral: ephemeral, expectedPeer: expectedPeer,
            muxers: offersMuxerEarly ? [Self.muxer] : [])
        prepare(Noise.protocolID)
    }

    private mutating func prepare(_ protocolID: String) {
        switch role {
        case .initiator: dialer = NegotiationDialer(protocols: [protocolID], lazy: true)
        case .responder: listener = NegotiationListener { $0 == protocolID }
        }
    }

    /// The first bytes to send; the responder has none.
    mutating func start() throws(UpgradeError) -> [UInt8] {
        guard let opening = dialer?.start() else { return [] }
        do {
            return opening + (try handshake.start())
        } catch {
            throw .noise(error)
        }
    }

    /// Takes bytes from the other side.
    mutating func receive(_ bytes: [UInt8]) throws(UpgradeError) -> Step {
        var send: [UInt8] = []
        var input = bytes
        // Each turn finishes one layer and hands the rest of the bytes to the next, or ends.
        while true {
            switch stage {
            case .security:
                guard let leftover = try advanceNegotiation(Noise.protocolID, input, &send) else {
                    return .needMore(send: send)
                }
                stage = .handshake
                input = leftover
            case .handshake:
                guard !input.isEmpty else { return .needMore(send: send) }
                guard let (noise, leftover) = try advanceHandshake(input, &send) else { return .needMore(send: send) }
                if let muxer = noise.muxer {
                    guard muxer == Self.muxer else { throw .muxer(muxer) }
                    stage = .finished
                    return .finished(
                        send: send, SecureChannel(noise: noise, plaintext: [], ciphertext: leftover))
                }
                let channel = SecureMessages(noise)
                prepare(Self.muxer)
                if let opening = dialer?.start() { send += try channel.seal(opening) }
                self.channel = channel
                stage = .muxer
                input = leftover
            case .muxer:
                guard let finished = try advanceMuxer(input, &send) else { return .needMore(send: send) }
                stage = .finished
                return .finished(send: send, finished)
            case .finished:
                throw .malformed("bytes after the upgrade had ended")
            }
        }
    }

    /// The bytes behind the agreement, nil while there is none.
    private mutating func advanceNegotiation(
        _ step: String, _ input: [UInt8], _ send: inout [UInt8]
    ) throws(UpgradeError) -> [UInt8]? {
        do throws(NegotiationError) {
            switch try negotiate(input) {
            case .needMore(let reply):
                send += reply
                return nil
            case .agreed(_, let reply, let leftover):
                send += reply
                return leftover
            case nil:
                return nil
            }
        } catch {
            throw .negotiation(step: step, error)
        }
    }

    private mutating func negotiate(_ input: [UInt8]) throws(NegotiationError) -> NegotiationStep? {
        if let step = try dialer?.receive(input) { return step }
        return try listener?.receive(input)
    }

    private mutating func advanceHandshake(
        _ input: [UInt8], _ send: inout [UInt8]
    ) throws(UpgradeError) -> (NoiseResult, [UInt8])? {
        do {
            switch try handshake.receive(input) {
            case .needMore(let reply):
                send += reply
                return nil
            case .finished(let reply, let result, let leftover):
                send += reply
                return (result, leftover)
            }
        } catch {
            throw .noise(error)
        }
    }

    private mutating func advanceMuxer(
        _ input: [UInt8], _ send: inout [UInt8]
    ) throws(UpgradeError) -> SecureChannel? {
        guard var channel else { return nil }
        channel.append(input)
        defer { self.channel = channel }
        while let plaintext = try channel.open() {
            var reply: [UInt8] = []
            let leftover = try advanceNegotiation(Self.muxer, plaintext, &reply)
            if !reply.isEmpty { send += try channel.seal(reply) }
            guard let leftover else { continue }
            return SecureChannel(noise: channel.noise, plaintext: leftover, ciphertext: channel.rest)
        }
        return nil
    }
}

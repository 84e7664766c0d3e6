import Crypto
import Identity

/// What a handshake wants after bytes arrived.
public enum NoiseStep {
    /// Send these bytes (there may be none) and hand over what arrives next.
    case needMore(send: [UInt8])

    /// The handshake is done. Send `send` (the responder has nothing) before any record; `leftover` are bytes already
    /// received that belong to the peer's first records.
    case finished(send: [UInt8], NoiseResult, leftover: [UInt8])
}

/// What a finished handshake gives.
public struct NoiseResult {
    /// The peer's id, which belongs to the key it proved to hold.
    public let remotePeer: PeerID

    /// The peer's identity key.
    public let remoteKey: PublicKey

    /// The stream multiplexer both sides named in the handshake; nil when one of them named none, so that it is to be
    /// negotiated over the channel.
    public let muxer: String?

    /// The hash over the handshake (32 bytes), the same on both sides and different in every handshake.
    public let handshakeHash: [UInt8]

    /// Seals what is sent.
    public let sealer: NoiseSealer

    /// Opens what is received.
    public let opener: NoiseOpener
}

/// One side of the handshake of libp2p: Noise XX with signed identities in its payloads, framed by lengths.
///
/// The initiator calls ``start()`` and sends what it gives; both sides then hand over what arrives, cut in any way,
/// until a step says `finished`.
public struct NoiseHandshake: ~Copyable {
    private let role: NoiseRole
    private let identity: KeyPair
    private let staticKey: NoiseStaticKey
    private let expectedPeer: PeerID?
    private let muxers: [String]
    private var pattern: NoiseXX
    private var buffer: [UInt8] = []
    private var hasFailed = false

    /// One side of a handshake.
    ///
    /// - Parameters:
    ///   - role: the initiator is the side that dialed.
    ///   - identity: the key pair behind our peer id; the one that signed `staticKey`.
    ///   - staticKey: the process's static key.
    ///   - ephemeral: a fresh key, used for this handshake only.
    ///   - expectedPeer: the peer that must answer; nil accepts anyone.
    ///   - muxers: our stream multiplexers in the order of preference; with an empty list the muxer is negotiated later.
    ///   - prologue: context that both sides must share; empty in libp2p.
    public init(
        role: NoiseRole, identity: KeyPair, staticKey: NoiseStaticKey, ephemeral: X25519.PrivateKey,
        expectedPeer: PeerID? = nil, muxers: [String] = [], prologue: [UInt8] = []
    ) {
        self.role = role
        self.identity = identity
        self.staticKey = staticKey
        self.expectedPeer = expectedPeer
        self.muxers = muxers
        pattern = NoiseXX(
            role: role, staticKey: staticKey.privateKey, ephemeral: ephemeral, prologue: prologue)
    }

    /// The first bytes to send: message 1 for the initiator, nothing for the responder.
    ///
    /// - Throws: ``NoiseError`` with `finished` when called twice.
    public mutating func start() throws(NoiseError) -> [UInt8] {
        guard role == .initiator else { return [] }
        return try frame(pattern.write(payload: []))
    }

    /// Takes bytes from the peer.
    ///
    /// - Parameter bytes: an array or a raw buffer; any part of the stream, however cut.
    /// - Returns: what to send, and the result once it stands. After that the machine has ended.
    /// - Throws: ``NoiseError``. The machine has then ended, and the connection must be closed without an answer.
    public mutating func receive(_ bytes: some Sequence<UInt8>) throws(NoiseError) -> NoiseStep {
        guard !hasFailed, !pattern.isComplete else { throw .finished }
        buffer.append(contentsOf: bytes)
        do {
            return try advance()
        } catch {
            hasFailed = true
            buffer = []
            throw error
        }
    }

    private mutating func advance() throws(NoiseError) -> NoiseStep {
        var send: [UInt8] = []
        while let message = try takeMessage() {
            let isFirst = pattern.isAtStart
            let payload = try pattern.read(message)
            if isFirst {
                guard payload.isEmpty else { throw .malformedMessage("the first one has a payload") }
                send += try frame(pattern.write(payload: ownPayload()))
            } else {
                let peer = try authenticate(payload)
                let muxer = try agreedMuxer(with: peer.muxers)
                if pattern.isOurTurn { send += try frame(pattern.write(payload: ownPayload())) }
                return .finished(send: send, result(of: peer.key, muxer: muxer), leftover: takeLeftover())
            }
        }
        return .needMore(send: send)
    }

    private func ownPayload() -> [UInt8] {
        NoisePayload(
            identityKey: identity.publicKey.protobuf, identitySignature: staticKey.signature, muxers: muxers
        ).encoded
    }

    /// The identity that a payload proves, with the muxers that it names.
    private func authenticate(_ payload: [UInt8]) throws(NoiseError) -> (key: PublicKey, muxers: [String]) {
        let payload = try NoisePayload(decoding: payload)
        let key: PublicKey
        do {
            key = try PublicKey(protobuf: payload.identityKey)
        } catch {
            throw .identityInvalid("\(error)")
        }
        let signed = NoiseStaticKey.signedMessage(for: pattern.remoteStatic)
        guard key.isValid(signature: payload.identitySignature, for: signed) else { throw .signatureInvalid }
        let actual = key.peerID
        if let expectedPeer, expectedPeer != actual { throw .wrongPeer(expected: expectedPeer, actual: actual) }
        guard actual != identity.peerID else { throw .ownIdentity }
        return (key, payload.muxers)
    }

    private func result(of key: PublicKey, muxer: String?) -> NoiseResult {
        let keys = pattern.split()
        let (own, theirs) = role == .initiator ? keys : (keys.responder, keys.initiator)
        return NoiseResult(
            remotePeer: key.peerID, remoteKey: key, muxer: muxer, handshakeHash: pattern.handshakeHash,
            sealer: NoiseSealer(key: own), opener: NoiseOpener(key: theirs))
    }

    /// The first muxer of the initiator's list that the responder has as well. Both sides compute it from both lists.
    private func agreedMuxer(with theirs: [String]) throws(NoiseError) -> String? {
        guard !muxers.isEmpty, !theirs.isEmpty else { return nil }
        let (first, second) = role == .initiator ? (muxers, theirs) : (theirs, muxers)
        guard let muxer = first.first(where: second.contains) else { throw .muxerMismatch(theirs) }
        return muxer
    }

    private func frame(_ message: [UInt8]) throws(NoiseError) -> [UInt8] {
        guard let length = UInt16(exactly: message.count) else { throw .handshakeTooLarge(message.count) }
        return [UInt8(length >> 8), UInt8(truncatingIfNeeded: length)] + message
    }

    /// The message at the front of the buffer; nil while it is incomplete.
    private mutating func takeMessage() throws(NoiseError) -> [UInt8]? {
        guard buffer.count >= Noise.lengthPrefix else { return nil }
        let length = Int(buffer[0]) << 8 | Int(buffer[1])
        guard length <= Noise.maximumHandshakeMessage else { throw .handshakeTooLarge(length) }
        let end = Noise.lengthPrefix + length
        guard buffer.count >= end else { return nil }
        defer { buffer.removeFirst(end) }
        return Array(buffer[Noise.lengthPrefix..<end])
    }

    private mutating func takeLeftover() -> [UInt8] {
        defer { buffer = [] }
        return buffer
    }
}

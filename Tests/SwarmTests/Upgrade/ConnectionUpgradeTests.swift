import Crypto
import Identity
import Noise
import TestSupport
import Testing

@testable import Swarm

@Suite("Upgrade")
struct ConnectionUpgradeTests {
    fileprivate static func key(_ byte: UInt8) -> X25519.PrivateKey {
        X25519.PrivateKey(bytes: SecretBytes(copying: [UInt8](repeating: byte, count: 32)))
    }

    /// One side, in a box that closures can hold.
    private final class Side {
        private var upgrade: ConnectionUpgrade

        init(_ role: NoiseRole, key number: UInt8, expecting peer: PeerID? = nil, early: Bool = true) {
            let identity = KeyPair.test(number)
            let staticKey = NoiseStaticKey(privateKey: ConnectionUpgradeTests.key(number &+ 100), identity: identity)
            upgrade = ConnectionUpgrade(
                role: role, identity: identity, staticKey: staticKey,
                ephemeral: ConnectionUpgradeTests.key(number &+ 200),
                expectedPeer: peer, offersMuxerEarly: early)
        }

        func start() throws(UpgradeError) -> [UInt8] { try upgrade.start() }

        func receive(_ bytes: [UInt8]) throws(UpgradeError) -> ConnectionUpgrade.Step { try upgrade.receive(bytes) }
    }

    /// Runs both sides, `cut` deciding how many of the waiting bytes arrive at once; returns what each side got. The
    /// side that is finished first sends `trailing` at once.
    private static func run(
        early: Bool, trailing: [UInt8] = [], cut: (Int) -> Int
    ) throws -> (ConnectionUpgrade.SecureChannel, ConnectionUpgrade.SecureChannel) {
        let dialer = Side(.initiator, key: 1, expecting: KeyPair.test(2).peerID, early: early)
        let listener = Side(.responder, key: 2, early: early)
        var toListener = try dialer.start()
        var toDialer: [UInt8] = []
        var results: (ConnectionUpgrade.SecureChannel?, ConnectionUpgrade.SecureChannel?) = (nil, nil)
        for _ in 0..<10_000 where results.0 == nil || results.1 == nil {
            if results.1 == nil, !toListener.isEmpty {
                let count = min(cut(toListener.count), toListener.count)
                let bytes = Array(toListener.prefix(count))
                toListener.removeFirst(count)
                switch try listener.receive(bytes) {
                case .needMore(let send): toDialer += send
                case .finished(let send, let channel):
                    toDialer += send
                    if results.0 == nil { toDialer += try SecureMessages(channel.noise).seal(trailing) }
                    results.1 = channel
                }
            }
            if results.0 == nil, !toDialer.isEmpty {
                let count = min(cut(toDialer.count), toDialer.count)
                let bytes = Array(toDialer.prefix(count))
                toDialer.removeFirst(count)
                switch try dialer.receive(bytes) {
                case .needMore(let send): toListener += send
                case .finished(let send, let channel):
                    toListener += send
                    if results.1 == nil { toListener += try SecureMessages(channel.noise).seal(trailing) }
                    results.0 = channel
                }
            }
        }
        return (try #require(results.0), try #require(results.1))
    }

    @Test("every byte by itself", arguments: [true, false])
    func single(_ early: Bool) throws {
        let (one, other) = try Self.run(early: early) { _ in 1 }
        #expect(one.noise.remotePeer == KeyPair.test(2).peerID)
        #expect(other.noise.remotePeer == KeyPair.test(1).peerID)
    }

    @Test("everything that waits at once, with the first bytes of the muxer behind", arguments: [true, false])
    func coalesced(_ early: Bool) throws {
        let (dialer, listener) = try Self.run(early: early, trailing: [1, 2, 3]) { $0 }
        // With the muxer agreed on in the handshake the dialer is ready first, otherwise the listener.
        #expect(try rest(of: early ? listener : dialer) == [1, 2, 3])
    }

    /// negotiation leftovers: bytes behind an answer belong to the next layer.
    @Test("any split gives the same", arguments: 0..<200 as Range<UInt64>)
    func randomSplits(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let early = seed % 2 == 0
        let (dialer, listener) = try Self.run(early: early, trailing: [7]) { Int.random(in: 1...$0, using: &random) }
        let got = try rest(of: early ? listener : dialer)
        #expect(got.isEmpty || got == [7])
    }

    /// What a side has received behind the upgrade.
    private func rest(of channel: ConnectionUpgrade.SecureChannel) throws -> [UInt8] {
        var messages = SecureMessages(channel.noise)
        messages.append(channel.ciphertext)
        return try channel.plaintext + (messages.open() ?? [])
    }

    @Test("header, proposal and the first message of the handshake leave in one write")
    func pipelined() throws {
        let dialer = Side(.initiator, key: 1)
        let opening = try dialer.start()
        let text = Adversary.negotiation("/multistream/1.0.0") + Adversary.negotiation("/noise")
        #expect(opening.starts(with: text))
        #expect(opening.count == text.count + 2 + 32)
    }

    @Test("another peer than the expected one is refused before anything is sent above Noise")
    func wrongPeer() throws {
        let dialer = Side(.initiator, key: 1, expecting: KeyPair.test(3).peerID)
        let listener = Side(.responder, key: 2)
        guard case .needMore(let reply) = try listener.receive(dialer.start()) else { return #expect(Bool(false)) }
        let error = #expect(throws: UpgradeError.self) { try dialer.receive(reply) }
        guard case .noise(let noise) = error else { return #expect(Bool(false), "\(String(describing: error))") }
        #expect(noise.code == .wrongPeer(expected: KeyPair.test(3).peerID, actual: KeyPair.test(2).peerID))
    }

    @Test("a peer that reflects our bytes fails")
    func reflection() throws {
        let dialer = Side(.initiator, key: 1)
        let opening = try dialer.start()
        #expect(throws: (any Error).self) {
            var echoed = opening
            for _ in 0..<4 {
                guard case .needMore(let send) = try dialer.receive(echoed) else { return }
                echoed = send
            }
        }
    }
}

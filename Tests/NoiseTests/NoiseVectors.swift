import Crypto
import Identity
import TestSupport

@testable import Noise

/// The keys of the published handshakes, and two sides made of them.
enum NoiseVectors {
    static let initiatorStatic = X25519.PrivateKey(
        bytes: SecretBytes(copying: Vectors.bytes("noise.init_static_priv")))
    static let responderStatic = X25519.PrivateKey(
        bytes: SecretBytes(copying: Vectors.bytes("noise.resp_static_priv")))
    static let initiatorEphemeral = X25519.PrivateKey(
        bytes: SecretBytes(copying: Vectors.bytes("noise.init_eph_priv")))
    static let responderEphemeral = X25519.PrivateKey(
        bytes: SecretBytes(copying: Vectors.bytes("noise.resp_eph_priv")))

    static let alice = KeyPair(seed: SecretBytes(copying: Vectors.bytes("A.seed")))
    static let bob = KeyPair(seed: SecretBytes(copying: Vectors.bytes("B.seed")))
    static let carol = KeyPair(seed: SecretBytes(copying: [UInt8](repeating: 7, count: 32)))

    static let yamux = "/yamux/1.0.0"

    /// Alice, who dials.
    static func initiator(
        identity: KeyPair = alice, staticKey: NoiseStaticKey? = nil, expecting peer: PeerID? = bob.peerID,
        muxers: [String] = [yamux], prologue: [UInt8] = []
    ) -> NoiseHandshake {
        NoiseHandshake(
            role: .initiator, identity: identity,
            staticKey: staticKey ?? NoiseStaticKey(privateKey: initiatorStatic, identity: identity),
            ephemeral: initiatorEphemeral, expectedPeer: peer, muxers: muxers, prologue: prologue)
    }

    /// Bob, who answers.
    static func responder(
        identity: KeyPair = bob, staticKey: NoiseStaticKey? = nil, expecting peer: PeerID? = nil,
        muxers: [String] = [yamux], prologue: [UInt8] = []
    ) -> NoiseHandshake {
        NoiseHandshake(
            role: .responder, identity: identity,
            staticKey: staticKey ?? NoiseStaticKey(privateKey: responderStatic, identity: identity),
            ephemeral: responderEphemeral, expectedPeer: peer, muxers: muxers, prologue: prologue)
    }
}

extension NoiseStep {
    /// The bytes to send.
    var send: [UInt8] {
        switch self {
        case .needMore(let send): send
        case .finished(let send, _, _): send
        }
    }

    /// The result, if the handshake is done.
    var result: NoiseResult? {
        if case .finished(_, let result, _) = self { result } else { nil }
    }

    /// What belongs to the records.
    var leftover: [UInt8] {
        if case .finished(_, _, let leftover) = self { leftover } else { [] }
    }
}

/// Lets two sides talk until both are done.
func complete(
    _ initiator: consuming NoiseHandshake, _ responder: consuming NoiseHandshake
) throws -> (initiator: NoiseResult?, responder: NoiseResult?) {
    let first = try initiator.start()
    let second = try responder.receive(first)
    let third = try initiator.receive(second.send)
    let last = try responder.receive(third.send)
    return (third.result, last.result)
}

extension NoiseSealer {
    /// One record around `plaintext`.
    func seal(_ plaintext: [UInt8]) throws -> [UInt8] {
        var record = [0, 0] + plaintext + [UInt8](repeating: 0, count: 16)
        let count = try record.withUnsafeMutableBytes { try seal(record: $0, plaintext: plaintext.count) }
        return Array(record.prefix(count))
    }
}

extension NoiseOpener {
    /// The plaintext of the record at the front; nil when it is not whole.
    func open(_ bytes: [UInt8]) throws -> [UInt8]? {
        var bytes = bytes
        let opened = try bytes.withUnsafeMutableBytes { try open($0) }
        return opened.map { Array(bytes[$0.plaintext]) }
    }
}

import Crypto

/// The pattern XX of Noise: what each of the three messages holds, without framing and without a word of libp2p.
///
/// ```
/// -> e
/// <- e, ee, s, es
/// -> s, se
/// ```
///
/// The sides take turns, the initiator begins. A payload stands at the end of each message, encrypted as soon as there
/// is a key. After a thrown error the value must not be used any more.
struct NoiseXX {
    private enum Token {
        case ephemeral
        case `static`
        case ephemeralEphemeral
        case ephemeralStatic
        case staticEphemeral
    }

    private static let messages: [[Token]] = [
        [.ephemeral],
        [.ephemeral, .ephemeralEphemeral, .static, .ephemeralStatic],
        [.static, .staticEphemeral],
    ]

    private let role: NoiseRole
    private let staticKey: X25519.PrivateKey
    private let ephemeral: X25519.PrivateKey
    private var symmetric: NoiseSymmetricState
    private var remoteEphemeral: [UInt8] = []
    private(set) var remoteStatic: [UInt8] = []
    private var index = 0

    init(role: NoiseRole, staticKey: X25519.PrivateKey, ephemeral: X25519.PrivateKey, prologue: [UInt8]) {
        self.role = role
        self.staticKey = staticKey
        self.ephemeral = ephemeral
        symmetric = NoiseSymmetricState(prologue: prologue)
    }

    /// Whether nothing has been said yet.
    var isAtStart: Bool { index == 0 }

    /// Whether all three messages have been written or read.
    var isComplete: Bool { index == Self.messages.count }

    /// Whether the next message is ours to write.
    var isOurTurn: Bool { !isComplete && (index.isMultiple(of: 2)) == (role == .initiator) }

    /// The hash over everything said; the same on both sides once complete.
    var handshakeHash: [UInt8] { symmetric.handshakeHash }

    mutating func write(payload: [UInt8]) throws(NoiseError) -> [UInt8] {
        guard isOurTurn else { throw .finished }
        var message: [UInt8] = []
        for token in Self.messages[index] {
            switch token {
            case .ephemeral:
                message += ephemeral.publicKey
                symmetric.mixHash(ephemeral.publicKey)
            case .static:
                message += symmetric.encryptAndHash(staticKey.publicKey)
            case .ephemeralEphemeral, .ephemeralStatic, .staticEphemeral:
                symmetric.mixKey(try sharedSecret(token))
            }
        }
        message += symmetric.encryptAndHash(payload)
        index += 1
        return message
    }

    mutating func read(_ message: [UInt8]) throws(NoiseError) -> [UInt8] {
        guard !isComplete, !isOurTurn else { throw .finished }
        var rest = message[...]
        for token in Self.messages[index] {
            switch token {
            case .ephemeral:
                remoteEphemeral = try Self.take(Noise.keyLength, from: &rest)
                symmetric.mixHash(remoteEphemeral)
            case .static:
                let count = Noise.keyLength + (symmetric.hasKey ? Noise.tag : 0)
                remoteStatic = try symmetric.decryptAndHash(Self.take(count, from: &rest))
            case .ephemeralEphemeral, .ephemeralStatic, .staticEphemeral:
                symmetric.mixKey(try sharedSecret(token))
            }
        }
        let payload = try symmetric.decryptAndHash(Array(rest))
        index += 1
        return payload
    }

    /// The keys of the two directions, the initiator's first.
    func split() -> (initiator: SecretBytes, responder: SecretBytes) {
        symmetric.split()
    }

    private static func take(_ count: Int, from rest: inout ArraySlice<UInt8>) throws(NoiseError) -> [UInt8] {
        guard rest.count >= count else { throw .malformedMessage("it is too short") }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    private func sharedSecret(_ token: Token) throws(NoiseError) -> SecretBytes {
        let (ours, theirs) =
            switch (token, role) {
            case (.ephemeralStatic, .initiator), (.staticEphemeral, .responder): (ephemeral, remoteStatic)
            case (.ephemeralStatic, .responder), (.staticEphemeral, .initiator): (staticKey, remoteEphemeral)
            default: (ephemeral, remoteEphemeral)
            }
        do {
            return try ours.sharedSecret(with: theirs)
        } catch {
            throw .lowOrderPoint
        }
    }
}

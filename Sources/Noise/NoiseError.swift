import Identity

/// Why a handshake or a record was refused. Every one of these ends the connection; nothing is answered to the peer.
///
/// Two errors are equal when their codes are.
public struct NoiseError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kinds of failure.
    public enum Code: Equatable, Sendable {
        /// A handshake message that is too short, too long for its place, or whose payload cannot be read.
        case malformedMessage
        /// A handshake message above ``Noise/maximumHandshakeMessage``, or a plaintext above
        /// ``NoiseSealer/maximumPlaintext``.
        case frameTooLarge
        /// A message was not sealed with the key we share with the peer: damaged, forged, replayed or reflected.
        case decryptFailed
        /// The peer sent a public key of small order, which would make the shared secret known to everybody.
        case lowOrderPoint
        /// The peer's identity key cannot be read or is of a kind that is not accepted.
        case identityInvalid
        /// The peer's identity key did not sign the static key it uses.
        case signatureInvalid
        /// Another peer than the one that was dialed answered.
        case wrongPeer(expected: PeerID, actual: PeerID)
        /// The peer has our own identity: we dialed ourselves.
        case ownIdentity
        /// Both sides named stream multiplexers, and none is common.
        case muxerMismatch
        /// 2^64 - 1 records went by under one key; another one would repeat a nonce.
        case nonceExhausted
        /// Bytes were handed over after the handshake had ended, or out of turn.
        case finished
    }

    /// The kind of failure.
    public let code: Code

    /// A sentence for people.
    public let detail: String

    /// An error of the given kind.
    public init(code: Code, detail: String) {
        self.code = code
        self.detail = detail
    }

    /// The detail, which says it all.
    public var description: String { detail }

    /// Whether both errors are of the same kind.
    public static func == (left: NoiseError, right: NoiseError) -> Bool { left.code == right.code }
}

extension NoiseError {
    static func malformedMessage(_ detail: String) -> NoiseError {
        NoiseError(code: .malformedMessage, detail: "malformed handshake message: \(detail)")
    }

    static func handshakeTooLarge(_ length: Int) -> NoiseError {
        NoiseError(
            code: .frameTooLarge,
            detail: "a handshake message of \(length) bytes; at most \(Noise.maximumHandshakeMessage) are accepted")
    }

    static func plaintextTooLarge(_ length: Int) -> NoiseError {
        NoiseError(
            code: .frameTooLarge,
            detail: "a plaintext of \(length) bytes; a record holds at most \(NoiseSealer.maximumPlaintext)")
    }

    static let decryptFailed = NoiseError(
        code: .decryptFailed, detail: "a message was not sealed with the shared key")

    static let lowOrderPoint = NoiseError(
        code: .lowOrderPoint, detail: "the peer sent a public key of small order")

    static func identityInvalid(_ detail: String) -> NoiseError {
        NoiseError(code: .identityInvalid, detail: "the peer's identity key is not accepted: \(detail)")
    }

    static let signatureInvalid = NoiseError(
        code: .signatureInvalid, detail: "the peer's identity key did not sign its static key")

    static func wrongPeer(expected: PeerID, actual: PeerID) -> NoiseError {
        NoiseError(
            code: .wrongPeer(expected: expected, actual: actual),
            detail: "dialed \(expected), but \(actual) answered")
    }

    static let ownIdentity = NoiseError(code: .ownIdentity, detail: "the peer has our own identity")

    static func muxerMismatch(_ theirs: [String]) -> NoiseError {
        NoiseError(code: .muxerMismatch, detail: "no stream multiplexer in common; the peer has \(theirs.count)")
    }

    static let nonceExhausted = NoiseError(
        code: .nonceExhausted, detail: "this key has sealed as many records as it may")

    static let finished = NoiseError(code: .finished, detail: "the handshake has ended")
}

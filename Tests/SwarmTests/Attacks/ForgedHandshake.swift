import Crypto
import Identity
import Reactor
import TestSupport

@testable import Noise

/// A handshake that is sound in its cryptography and says in its payload whatever the liar wants.
enum ForgedHandshake {
    /// What multistream-select says before the handshake, in both directions.
    static let opening = Adversary.negotiation("/multistream/1.0.0") + Adversary.negotiation("/noise")

    /// The liar's static key, the same in every handshake.
    static let staticKey = key(77)

    static func key(_ number: UInt8) -> X25519.PrivateKey {
        X25519.PrivateKey(bytes: SecretBytes(copying: [UInt8](repeating: number, count: 32)))
    }

    static func framed(_ message: [UInt8]) -> [UInt8] {
        [UInt8(message.count >> 8), UInt8(message.count & 0xff)] + message
    }

    /// The next message of the handshake, without its length.
    @NetworkActor
    static func message(from adversary: Adversary) async throws -> [UInt8] {
        let header = try await adversary.receive(2)
        return try await adversary.receive(Int(header[0]) << 8 | Int(header[1]))
    }

    /// What an honest payload says.
    static func honest(_ identity: KeyPair) -> NoisePayload {
        NoisePayload(
            identityKey: identity.publicKey.protobuf,
            identitySignature: NoiseStaticKey(privateKey: staticKey, identity: identity).signature,
            muxers: ["/yamux/1.0.0"])
    }

    /// Shakes hands as the dialing side.
    ///
    /// - Returns: what was sent, so that it can be sent again.
    @NetworkActor
    @discardableResult
    static func dial(
        _ adversary: Adversary, ephemeral: X25519.PrivateKey = key(78), payload: NoisePayload
    ) async throws -> (first: [UInt8], third: [UInt8]) {
        var pattern = NoiseXX(role: .initiator, staticKey: staticKey, ephemeral: ephemeral, prologue: [])
        let first = try opening + framed(pattern.write(payload: []))
        adversary.send(first)
        guard try await adversary.receive(opening.count) == opening else { throw AdversaryError.unexpected }
        _ = try pattern.read(try await message(from: adversary))
        let third = framed(try pattern.write(payload: payload.encoded))
        adversary.send(third)
        return (first, third)
    }

    /// Shakes hands as the side that was dialed.
    ///
    /// - Returns: what was sent, so that it can be sent again.
    @NetworkActor
    @discardableResult
    static func answer(_ adversary: Adversary, payload: NoisePayload) async throws -> [UInt8] {
        guard try await adversary.receive(opening.count) == opening else { throw AdversaryError.unexpected }
        var pattern = NoiseXX(role: .responder, staticKey: staticKey, ephemeral: key(79), prologue: [])
        _ = try pattern.read(try await message(from: adversary))
        let second = try opening + framed(pattern.write(payload: payload.encoded))
        adversary.send(second)
        return second
    }
}

import Ledger
import Multiformats

/// Whether what is said in a group is for its members alone.
public enum Visibility: String, CaseIterable, Sendable {
    /// Encrypted; by invitation.
    case `private`
    /// A room that everybody may listen and talk in who knows its id. Nothing is encrypted.
    case `public`
}

/// What a group is known by: a hash of its creator's key, its visibility and a random number. So nobody can create the
/// same group again, and nobody can call a private group public.
public struct GroupID: Hashable, Comparable, Sendable {
    /// The length of the random number, in bytes.
    public static let nonceByteCount = 32

    /// The 32 bytes; the id of the group's ledger.
    public let digest: Digest

    /// The group of these 32 bytes.
    public init(_ digest: Digest) { self.digest = digest }

    /// The group that this creator (32 bytes of its Ed25519 key) makes with this random number.
    init(creatorKey: [UInt8], visibility: Visibility, nonce: [UInt8]) {
        let visibilityByte: UInt8 = visibility == .private ? 0 : 1
        digest = Digest(hashing: Array("linnet-group:".utf8) + creatorKey + [visibilityByte] + nonce)
    }

    /// The 32 bytes.
    public var bytes: [UInt8] { digest.bytes }

    /// The order of the bytes.
    public static func < (left: GroupID, right: GroupID) -> Bool { left.digest < right.digest }
}

extension GroupID: CustomStringConvertible {
    /// `g` and the bytes in base58: 33 to 45 characters.
    public var description: String { "g" + Base58.encode(bytes) }

    /// Reads the text of a group id; nil for anything else.
    public init?(_ text: some StringProtocol) {
        guard text.utf8.first == UInt8(ascii: "g"), text.utf8.count <= 48,
            let bytes = try? Base58.decode(text.dropFirst()), let digest = Digest(bytes)
        else { return nil }
        self.init(digest)
    }
}

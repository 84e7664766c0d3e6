import Crypto
import Ledger
import Multiformats

/// What an epoch of a private group is known by: the entry that began it.
public typealias EpochID = EntryID

/// The secret of one epoch of a group, and what is derived from it.
///
/// All derivations are HKDF-SHA256 of the key with the group's id as salt; the info names the purpose and the epoch.
public struct EpochKey: Sendable, Equatable {
    /// The length of a key in bytes.
    public static let byteCount = 32

    /// The group.
    public let group: GroupID
    /// The epoch.
    public let epoch: EpochID
    /// The 32 bytes: to be kept, encrypted.
    public let secret: SecretBytes

    private let root: SecretBytes

    /// The key of an epoch; nil for any number of bytes but 32.
    public init?(group: GroupID, epoch: EpochID, secret: SecretBytes) {
        guard secret.count == Self.byteCount else { return nil }
        self.group = group
        self.epoch = epoch
        self.secret = secret
        root = Self.root(secret, group)
    }

    private static func root(_ secret: SecretBytes, _ group: GroupID) -> SecretBytes {
        HKDFSHA256.extract(salt: group.bytes, keyMaterial: secret)
    }

    /// What the entry that begins an epoch says of its key, so that nobody takes another key for it.
    static func check(of secret: SecretBytes, group: GroupID) -> [UInt8] {
        let check = HKDFSHA256.expand(root(secret, group), info: Array("linnet-group-check".utf8), count: 32)
        return check.withUnsafeBytes { Array($0) }
    }

    private func derived(_ purpose: String, count: Int = 32) -> SecretBytes {
        HKDFSHA256.expand(root, info: Array(purpose.utf8) + epoch.bytes, count: count)
    }

    /// What messages are encrypted with.
    var messageKey: SecretBytes { derived("linnet-group-message") }

    /// What a member proves with that it has the key, to catch up from another.
    var proofKey: SecretBytes { derived("linnet-group-sync") }

    /// Eight bytes before each frame, that say which key opens it to whoever has that key, and nothing to others.
    var frameMark: [UInt8] { derived("linnet-group-frame", count: 8).withUnsafeBytes { Array($0) } }

    /// Where the group talks during the epoch: no one else can tell whose topic it is.
    public var topic: String {
        Self.topic(derived("linnet-group-topic").withUnsafeBytes { Array($0) })
    }

    /// Where a public group talks.
    static func publicTopic(_ group: GroupID) -> String {
        topic(SHA256.hash(Array("linnet-group-topic".utf8) + group.bytes))
    }

    private static func topic(_ name: [UInt8]) -> String {
        "/linnet/group/1.0.0/" + Multibase.base32.encodeWithoutPrefix(name)
    }

    /// Whether both are the same key of the same epoch, in constant time.
    public static func == (left: EpochKey, right: EpochKey) -> Bool {
        left.group == right.group && left.epoch == right.epoch && left.secret == right.secret
    }
}

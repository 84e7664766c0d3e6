import Crypto
import Ledger
import Wire

/// A member's question for the key of an epoch: one that joined by an older invite, or at the moment when the epoch
/// began. The CBOR map `group`, `epoch` (32 bytes each). The connection tells who asks.
public struct GroupKeyRequest: Hashable, Sendable {
    /// The protocol: one request, one answer.
    public static let protocolID = "/linnet/group-key/1.0.0"
    /// The longest request, and the longest answer, in bytes.
    public static let maximumByteCount = 512

    /// The group.
    public let group: GroupID
    /// The epoch.
    public let epoch: EpochID

    /// A question.
    public init(group: GroupID, epoch: EpochID) {
        self.group = group
        self.epoch = epoch
    }

    /// The bytes.
    public var encoded: [UInt8] {
        CBOR.map(["group": .bytes(group.bytes), "epoch": .bytes(epoch.bytes)]).encoded()
    }

    /// Reads a question; nil for what is none.
    public init?(decoding bytes: [UInt8]) {
        guard let map = GroupKeyAnswer.map(bytes), let group = map["group"]?.bytesValue.flatMap(Digest.init),
            let epoch = map["epoch"]?.bytesValue.flatMap(Digest.init)
        else { return nil }
        self.init(group: GroupID(group), epoch: epoch)
    }
}

/// The answer to a ``GroupKeyRequest``: the CBOR map `epoch` (32 bytes), `key` (a one-time public key and the box, 80
/// bytes), or `error` (a code).
public enum GroupKeyAnswer: Hashable, Sendable {
    /// The key of the epoch, sealed to the one who asked.
    case key(epoch: EpochID, ephemeral: [UInt8], box: [UInt8])
    /// There is none for that peer here.
    case refused(Refusal)

    /// Why not. The raw values are stable.
    public enum Refusal: String, Sendable, CaseIterable {
        /// The group is not known here.
        case unknownGroup = "unknown_group"
        /// The key is not known here.
        case unknownEpoch = "unknown_epoch"
        /// The one who asks is no member, or the one who was asked is none.
        case notMember = "not_member"
        /// The epoch was over before the one who asks came.
        case notEntitled = "not_entitled"
    }

    /// The bytes.
    public var encoded: [UInt8] {
        switch self {
        case .key(let epoch, let ephemeral, let box):
            CBOR.map(["epoch": .bytes(epoch.bytes), "key": .bytes(ephemeral + box)]).encoded()
        case .refused(let refusal): CBOR.map(["error": .text(refusal.rawValue)]).encoded()
        }
    }

    /// Reads an answer; nil for what is none.
    public init?(decoding bytes: [UInt8]) {
        guard let map = Self.map(bytes) else { return nil }
        if let code = map["error"]?.textValue {
            guard let refusal = Refusal(rawValue: code) else { return nil }
            self = .refused(refusal)
            return
        }
        guard let epoch = map["epoch"]?.bytesValue.flatMap(Digest.init), let key = map["key"]?.bytesValue,
            key.count == X25519.byteCount + SealedKey.byteCount
        else { return nil }
        self = .key(
            epoch: epoch, ephemeral: Array(key.prefix(X25519.byteCount)), box: Array(key.dropFirst(X25519.byteCount)))
    }

    fileprivate static func map(_ bytes: [UInt8]) -> CBOR? {
        guard bytes.count <= GroupKeyRequest.maximumByteCount else { return nil }
        return try? CBOR(decoding: bytes, limits: CBORLimits(depth: 2, items: 16))
    }
}

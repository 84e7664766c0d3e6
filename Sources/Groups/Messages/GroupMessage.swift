import Identity
import Ledger
import Time

/// What a message of a group is known by: the SHA-256 of what its author signed.
public typealias GroupMessageID = Digest

/// A message in a group.
///
/// A CBOR map with the text keys `group`, `epoch` (32 bytes each), `author` (a peer id), `sequence`, `time`
/// (milliseconds since 1970), `after` (ids), `type`, `body` (bytes), and where they apply `reply_to` (an id), `mentions`
/// (peer ids), `bot` (true). Unknown keys are covered by the signature and passed over. Behind the map stand 64 bytes of
/// Ed25519 over `linnet-group-message:` and the map.
///
/// **Order.** An author's time is that of its clock, but always later than that of every message that it had seen: so
/// messages ordered by time, then by id, never stand before what they answer, and stand in the same order everywhere.
public struct GroupMessage: Sendable, Equatable {
    /// The largest body, in bytes.
    public static let maximumBodyByteCount = 64 << 10
    /// The longest content type, in bytes.
    public static let maximumContentTypeByteCount = 127
    /// The most peers that a message mentions.
    public static let maximumMentions = 32
    /// The most messages that a message names as seen.
    public static let maximumAfter = 4
    /// The largest message, in bytes: the largest body, and room for everything else.
    static let maximumByteCount = maximumBodyByteCount + 4096

    /// What an author says.
    public struct Draft: Sendable, Equatable {
        /// A media type, as `text/plain`.
        public var contentType: String
        /// The content: 1 to 65,536 bytes; UTF-8 without U+0000 for `text/…`.
        public var body: [UInt8]
        /// Whom it concerns.
        public var mentions: [PeerID] = []
        /// Which message it answers.
        public var replyTo: GroupMessageID?
        /// Whether a program wrote it.
        public var isBot = false

        /// A plain text.
        public init(text: String) {
            self.init(contentType: "text/plain", body: Array(text.utf8))
        }

        /// Any content.
        public init(contentType: String, body: [UInt8]) {
            self.contentType = contentType
            self.body = body
        }
    }

    /// What it is known by.
    public let id: GroupMessageID
    /// Where it was said.
    public let group: GroupID
    /// Under which key.
    public let epoch: EpochID
    /// By whom.
    public let author: PeerID
    /// How many messages the author said before in the group.
    public let sequence: UInt64
    /// When, by the author's clock, or later: see above.
    public let time: Timestamp
    /// The latest messages that the author had seen, at most 4, ascending. One of them that is not known here has not
    /// come yet: catch up.
    public let after: [GroupMessageID]
    /// What is said.
    public let content: Draft
    /// The bytes, signature and all.
    public let encoded: [UInt8]

    /// The text; nil if the content is something else.
    public var text: String? {
        content.contentType.hasPrefix("text/") ? String(validating: content.body, as: UTF8.self) : nil
    }
}

extension GroupMessage: Comparable {
    /// The order in which messages are read.
    public static func < (left: GroupMessage, right: GroupMessage) -> Bool {
        (left.time, left.id) < (right.time, right.id)
    }
}

extension GroupMessage.Draft {
    /// Whether it is as its fields say.
    var isValid: Bool {
        guard (1...GroupMessage.maximumBodyByteCount).contains(body.count),
            mentions.count <= GroupMessage.maximumMentions, Self.isMediaType(contentType)
        else { return false }
        guard contentType.hasPrefix("text/") else { return true }
        return !body.contains(0) && String(validating: body, as: UTF8.self) != nil
    }

    /// `type/subtype`, perhaps with parameters, in printable ASCII.
    private static func isMediaType(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count <= GroupMessage.maximumContentTypeByteCount, bytes.allSatisfy({ (0x20...0x7e).contains($0) })
        else { return false }
        let parts = bytes.split(separator: UInt8(ascii: "/"), maxSplits: 1, omittingEmptySubsequences: false)
        return parts.count == 2 && !parts.contains { $0.isEmpty || $0.first == 0x20 } && !parts[0].contains(0x20)
    }
}

import Time
import Wire

/// What a peer tells about itself.
///
/// In the topic its author is proved by pubsub's signature; on a stream, by the connection.
public struct Announcement: Equatable, Sendable {
    /// How it is; ``PresenceStatus/offline`` is a goodbye.
    public var status: PresenceStatus
    /// What it says about that; nil for nothing.
    public var text: String?
    /// What it calls itself; nil for nothing.
    public var nick: String?
    /// When it was told, by its author's clock: milliseconds since 1970. Each is later than the one before, so that an
    /// old one is known to be old.
    public var time: Int64
    /// When the next one comes, at the latest.
    public var interval: Duration

    /// An announcement.
    public init(
        _ status: PresenceStatus, text: String? = nil, nick: String? = nil, time: Int64, interval: Duration
    ) {
        self.status = status
        self.text = text
        self.nick = nick
        self.time = time
        self.interval = interval
    }

    /// The most bytes of one that are read, with room for fields of later versions.
    public static let maximumCount = 1024
    /// What an interval may be; others are taken for the nearer end.
    public static let intervals = Duration.seconds(5)...Duration.seconds(300)
    /// The end of the year 9999: no later time is believed, and none before 1970.
    static let latestTime: Int64 = 253_402_300_799_999

    /// The numbers of the fields.
    private enum Field {
        static let status = 1
        static let time = 2
        static let interval = 3
        static let nick = 4
        static let text = 5
    }

    /// Reads an announcement. A status of a later version is ``PresenceStatus/online``.
    ///
    /// - Throws: ``PresenceError`` `malformed`.
    public init(_ bytes: [UInt8]) throws(PresenceError) {
        guard bytes.count <= Self.maximumCount else { throw .malformed("more than \(Self.maximumCount) bytes") }
        var (status, text, nick) = (PresenceStatus.online, String?.none, String?.none)
        var (time, interval) = (Int64?.none, Int64(15))
        do throws(ProtobufError) {
            var reader = ProtobufReader(bytes)
            while let field = try reader.next() {
                switch field.number {
                case Field.status: status = PresenceStatus(number: try field.uint64)
                case Field.time: time = Int64(exactly: try field.uint64)
                case Field.interval: interval = Int64(clamping: try field.uint64)
                case Field.nick: nick = try reader.string(of: field, limit: DisplayText.maximumNick)
                case Field.text: text = try reader.string(of: field, limit: DisplayText.maximumText)
                default: break
                }
            }
        } catch {
            throw .malformed("\(error)")
        }
        guard let time, 0...Self.latestTime ~= time else { throw .malformed("no time") }
        guard DisplayText.isLine(text ?? "", limit: DisplayText.maximumText),
            DisplayText.isLine(nick ?? "", limit: DisplayText.maximumNick)
        else { throw .malformed("a text that is no line") }
        let seconds = min(max(interval, Self.intervals.lowerBound.components.seconds), 300)
        self.init(
            status, text: text?.isEmpty == true ? nil : text, nick: nick?.isEmpty == true ? nil : nick, time: time,
            interval: .seconds(seconds))
    }

    /// The bytes.
    public var encoded: [UInt8] {
        var writer = ProtobufWriter()
        writer.varint(Field.status, status.number)
        writer.varint(Field.time, UInt64(max(0, time)))
        writer.varint(Field.interval, UInt64(max(0, interval.components.seconds)))
        if let nick { writer.string(Field.nick, nick) }
        if let text { writer.string(Field.text, text) }
        return writer.bytes
    }
}

extension PresenceStatus {
    fileprivate var number: UInt64 {
        switch self {
        case .online: 0
        case .away: 1
        case .busy: 2
        case .offline: 3
        }
    }

    fileprivate init(number: UInt64) {
        self = Self.allCases.first { $0.number == number } ?? .online
    }
}

import Reactor
import Time
import Wire

/// How much a log record matters.
public enum LogLevel: String, CaseIterable, Comparable, Sendable {
    case error
    case warning
    case info
    case debug

    private var rank: Int {
        switch self {
        case .error: 0
        case .warning: 1
        case .info: 2
        case .debug: 3
        }
    }

    /// Graver levels come first.
    public static func < (left: LogLevel, right: LogLevel) -> Bool {
        left.rank < right.rank
    }
}

/// How log records are written.
public enum LogFormat: String, CaseIterable, Sendable {
    /// `2026-11-20T22:31:04.118Z info peer connected peer=12D3…`
    case text
    /// One JSON object a record.
    case json
}

/// Something an operator may want to know. Never a message's body, never a secret.
public struct LogRecord: Sendable {
    /// How much it matters.
    public let level: LogLevel
    /// When, by the wall clock.
    public let time: Timestamp
    /// What happened, in constant words.
    public let event: String
    /// To whom and how.
    public let fields: [(name: String, value: String)]

    /// A record.
    public init(_ level: LogLevel, at time: Timestamp, _ event: String, _ fields: [(name: String, value: String)] = [])
    {
        self.level = level
        self.time = time
        self.event = event
        self.fields = fields
    }

    /// The record as one line, with its newline. What peers wrote cannot break out of it.
    public func line(_ format: LogFormat) -> [UInt8] {
        switch format {
        case .json: jsonLine
        case .text: textLine
        }
    }

    private var jsonLine: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("time")
        json.string(time.rfc3339)
        json.key("level")
        json.string(level.rawValue)
        json.key("event")
        json.string(event)
        for field in fields {
            json.key(field.name)
            json.string(field.value)
        }
        json.endObject()
        return json.bytes + [UInt8(ascii: "\n")]
    }

    private var textLine: [UInt8] {
        var line = Array("\(time.rfc3339) \(level.rawValue) \(event)".utf8)
        for field in fields {
            line.append(UInt8(ascii: " "))
            line.append(contentsOf: Array("\(field.name)=".utf8))
            let isPlain = field.value.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\"") }
            if isPlain, !field.value.isEmpty {
                line.append(contentsOf: field.value.utf8)
            } else {
                var json = JSONWriter()
                json.string(field.value)
                line.append(contentsOf: json.bytes)
            }
        }
        line.append(UInt8(ascii: "\n"))
        return line
    }
}

/// Where log records go.
@NetworkActor public protocol LogSink: AnyObject {
    /// The least grave level that is wanted.
    var level: LogLevel { get set }
    /// How records are written.
    var format: LogFormat { get set }
    /// Takes a record, at once; never blocks.
    func write(_ record: LogRecord)
}

/// A log that nobody reads.
@NetworkActor public final class SilentLog: LogSink {
    /// Nothing below errors is even made.
    public var level = LogLevel.error
    /// No record is written.
    public var format = LogFormat.text
    /// A silent log.
    public nonisolated init() {}
    /// Lets the record go.
    public func write(_ record: LogRecord) {}
}

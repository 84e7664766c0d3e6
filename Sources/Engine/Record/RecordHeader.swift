import Time
import Wire

/// The first line of a record: which linnet it was, and what it was told to be. No paths, no names, no secrets.
public struct RecordHeader: Sendable {
    /// The version of the format.
    static let format: Int64 = 1
    /// What every header begins with, so that a record is known by its first bytes.
    static let signature = Array(#"{"record":"#.utf8)

    /// The version of linnet, and of its language.
    let version: String
    let language: Int64
    /// When the engine began.
    let time: Timestamp
    /// The settings that are not as they are by default, but for those that only this machine understands.
    let settings: [JSON.Member]
    /// The events that the reader of the pipes is told: patterns, none for no event at all; nil for every event.
    let events: [String]?
    /// After how many of them the engine stops.
    let eventLimit: Int?

    /// The header of an engine that begins now.
    init(_ options: EngineOptions, at time: Timestamp) {
        version = LinnetVersion.current
        language = Int64(LinnetVersion.language)
        self.time = time
        let (settings, defaults) = (options.configuration.settings, Settings())
        self.settings = Setting.all.compactMap { setting in
            guard setting.isRecorded, let value = setting.value(settings), value != setting.value(defaults) else {
                return nil
            }
            return JSON.Member(setting.name, value)
        }
        events = options.tellsEvents ? options.filter.types?.map(\.text) : []
        eventLimit = options.eventLimit
    }

    /// The header as its line says it.
    ///
    /// - Throws: ``RecordError``, if it is none of this format.
    init(_ json: JSON) throws(RecordError) {
        guard let format = json["record"]?.integerValue else { throw RecordError("the first line is no header") }
        guard format == Self.format else {
            throw RecordError("the record is of format \(format), and this linnet reads \(Self.format)")
        }
        version = json["version"]?.stringValue ?? ""
        language = json["protocol"]?.integerValue ?? 0
        time = json["time"]?.stringValue.flatMap { Timestamp(rfc3339: $0) } ?? Timestamp(milliseconds: 0)
        settings = json["settings"]?.objectValue ?? []
        events = json["events"]?.arrayValue?.compactMap(\.stringValue)
        eventLimit = json["count"]?.integerValue.flatMap { Int(exactly: $0) }
    }

    /// The header as a line, without its newline.
    var bytes: [UInt8] {
        var members = [
            JSON.Member("record", .integer(Self.format)), JSON.Member("version", .string(version)),
            JSON.Member("protocol", .integer(language)), JSON.Member("time", .string(time.rfc3339)),
            JSON.Member("settings", .object(settings)),
        ]
        if let events { members.append(JSON.Member("events", .array(events.map(JSON.string)))) }
        if let eventLimit { members.append(JSON.Member("count", .integer(Int64(eventLimit)))) }
        return JSON.object(members).bytes
    }
}

extension Setting {
    /// Whether a record tells it: not what is a path or a name on this machine, and not how the log looks.
    var isRecorded: Bool { !isPath && (!findsProfile || name == "ephemeral") && !name.hasPrefix("log") }
}

/// Why a file is no record that can be replayed.
public struct RecordError: Error, CustomStringConvertible, Sendable {
    /// A sentence for people.
    public let description: String

    /// An error that says so.
    public init(_ description: String) {
        self.description = description
    }
}

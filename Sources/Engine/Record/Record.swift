import Wire

/// What one engine heard and said, read back.
public struct Record: Sendable {
    /// One line of it.
    struct Entry: Sendable {
        /// What the line tells.
        enum Content: Sendable, Equatable {
            case connected(isReader: Bool)
            /// Bytes without their newline, the line's number, and the members whose values are not there any more.
            case input([UInt8], line: Int, redacted: [String])
            /// A line that was not kept, with the code of the error that it got.
            case withheld(String, line: Int)
            case tooLong(line: Int)
            case output([UInt8])
            case endOfInput
            case inputFailed(String)
            case readerGone
            case stopping(String)
            case signal(Int32)
            case lost(Int)
        }

        /// The line of the file, from 1.
        let number: Int
        /// Since the record's beginning.
        let time: Duration
        let client: Int
        let content: Content
    }

    let header: RecordHeader
    var entries: [Entry] = []

    /// The largest file that is read. Bytes.
    public static let maximumSize = 512 << 20

    /// Reads every record of a file, in order.
    ///
    /// - Throws: ``RecordError`` with the number of the line, if the file is none of records. Half a line is taken for
    ///   the end of an engine that was killed, where no further line of the same record follows.
    public static func all(in bytes: [UInt8]) throws(RecordError) -> [Record] {
        var records: [Record] = []
        var damage: Int?
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            if line.isEmpty { continue }
            let number = index + 1
            guard let json = try? JSON(parsing: Array(line), limits: .output), case .object = json else {
                if let damage { throw RecordError("line \(damage) is no JSON object") }
                damage = number
                continue
            }
            if json["record"] != nil {
                records.append(Record(header: try RecordHeader(json)))
                damage = nil
                continue
            }
            if let damage { throw RecordError("line \(damage) is no JSON object") }
            guard !records.isEmpty else { throw RecordError("the first line is no header") }
            records[records.count - 1].entries.append(try Entry(json, number))
        }
        if records.isEmpty { throw RecordError(damage == nil ? "the file is empty" : "line 1 is no JSON object") }
        return records
    }
}

extension Record.Entry {
    /// The entry that a line tells.
    fileprivate init(_ json: JSON, _ number: Int) throws(RecordError) {
        guard let time = json["at_us"]?.integerValue, time >= 0 else {
            throw RecordError("line \(number) has no at_us")
        }
        self.number = number
        self.time = .microseconds(time)
        client = json["client"]?.integerValue.flatMap { Int(exactly: $0) } ?? 0
        guard let content = Self.content(json) else {
            throw RecordError("line \(number) tells nothing that this linnet knows")
        }
        self.content = content
    }

    private static func content(_ json: JSON) -> Content? {
        let line = json["line"]?.integerValue.flatMap { Int(exactly: $0) } ?? 0
        if let bytes = bytes("in", json) {
            let redacted = json["redacted"]?.arrayValue?.compactMap(\.stringValue) ?? []
            return .input(bytes, line: line, redacted: redacted)
        }
        if let bytes = bytes("out", json) { return .output(bytes) }
        if let code = json["withheld"]?.stringValue { return .withheld(code, line: line) }
        if json["too_long"] != nil { return .tooLong(line: line) }
        if json["connected"] != nil { return .connected(isReader: false) }
        if json["reader"] != nil { return .connected(isReader: true) }
        if json["end_of_input"] != nil { return .endOfInput }
        if let reason = json["input_failed"]?.stringValue { return .inputFailed(reason) }
        if json["reader_gone"] != nil { return .readerGone }
        if let reason = json["stopping"]?.stringValue { return .stopping(reason) }
        if let signal = json["signal"]?.integerValue { return Int32(exactly: signal).map(Content.signal) }
        if let count = json["lost"]?.integerValue { return .lost(Int(clamping: count)) }
        return nil
    }

    private static func bytes(_ name: String, _ json: JSON) -> [UInt8]? {
        if let text = json[name]?.stringValue { return Array(text.utf8) }
        return json[name + "_b64"]?.stringValue.flatMap(Base64.decode)
    }
}

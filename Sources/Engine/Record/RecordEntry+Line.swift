import Time
import Wire

/// The lines of a record.
///
/// | line | meaning |
/// |---|---|
/// | `{"record":1,"version":…,"protocol":…,"time":…,"settings":…}` | an engine begins |
/// | `{"at_us":12,"line":1,"in":"…"}` | a line came in; `in_b64` if it is no text |
/// | `{"at_us":15,"out":"…"}` | a line went out |
/// | `{"at_us":12,"line":2,"in":"…","redacted":["passphrase"]}` | the values of these members were taken out |
/// | `{"at_us":12,"line":3,"withheld":"json.invalid"}` | nobody can say what it holds; this is why it was refused |
/// | `{"at_us":12,"line":4,"too_long":true}` | a line was skipped |
/// | `{"at_us":12,"client":1,"connected":true}` | a client came; `reader` if in the place of the pipes' reader |
/// | `{"at_us":20,"end_of_input":true}` | there is no more input |
/// | `{"at_us":20,"input_failed":"…"}` | no more input can be read, for this reason |
/// | `{"at_us":20,"reader_gone":true}` | nobody reads any more |
/// | `{"at_us":20,"signal":15}` | a signal asked for the end |
/// | `{"at_us":21,"stopping":"eof"}` | the engine begins to stop |
/// | `{"at_us":20,"lost":17}` | the disk was too slow for so many entries |
///
/// `at_us` is in microseconds since the header; `client` is left out for the engine's own pipes.
extension RecordEntry {
    /// The entry as a line of a record, with its newline.
    func line(since start: Instant, _ redaction: Redaction) -> [UInt8] {
        if case .begin(let header) = content { return header.bytes + [UInt8(ascii: "\n")] }
        var json = JSONWriter(capacity: size * 2)
        json.beginObject()
        json.key("at_us")
        json.integer(max(0, (time - start).nanosecondsClamped / 1000))
        if client != 0 {
            json.key("client")
            json.integer(client)
        }
        switch content {
        case .begin: break
        case .connected(let isReader): json.flag(isReader ? "reader" : "connected")
        case .input(let bytes, let line):
            json.key("line")
            json.integer(line)
            json.input(redaction.input(bytes))
        case .tooLong(let line):
            json.key("line")
            json.integer(line)
            json.flag("too_long")
        case .output(let bytes):
            let (bytes, names) = redaction.output(bytes)
            json.text("out", bytes)
            json.redacted(names)
        case .endOfInput: json.flag("end_of_input")
        case .inputFailed(let reason):
            json.key("input_failed")
            json.string(reason)
        case .readerGone: json.flag("reader_gone")
        case .stopping(let reason):
            json.key("stopping")
            json.string(reason)
        case .signal(let number):
            json.key("signal")
            json.integer(Int64(number))
        }
        json.endObject()
        json.newline()
        return json.bytes
    }

    /// The line that says how many entries are missing.
    static func lost(_ count: Int, at time: Instant, since start: Instant) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("at_us")
        json.integer(max(0, (time - start).nanosecondsClamped / 1000))
        json.key("lost")
        json.integer(count)
        json.endObject()
        json.newline()
        return json.bytes
    }
}

extension JSONWriter {
    fileprivate mutating func flag(_ name: String) {
        key(name)
        bool(true)
    }

    fileprivate mutating func input(_ line: Redaction.Line) {
        switch line {
        case .plain(let bytes): text("in", bytes)
        case .redacted(let bytes, let names):
            text("in", bytes)
            redacted(names)
        case .withheld(let code):
            key("withheld")
            string(code)
        }
    }

    fileprivate mutating func redacted(_ names: [String]) {
        guard !names.isEmpty else { return }
        key("redacted")
        beginArray()
        for name in names { string(name) }
        endArray()
    }

    /// Text as text, anything else in base64.
    fileprivate mutating func text(_ name: String, _ bytes: [UInt8]) {
        // JSON readers, this one too, refuse U+0000.
        if !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) {
            key(name)
            string(text)
        } else {
            key(name + "_b64")
            string(Base64.encode(bytes))
        }
    }
}

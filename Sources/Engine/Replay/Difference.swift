import Wire

/// A line of a replay that is not as the record has it.
public struct Difference: Sendable {
    /// What is wrong.
    enum Kind: String {
        /// It reads otherwise.
        case changed
        /// It did not come.
        case missing
        /// It came, and the record has none.
        case unexpected
    }

    let kind: Kind
    /// The line of the file: that of the expected one, or the last one that was carried out.
    let number: Int
    let client: Int
    /// The members that differ.
    let fields: [String]
    let expected: JSON?
    let got: JSON?

    init(
        _ kind: Kind, _ number: Int, _ client: Int, _ fields: [String] = [], expected: JSON? = nil, got: JSON? = nil
    ) {
        self.kind = kind
        self.number = number
        self.client = client
        self.fields = fields
        self.expected = expected
        self.got = got
    }

    /// The difference as a line, with its newline, and without secrets.
    func line(_ redaction: Redaction) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("line")
        json.integer(number)
        if client != 0 {
            json.key("client")
            json.integer(client)
        }
        json.key("difference")
        json.string(kind.rawValue)
        if !fields.isEmpty {
            json.key("fields")
            json.beginArray()
            for field in fields { json.string(field) }
            json.endArray()
        }
        if let expected {
            json.key("expected")
            json.value(expected)
        }
        if let got {
            json.key("got")
            json.raw(redaction.output(got.bytes).bytes)
        }
        json.endObject()
        json.newline()
        return json.bytes
    }
}

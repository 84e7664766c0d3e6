import Crypto
import Identity
import Messaging
import Multiformats
import Time
import Wire

/// Writes one output line after another into one buffer, its keys in the order of the schema.
///
/// In a debug build a key that the line's declaration does not have, or not at this place, stops the program: so the
/// schema cannot drift from what is written.
struct LineWriter {
    /// The lines so far.
    private(set) var json = JSONWriter()
    private var fields: [FieldSpec] = []
    private var position = 0
    /// Whether a secret stands in one of the lines.
    private var holdsSecret = false

    /// How many bytes there are so far.
    var count: Int { json.count }

    /// A copy of the line that was begun behind the first so many bytes, without its newline.
    func line(from start: Int) -> [UInt8] {
        json.withUnsafeBytes { Array($0[min(start, $0.count)...].dropLast()) }
    }

    /// Takes the lines out.
    mutating func take() -> [UInt8] {
        let bytes = json.bytes
        if holdsSecret { json.erase() }
        holdsSecret = false
        if bytes.count > Self.keptCapacity { json = JSONWriter() } else { json.removeAll() }
        return bytes
    }

    /// Memory beyond this is given back after a burst.
    private static let keptCapacity = 256 * 1024

    /// Begins an object on its own.
    mutating func beginObject() {
        json.beginObject()
    }

    /// Ends an object on its own.
    mutating func endObject() {
        json.endObject()
    }

    /// Begins a line; `type` is always its first key.
    mutating func begin(_ type: String) {
        json.beginObject()
        json.key("type")
        json.string(type)
    }

    /// Says which fields may follow.
    mutating func expect(_ fields: [FieldSpec]) {
        assert(
            {
                self.fields = fields
                position = 0
                return true
            }())
    }

    /// Ends the line.
    mutating func end() {
        json.endObject()
        json.newline()
    }

    /// Adds the members of an object that was written before, as they are: `"a":1,"b":2`.
    mutating func members(_ bytes: [UInt8]) {
        if !bytes.isEmpty { json.raw(bytes) }
    }

    /// Adds a key, and with `write` its value.
    mutating func field(_ field: FieldSpec, _ write: (inout JSONWriter) -> Void) {
        assert(advance(to: field.name), "'\(field.name)' is not declared here, or comes too late")
        json.key(field.name)
        write(&json)
    }

    private mutating func advance(to name: String) -> Bool {
        while position < fields.count {
            position += 1
            if fields[position - 1].name == name { return true }
        }
        return false
    }
}

/// Secrets
extension LineWriter {
    /// Adds a value that nobody else may see, and leaves no copy of it but in the line.
    mutating func secret(_ field: FieldSpec, _ value: SecretBytes?) {
        guard let value else { return }
        holdsSecret = true
        self.field(field) { json in value.withUnsafeBytes { json.string(utf8: $0) } }
    }
}

/// Values as they stand on a line. An absent value leaves its key out.
extension LineWriter {
    /// Text, cut to what the field may hold; text without a character is no value where there must be one.
    mutating func string(_ field: FieldSpec, _ value: String?) {
        guard let value, let fitting = field.type.fitting(value) else { return }
        self.field(field) { $0.string(fitting) }
    }

    mutating func integer(_ field: FieldSpec, _ value: Int64?) {
        guard let value else { return }
        // A number that a JSON reader cannot hold exactly is never written.
        self.field(field) { $0.integer(min(max(value, -FieldType.safeInteger), FieldType.safeInteger)) }
    }

    mutating func count(_ field: FieldSpec, _ value: Int?) {
        integer(field, value.map { Int64($0) })
    }

    mutating func bool(_ field: FieldSpec, _ value: Bool?) {
        guard let value else { return }
        self.field(field) { $0.bool(value) }
    }

    mutating func number(_ field: FieldSpec, _ value: Double?) {
        guard let value else { return }
        self.field(field) { $0.double(value) }
    }

    /// A length of time in milliseconds, with three decimals.
    mutating func milliseconds(_ field: FieldSpec, _ value: Duration?) {
        guard let value else { return }
        let microseconds = value.nanosecondsClamped / 1000
        self.field(field) { $0.double(Double(microseconds) / 1000) }
    }

    mutating func time(_ field: FieldSpec, _ value: Timestamp?) {
        string(field, value?.rfc3339)
    }

    mutating func peer(_ field: FieldSpec, _ value: PeerID?) {
        string(field, value?.description)
    }

    /// A peer, and beside it what the user calls it.
    mutating func contact(_ field: FieldSpec, _ value: PeerID?, alias: String?) {
        guard let value else { return }
        peer(field, value)
        string(Fields.alias, alias)
    }

    mutating func message(_ field: FieldSpec, _ value: MessageID?) {
        string(field, value?.description)
    }

    mutating func address(_ field: FieldSpec, _ value: Multiaddr?) {
        string(field, value?.description)
    }

    mutating func strings(_ field: FieldSpec, _ values: [String]?) {
        guard let values else { return }
        guard case .list(let element, let count) = field.type else { return assertionFailure("no list: \(field.name)") }
        self.field(field) { json in
            json.beginArray()
            for value in values.lazy.compactMap(element.fitting).prefix(count.upperBound) { json.string(value) }
            json.endArray()
        }
    }

    mutating func addresses(_ field: FieldSpec, _ values: [Multiaddr]?) {
        strings(field, values?.map(\.description))
    }

    mutating func value(_ field: FieldSpec, _ value: JSON?) {
        guard let value else { return }
        self.field(field) { $0.value(value) }
    }

    /// Any JSON value.
    mutating func value(_ member: JSON.Member, as field: FieldSpec) {
        self.field(field) { $0.value(member.value) }
    }
}

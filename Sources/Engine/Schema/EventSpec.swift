/// An event as its readers see it. Declared once; the order of keys on the line is the order here.
public struct EventSpec: Sendable {
    /// Whether an event waits for its reader.
    public enum Durability: String, Sendable {
        /// Kept in the store with a `seq` until it was written to the reader, and written again after a crash.
        case durable
        /// Told once, to whoever reads now; what a slow reader misses is counted in `dropped`.
        case ephemeral
    }

    /// The value of `type`.
    public let name: String
    /// Whether it carries a `seq`.
    public let durability: Durability
    /// One line for a person.
    public let summary: String
    /// The payload, after `type`, `seq` and `time`.
    public let fields: [FieldSpec]
    /// The version of linnet that first had it.
    public var since = "0.1.0"

    /// An event.
    public init(_ name: String, _ durability: Durability, _ summary: String, fields: [FieldSpec]) {
        self.name = name
        self.durability = durability
        self.summary = summary
        self.fields = fields
    }
}

/// An event as its readers see it. Declared once; the order of keys on the line is the order here.
public struct EventSpec: Sendable {
    /// Whether an event waits for its reader.
    public enum Durability: String, Sendable {
        /// Kept in the store with a `seq` until it was written to the reader, and written again after a crash.
        case durable
        /// Told once, to whoever reads now; what a slow reader misses is counted in `dropped`.
        case ephemeral
        /// Of the session itself: its first line, its last line.
        case lifecycle
    }

    /// The value of `type`.
    public let name: String
    /// Whether it carries a `seq`.
    public let durability: Durability
    /// One line for a person.
    public let summary: String
    /// The payload, after the envelope.
    public let fields: [FieldSpec]
    /// Fields that exclude each other.
    public let alternatives: [CommandSpec.Alternative]
    /// Whether it comes when it likes, so that two runs in which the same happened need not have it both.
    public var isIncidental = false
    /// The version of linnet that first had it.
    public var since = "0.1.0"

    /// What stands between `type` and the payload.
    public var envelope: [FieldSpec] {
        switch durability {
        case .durable: [Fields.sequence.required, Fields.time.required, Fields.again]
        case .ephemeral: [Fields.time.required]
        case .lifecycle: []
        }
    }

    /// An event.
    public init(
        _ name: String, _ durability: Durability, _ summary: String, fields: [FieldSpec],
        alternatives: [CommandSpec.Alternative] = [], isIncidental: Bool = false
    ) {
        self.name = name
        self.durability = durability
        self.summary = summary
        self.fields = fields
        self.alternatives = alternatives
        self.isIncidental = isIncidental
    }
}

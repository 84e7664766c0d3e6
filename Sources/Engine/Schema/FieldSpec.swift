import Wire

/// One field of a command, an answer, an event or an error: the only place where it is described.
public struct FieldSpec: Sendable {
    /// The name on the wire, in `snake_case`.
    public let name: String
    /// What it may hold.
    public let type: FieldType
    /// One line for a person.
    public private(set) var summary: String
    /// Whether a command must carry it, or an answer always does.
    public var isRequired = false
    /// What a command means when it leaves the field out.
    public var defaultValue: JSON?
    /// The unit of a number, such as `ms`. A bare number for a duration is always in seconds.
    public var unit: String?
    /// A value to show in `help`.
    public var example: JSON?
    /// Whether its value must not be seen by others: not in logs, errors and records, and not on a command line.
    public var isSecret = false
    /// How its value compares with that of another run, where the type does not say it.
    var declaredStability: Stability?
    /// The version of linnet that first had it.
    public var since = "0.1.0"

    /// A field that may be left out.
    public init(_ name: String, _ type: FieldType, _ summary: String, unit: String? = nil, example: JSON? = nil) {
        self.name = name
        self.type = type
        self.summary = summary
        self.unit = unit ?? type.unit
        self.example = example
    }

    /// The same field, which must be there.
    public var required: FieldSpec {
        var copy = self
        copy.isRequired = true
        return copy
    }

    /// The same field, whose value others must not see.
    public var secret: FieldSpec {
        var copy = self
        copy.isSecret = true
        return copy
    }

    /// The same field with a default.
    public func or(_ value: JSON) -> FieldSpec {
        var copy = self
        copy.defaultValue = value
        return copy
    }

    /// The same field told in other words.
    public func saying(_ summary: String) -> FieldSpec {
        var copy = self
        copy.summary = summary
        return copy
    }
}

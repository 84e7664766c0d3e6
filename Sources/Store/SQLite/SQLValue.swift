/// A value bound to a parameter of a statement.
enum SQLValue: Sendable, Equatable {
    case null
    case integer(Int64)
    case text(String)
    case blob([UInt8])

    /// NULL for nil.
    static func optional(_ value: Int64?) -> SQLValue { value.map { .integer($0) } ?? .null }

    /// NULL for nil.
    static func optional(_ value: String?) -> SQLValue { value.map { .text($0) } ?? .null }

    /// Booleans are kept as 0 and 1.
    static func bool(_ value: Bool) -> SQLValue { .integer(value ? 1 : 0) }
}

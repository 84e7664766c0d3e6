/// Why what a peer told is not taken. Two errors are equal when their codes are.
public struct PresenceError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kinds of failure. The raw values are stable.
    public enum Code: String, Sendable {
        /// No announcement, or no greeting.
        case malformed
    }

    /// The kind of failure.
    public let code: Code
    /// A sentence for people.
    public let detail: String

    static func malformed(_ detail: String) -> PresenceError { PresenceError(code: .malformed, detail: detail) }

    /// The code and the detail.
    public var description: String { "\(code.rawValue): \(detail)" }

    /// Whether both errors are of the same kind.
    public static func == (left: PresenceError, right: PresenceError) -> Bool { left.code == right.code }
}

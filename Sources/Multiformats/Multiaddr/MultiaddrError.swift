/// Why text or bytes are no multiaddr.
public struct MultiaddrError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of mistake.
    public enum Code: Hashable, Sendable {
        /// There is nothing in it.
        case empty
        /// Text beyond 4 KiB, or bytes beyond 1 KiB.
        case tooLong
        /// Text that does not begin with `/`.
        case missingSlash
        /// A protocol that is not in the table: in bytes, nothing after it can be read.
        case unknownProtocol
        /// The address ends before the value that the protocol needs.
        case missingValue
        /// The value is none of the protocol's.
        case invalidValue
    }

    /// What is wrong.
    public let code: Code
    /// The number of the component, from 0.
    public let component: Int
    /// What was found there, for people. Text from outside is quoted in part, its control characters escaped.
    public let detail: String

    init(_ code: Code, component: Int = 0, detail: String) {
        self.code = code
        self.component = component
        self.detail = detail
    }

    /// The error in words.
    public var description: String {
        "invalid multiaddr at component \(component): \(detail)"
    }

    /// A short quotation of text from outside, printable whatever it held.
    static func quote(_ text: some StringProtocol) -> String {
        var quoted = "'"
        for scalar in text.unicodeScalars.prefix(64) {
            quoted += scalar.escaped(asASCII: true)
        }
        return quoted + (text.unicodeScalars.dropFirst(64).isEmpty ? "'" : "…'")
    }
}

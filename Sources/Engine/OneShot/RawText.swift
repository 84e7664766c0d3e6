import Wire

/// Values for a shell: unquoted, each with a newline.
///
/// They are for programs, so a pipe gets the very text. A terminal gets it without a character that it would act on:
/// peers wrote some of it.
enum RawText {
    /// Text as it is, a list's values one a line, anything else as JSON.
    ///
    /// - Parameters:
    ///   - onOneLine: It is one of several values: a newline within it is written as an escape, so that there are as
    ///     many lines as values.
    ///   - isForTerminal: What reads it is no program.
    static func bytes(of value: JSON, onOneLine: Bool, isForTerminal: Bool) -> [UInt8] {
        switch value {
        case .string(let text):
            let shown = isForTerminal ? VisibleText.escaped(text, keeping: [.newline, .tab]) : text
            var bytes: [UInt8] = []
            for byte in shown.utf8 {
                bytes += onOneLine && byte == UInt8(ascii: "\n") ? Array("\\n".utf8) : [byte]
            }
            return bytes + [UInt8(ascii: "\n")]
        case .array(let values):
            return values.flatMap { bytes(of: $0, onOneLine: true, isForTerminal: isForTerminal) }
        default: return value.bytes + [UInt8(ascii: "\n")]
        }
    }
}

import Wire

/// Values for a shell: those of one field, without their names.
///
/// As lines they can be told from each other whatever they hold, and hold nothing that a terminal would obey, also at the
/// end of a pipe. As records they are the very bytes, for programs that ask for them.
enum RawText {
    /// One value as one line.
    ///
    /// Text has no quotation marks around it. A backslash begins an escape, as in JSON: `\\` is a backslash, `\n` a
    /// newline, `\u001b` a control character. Text that is empty or begins with a quotation mark is `""` or begins with
    /// `\"`, so that an empty line means no value. The values of a list have a blank between them, and one in them is
    /// `\u0020`. Anything else is JSON.
    static func line(_ value: JSON?) -> [UInt8] {
        let newline = UInt8(ascii: "\n")
        guard case .array(let values)? = value else { return word(value) + [newline] }
        let words = values.map { word($0).split(separator: blank, omittingEmptySubsequences: false) }
        return Array(words.map { Array($0.joined(separator: escapedBlank)) }.joined(separator: [blank])) + [newline]
    }

    private static let blank = UInt8(ascii: " ")
    private static let escapedBlank = Array("\\u0020".utf8)

    private static func word(_ value: JSON?) -> [UInt8] {
        guard let value else { return [] }
        guard let text = value.stringValue, !text.isEmpty else { return value.bytes }
        let (quote, backslash) = (UInt8(ascii: "\""), UInt8(ascii: "\\"))
        var bytes: [UInt8] = []
        var rest = value.bytes.dropFirst().dropLast()
        while let byte = rest.popFirst() {
            guard byte == backslash, let next = rest.popFirst() else {
                bytes.append(byte)
                continue
            }
            if next != quote || bytes.isEmpty { bytes.append(backslash) }
            bytes.append(next)
        }
        return bytes
    }

    /// One value as it is, and U+0000 behind it, which is in no text.
    static func record(_ value: JSON?) -> [UInt8] {
        switch value {
        case .string(let text)?: Array(text.utf8) + [0]
        case let value?: value.bytes + [0]
        case nil: [0]
        }
    }
}

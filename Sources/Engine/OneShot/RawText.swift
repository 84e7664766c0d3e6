import Wire

/// Text for a terminal, and values for a shell: unquoted, each with a newline, without a character that a terminal would act on.
public enum RawText {
    /// Text as it is, a list's values one a line, anything else as JSON.
    static func bytes(of value: JSON, onOneLine: Bool) -> [UInt8] {
        switch value {
        case .string(let text): Array((plain(text, onOneLine: onOneLine) + "\n").utf8)
        case .array(let values): values.flatMap { bytes(of: $0, onOneLine: true) }
        default: value.bytes + [UInt8(ascii: "\n")]
        }
    }

    /// Text with an escape in the place of each character that a terminal would act on.
    public static func plain(_ text: String, onOneLine: Bool = false) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x09: result.unicodeScalars.append(scalar)
            case 0x0A where !onOneLine: result.unicodeScalars.append(scalar)
            case 0x0A: result += "\\n"
            case 0..<0x20, 0x7F...0x9F, 0x061C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

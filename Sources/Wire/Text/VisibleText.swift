/// Text of strangers as a terminal may show it.
///
/// A terminal obeys what is in a text: control characters clear its screen and retype its title, separators begin lines
/// that nobody wrote, and marks of direction make a name read as another (Unicode Technical Report 36, section 3.1).
public enum VisibleText {
    private static let pathBytes: ClosedRange<UInt32> = 0x10ef80...0x10efff

    /// What of a text stays as it is, though a terminal acts on it.
    public struct Kept: OptionSet, Sendable {
        /// One bit each.
        public let rawValue: Int
        /// Characters by their bits.
        public init(rawValue: Int) { self.rawValue = rawValue }

        /// U+000A
        public static let newline = Kept(rawValue: 1)
        /// U+0009
        public static let tab = Kept(rawValue: 2)
    }

    /// The text with an escape, as JSON has them, for every character that a terminal would act on, and one as a shell has
    /// them for each byte of a path that is no text (U+10EF80 to U+10EFFF stand for those). A backslash stays one: this
    /// is for eyes, and is not read back.
    public static func escaped(_ text: String, keeping kept: Kept = []) -> String {
        guard text.unicodeScalars.contains(where: { $0.actsOnTerminal || pathBytes.contains($0.value) }) else {
            return text
        }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n" where !kept.contains(.newline): result += "\\n"
            case "\t" where !kept.contains(.tab): result += "\\t"
            case "\n", "\t": result.unicodeScalars.append(scalar)
            case _ where scalar.actsOnTerminal:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
            case _ where pathBytes.contains(scalar.value): result += "\\x" + String(scalar.value & 0xff, radix: 16)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

extension Unicode.Scalar {
    /// Whether a terminal does something else than show it: a control character (C0, DEL, C1), a line or paragraph
    /// separator, or a character that changes the direction of what follows (UAX 9, sections 2.1 to 2.6).
    ///
    /// ``JSONWriter`` writes these as escapes, and no others but quotation mark and backslash.
    public var actsOnTerminal: Bool {
        switch value {
        case 0..<0x20, 0x7F...0x9F, 0x061C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}

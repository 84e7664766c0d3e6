/// What every line that an engine writes must be, whatever was said to it by whom.
public enum OutputLine {
    /// Whether there is no raw character in it that a terminal would act on: it is UTF-8 without controls, line and
    /// paragraph separators, and characters that change the direction of writing.
    public static func isProper(_ line: [UInt8]) -> Bool {
        if line.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return true }
        guard let text = String(validating: line, as: UTF8.self) else { return false }
        return text.unicodeScalars.allSatisfy { scalar in
            switch scalar.value {
            case 0..<0x20, 0x7F...0x9F, 0x061C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: false
            default: true
            }
        }
    }
}

import Wire

/// Lengths of time as people write them: a number of seconds, or text with `ms`, `s`, `m`, `h` or `d`.
public enum DurationText {
    /// The milliseconds that a JSON value names; nil if it names none. What is beyond all bounds is the furthest there
    /// is, so that its range can refuse it.
    public static func milliseconds(_ value: JSON) -> Int64? {
        switch value {
        case .integer(let seconds):
            let (result, overflow) = seconds.multipliedReportingOverflow(by: 1000)
            return overflow ? (seconds < 0 ? .min : .max) : result
        case .number(let seconds):
            guard seconds.isFinite else { return nil }
            let result = (seconds * 1000).rounded()
            return Int64(exactly: result) ?? (result < 0 ? .min : .max)
        case .string(let text): return milliseconds(text)
        default: return nil
        }
    }

    /// A length of time as a number of seconds.
    public static func seconds(_ milliseconds: Int64) -> JSON {
        milliseconds % 1000 == 0 ? .integer(milliseconds / 1000) : .number(Double(milliseconds) / 1000)
    }

    /// A length of time in the largest unit that it is a whole number of.
    public static func text(milliseconds: Int64) -> String {
        let units: [(String, Int64)] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000)]
        for (unit, scale) in units where milliseconds != 0 && milliseconds % scale == 0 {
            return "\(milliseconds / scale)\(unit)"
        }
        return milliseconds == 0 ? "0s" : "\(milliseconds)ms"
    }

    /// The milliseconds that a text such as `90s` names. Text without a unit names none: a number of seconds is a
    /// number, not text.
    public static func milliseconds(_ text: some StringProtocol) -> Int64? {
        let digits = text.prefix { $0.isASCII && $0.isWholeNumber }
        guard let number = Int64(String(digits)) else { return nil }
        let scale: Int64
        switch String(text.dropFirst(digits.count)) {
        case "ms": scale = 1
        case "s": scale = 1000
        case "m": scale = 60_000
        case "h": scale = 3_600_000
        case "d": scale = 86_400_000
        default: return nil
        }
        let (result, overflow) = number.multipliedReportingOverflow(by: scale)
        return overflow ? nil : result
    }
}

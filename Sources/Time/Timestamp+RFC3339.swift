extension Timestamp {
    private static let millisecondsPerDay: Int64 = 86_400_000
    /// 0000-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z: what four digits of year can say.
    private static let representable: ClosedRange<Int64> = -62_167_219_200_000...253_402_300_799_999

    /// The time as RFC 3339 text in UTC with milliseconds, `2026-11-20T22:31:04.118Z`, always 24 characters. Times
    /// outside the years 0000 to 9999 are clamped to them.
    public var rfc3339: String {
        let clamped = min(max(milliseconds, Self.representable.lowerBound), Self.representable.upperBound)
        var day = clamped / Self.millisecondsPerDay
        var time = clamped % Self.millisecondsPerDay
        if time < 0 {
            day -= 1
            time += Self.millisecondsPerDay
        }
        let date = CivilDate(daysSince1970: day)
        return String(unsafeUninitializedCapacity: 24) { buffer in
            var writer = DigitWriter(buffer: buffer)
            writer.write(date.year, digits: 4, then: "-")
            writer.write(date.month, digits: 2, then: "-")
            writer.write(date.day, digits: 2, then: "T")
            writer.write(time / 3_600_000, digits: 2, then: ":")
            writer.write(time / 60_000 % 60, digits: 2, then: ":")
            writer.write(time / 1000 % 60, digits: 2, then: ".")
            writer.write(time % 1000, digits: 3, then: "Z")
            return writer.count
        }
    }

    /// Reads RFC 3339 text (section 5.6): a date, `T`, a time with an optional fraction, and `Z` or an offset.
    ///
    /// Digits beyond the millisecond are dropped. A leap second (`23:59:60Z`) is the first second of the next day.
    /// - Returns: nil for anything else, and for more than 64 bytes.
    public init?(rfc3339 text: some StringProtocol) {
        var scanner = DigitScanner(text.utf8.prefix(65))
        guard scanner.remaining <= 64,
            let year = scanner.number(digits: 4), scanner.skip("-"),
            let month = scanner.number(digits: 2), (1...12).contains(month), scanner.skip("-"),
            let day = scanner.number(digits: 2), scanner.skip("T", or: "t"),
            let hour = scanner.number(digits: 2), hour < 24, scanner.skip(":"),
            let minute = scanner.number(digits: 2), minute < 60, scanner.skip(":"),
            let second = scanner.number(digits: 2), second <= 60
        else { return nil }
        let date = CivilDate(year: year, month: month, day: day)
        guard date.isValid, let fraction = scanner.fraction(), let offset = scanner.offsetMinutes(),
            scanner.remaining == 0
        else { return nil }
        let minutes = date.daysSince1970 * 1440 + hour * 60 + minute - offset
        if second == 60 {
            // RFC 3339 section 5.7: a leap second comes at the end of a day in UTC.
            let minuteOfDay = (minutes % 1440 + 1440) % 1440
            guard minuteOfDay == 1439 else { return nil }
        }
        self.init(milliseconds: (minutes * 60 + second) * 1000 + fraction)
    }
}

/// Writes fixed-width decimal numbers into a buffer that has room for them.
private struct DigitWriter {
    let buffer: UnsafeMutableBufferPointer<UInt8>
    var count = 0

    mutating func write(_ value: Int64, digits: Int, then separator: Unicode.Scalar) {
        var rest = value
        for index in stride(from: count + digits - 1, through: count, by: -1) {
            buffer[index] = UInt8(truncatingIfNeeded: 0x30 + rest % 10)
            rest /= 10
        }
        buffer[count + digits] = UInt8(truncatingIfNeeded: separator.value)
        count += digits + 1
    }
}

/// Reads the pieces of RFC 3339 text from the front.
private struct DigitScanner {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: some Sequence<UInt8>) {
        self.bytes = Array(bytes)
    }

    var remaining: Int { bytes.count - position }

    private var digit: Int64? {
        guard position < bytes.count, (0x30...0x39).contains(bytes[position]) else { return nil }
        return Int64(bytes[position] - 0x30)
    }

    mutating func number(digits: Int) -> Int64? {
        var value: Int64 = 0
        for _ in 0..<digits {
            guard let digit else { return nil }
            value = value * 10 + digit
            position += 1
        }
        return value
    }

    mutating func skip(_ scalar: Unicode.Scalar, or other: Unicode.Scalar? = nil) -> Bool {
        guard position < bytes.count else { return false }
        let found = UInt32(bytes[position])
        guard found == scalar.value || found == other?.value else { return false }
        position += 1
        return true
    }

    /// The milliseconds of an optional fraction: 0 if there is none, nil for a point without digits.
    mutating func fraction() -> Int64? {
        guard skip(".") else { return 0 }
        guard digit != nil else { return nil }
        var value: Int64 = 0
        var weight: Int64 = 100
        while let digit {
            value += digit * weight
            weight /= 10
            position += 1
        }
        return value
    }

    /// Minutes east of UTC: 0 for `Z`, else from `+hh:mm` or `-hh:mm`.
    mutating func offsetMinutes() -> Int64? {
        if skip("Z", or: "z") { return 0 }
        let isEast = skip("+")
        guard isEast || skip("-"), let hours = number(digits: 2), hours < 24, skip(":"),
            let minutes = number(digits: 2), minutes < 60
        else { return nil }
        return (hours * 60 + minutes) * (isEast ? 1 : -1)
    }
}

import Time

/// The name of a message: a ULID (github.com/ulid/spec), 48 bits of the author's wall clock in milliseconds and 80
/// random bits, so that the ids of one author sort by time. Unique for its author only; another may use the same.
public struct MessageID: Hashable, Comparable, Sendable, CustomStringConvertible {
    let high: UInt64
    let low: UInt64

    /// The characters of the text form.
    public static let textCount = 26
    /// The bytes of the binary form.
    public static let byteCount = 16

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// From 16 bytes, most significant first; nil for any other number.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        var halves: (UInt64, UInt64) = (0, 0)
        for byte in bytes.prefix(8) { halves.0 = halves.0 << 8 | UInt64(byte) }
        for byte in bytes.suffix(8) { halves.1 = halves.1 << 8 | UInt64(byte) }
        self.init(high: halves.0, low: halves.1)
    }

    /// From 26 characters of Crockford's base 32, in either case; nil for anything else.
    public init?(_ text: some StringProtocol) {
        var halves: (UInt64, UInt64) = (0, 0)
        var count = 0
        for character in text.utf8 {
            guard count < Self.textCount, let digit = Self.digit(character) else { return nil }
            // 26 characters hold 130 bits: the first may only use three of its five.
            if count == 0, digit > 7 { return nil }
            halves.0 = halves.0 << 5 | halves.1 >> 59
            halves.1 = halves.1 << 5 | UInt64(digit)
            count += 1
        }
        guard count == Self.textCount else { return nil }
        self.init(high: halves.0, low: halves.1)
    }

    /// An id of this time, with 80 random bits.
    public init(time: Timestamp, entropy: (UInt16, UInt64)) {
        let time = UInt64(min(max(time.milliseconds, 0), 1 << 48 - 1))
        self.init(high: time << 16 | UInt64(entropy.0), low: entropy.1)
    }

    /// 16 bytes, most significant first.
    public var bytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Self.byteCount) { buffer, count in
            for index in 0..<8 {
                buffer[index] = UInt8(truncatingIfNeeded: high >> UInt64(56 - 8 * index))
                buffer[index + 8] = UInt8(truncatingIfNeeded: low >> UInt64(56 - 8 * index))
            }
            count = Self.byteCount
        }
    }

    /// 26 characters, upper case.
    public var description: String {
        String(unsafeUninitializedCapacity: Self.textCount) { buffer in
            var halves = (high, low)
            for index in (0..<Self.textCount).reversed() {
                buffer[index] = Self.alphabet[Int(halves.1 & 31)]
                halves.1 = halves.1 >> 5 | halves.0 << 59
                halves.0 >>= 5
            }
            return Self.textCount
        }
    }

    /// When the author made it, by the author's clock.
    public var time: Timestamp { Timestamp(milliseconds: Int64(high >> 16)) }

    /// By time, then by the random part.
    public static func < (left: Self, right: Self) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }

    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    private static func digit(_ character: UInt8) -> UInt8? {
        let upper = (0x61...0x7a).contains(character) ? character - 0x20 : character
        return alphabet.firstIndex(of: upper).map(UInt8.init)
    }
}

/// Makes the ids of one author: each greater than the one before, even when the clock stands still or goes back.
struct MessageIDGenerator {
    private var last: MessageID?

    /// The next id, for the wall clock's time `now` and 80 bits of `entropy`.
    mutating func next(at now: Timestamp, entropy: (UInt16, UInt64)) -> MessageID {
        var id = MessageID(time: now, entropy: entropy)
        if let last, id <= last {
            let (low, carry) = last.low.addingReportingOverflow(1)
            id = MessageID(high: carry ? last.high &+ 1 : last.high, low: low)
        }
        last = id
        return id
    }
}

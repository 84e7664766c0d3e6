/// A base whose digits are whole bits (RFC 4648 and its kin): base2, 8, 16, 32, 64.
struct BitCodec: Sendable {
    let bitsPerDigit: Int
    let alphabet: Alphabet
    let isPadded: Bool

    /// Padding fills the text up to a multiple of this: the digits of the smallest whole number of bytes.
    private var digitsPerGroup: Int { bitsPerDigit == 5 ? 8 : bitsPerDigit == 6 ? 4 : 1 }

    func encode(_ bytes: [UInt8], into text: inout [UInt8]) {
        text.reserveCapacity(text.count + bytes.count * 8 / bitsPerDigit + 8)
        let mask = UInt32(1) << UInt32(bitsPerDigit) - 1
        var pending: UInt32 = 0
        var pendingBits = 0
        var written = 0
        for byte in bytes {
            pending = pending << 8 | UInt32(byte)
            pendingBits += 8
            while pendingBits >= bitsPerDigit {
                pendingBits -= bitsPerDigit
                text.append(alphabet.character(for: pending >> UInt32(pendingBits) & mask))
                written += 1
            }
        }
        if pendingBits > 0 {
            text.append(alphabet.character(for: pending << UInt32(bitsPerDigit - pendingBits) & mask))
            written += 1
        }
        while isPadded && written % digitsPerGroup != 0 {
            text.append(Self.padding)
            written += 1
        }
    }

    func decode(_ text: ArraySlice<UInt8>) throws(MultibaseError) -> [UInt8] {
        var digits = text
        if isPadded {
            guard text.count % digitsPerGroup == 0 else { throw .invalidLength }
            while digits.last == Self.padding { digits.removeLast() }
            guard text.count - digits.count < digitsPerGroup else { throw .invalidLength }
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count * bitsPerDigit / 8)
        var pending: UInt32 = 0
        var pendingBits = 0
        for (offset, character) in digits.enumerated() {
            guard let digit = alphabet.digit(for: character) else { throw .invalidCharacter(offset: offset) }
            pending = pending << UInt32(bitsPerDigit) | digit
            pendingBits += bitsPerDigit
            if pendingBits >= 8 {
                pendingBits -= 8
                bytes.append(UInt8(truncatingIfNeeded: pending >> UInt32(pendingBits)))
            }
        }
        // What is left must be the zero bits that filled the last digit: otherwise two texts would give these bytes.
        guard pendingBits < bitsPerDigit else { throw .invalidLength }
        guard pending & (UInt32(1) << UInt32(pendingBits) - 1) == 0 else { throw .notCanonical }
        return bytes
    }

    private static let padding: UInt8 = 0x3d
}

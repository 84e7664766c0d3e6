/// A base whose digits are those of one big number (base10, 36, 58); each leading zero byte is one leading zero
/// digit.
///
/// The work grows with the square of the length, so callers bound the length first. Several digits are handled at
/// once, in words of 32 bits.
struct RadixCodec: Sendable {
    let alphabet: Alphabet
    /// `radix` to the power of `digitsPerWord`: the largest power below 2^32.
    private let wordRadix: UInt64
    private let digitsPerWord: Int

    init(alphabet: Alphabet) {
        self.alphabet = alphabet
        var power: UInt64 = 1
        var digits = 0
        while power * UInt64(alphabet.count) <= UInt64(UInt32.max) {
            power *= UInt64(alphabet.count)
            digits += 1
        }
        wordRadix = power
        digitsPerWord = digits
    }

    func encode(_ bytes: [UInt8], into text: inout [UInt8]) {
        let zeros = bytes.prefix { $0 == 0 }.count
        // Little-endian words, each below `wordRadix`.
        var words: [UInt32] = []
        for byte in bytes.dropFirst(zeros) {
            var carry = UInt64(byte)
            for index in words.indices {
                carry += UInt64(words[index]) << 8
                words[index] = UInt32(truncatingIfNeeded: carry % wordRadix)
                carry /= wordRadix
            }
            if carry > 0 { words.append(UInt32(truncatingIfNeeded: carry)) }
        }
        text.append(contentsOf: repeatElement(alphabet.character(for: 0), count: zeros))
        var digits: [UInt8] = []
        digits.reserveCapacity(words.count * digitsPerWord)
        for word in words {
            var rest = word
            for _ in 0..<digitsPerWord {
                digits.append(alphabet.character(for: rest % UInt32(alphabet.count)))
                rest /= UInt32(alphabet.count)
            }
        }
        let zero = alphabet.character(for: 0)
        while digits.last == zero { digits.removeLast() }
        text.append(contentsOf: digits.reversed())
    }

    func decode(_ text: ArraySlice<UInt8>) throws(MultibaseError) -> [UInt8] {
        let radix = UInt64(alphabet.count)
        var zeros = 0
        // Little-endian words of the number, base 2^32.
        var words: [UInt32] = []
        var pending: UInt64 = 0
        var pendingScale: UInt64 = 1
        for (offset, character) in text.enumerated() {
            guard let digit = alphabet.digit(for: character) else { throw .invalidCharacter(offset: offset) }
            if digit == 0 && zeros == offset {
                zeros += 1
                continue
            }
            pending = pending * radix + UInt64(digit)
            pendingScale *= radix
            if pendingScale == wordRadix {
                Self.multiply(&words, by: pendingScale, adding: pending)
                pending = 0
                pendingScale = 1
            }
        }
        if pendingScale > 1 { Self.multiply(&words, by: pendingScale, adding: pending) }
        var bytes = [UInt8](repeating: 0, count: zeros)
        bytes.reserveCapacity(zeros + words.count * 4)
        for (index, word) in words.reversed().enumerated() {
            let isTop = index == 0
            for shift in stride(from: UInt32(24), through: 0, by: -8) {
                // The top word is not zero; its leading zero bytes are not part of the number.
                if isTop && word >> shift == 0 { continue }
                bytes.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }
        return bytes
    }

    private static func multiply(_ words: inout [UInt32], by factor: UInt64, adding addend: UInt64) {
        var carry = addend
        for index in words.indices {
            carry += UInt64(words[index]) * factor
            words[index] = UInt32(truncatingIfNeeded: carry)
            carry >>= 32
        }
        if carry > 0 { words.append(UInt32(truncatingIfNeeded: carry)) }
    }
}

/// The digits of a base, and the way back from a character to its digit.
struct Alphabet: Sendable {
    private let characters: [UInt8]
    /// The digit of each byte value; 0xff where there is none.
    private let digits: [UInt8]

    /// - Parameter ignoresCase: whether decoding takes upper and lower case for the same digit.
    init(_ characters: StaticString, ignoresCase: Bool = false) {
        let characters = characters.withUTF8Buffer { Array($0) }
        var digits = [UInt8](repeating: 0xff, count: 256)
        for (digit, character) in characters.enumerated() {
            digits[Int(character)] = UInt8(truncatingIfNeeded: digit)
            let isLetter = (0x41...0x5a).contains(character & 0xdf)
            if ignoresCase && isLetter { digits[Int(character ^ 0x20)] = UInt8(truncatingIfNeeded: digit) }
        }
        self.characters = characters
        self.digits = digits
    }

    var count: Int { characters.count }

    /// The character of `digit`, which is less than `count`.
    func character(for digit: UInt32) -> UInt8 {
        characters[Int(digit)]
    }

    func digit(for character: UInt8) -> UInt32? {
        let digit = digits[Int(character)]
        return digit == 0xff ? nil : UInt32(digit)
    }
}

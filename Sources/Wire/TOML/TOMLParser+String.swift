extension TOMLParser {
    /// A string in quotation marks, with escapes.
    mutating func basicString() throws(TOMLError) -> String {
        position += 1
        var text: [UInt8] = []
        while let byte = current, byte != 0x0A, byte != 0x0D {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): text += try escape().utf8
            default:
                if Self.isControl(byte) { throw error(.controlCharacter) }
                text.append(byte)
                position += 1
            }
        }
        throw error(.unterminatedString)
    }

    /// A string in single quotes, as it is.
    mutating func literalString() throws(TOMLError) -> String {
        position += 1
        let start = position
        while let byte = current, byte != 0x0A, byte != 0x0D {
            if byte == UInt8(ascii: "'") {
                position += 1
                return String(decoding: bytes[start..<(position - 1)], as: UTF8.self)
            }
            if Self.isControl(byte) { throw error(.controlCharacter) }
            position += 1
        }
        throw error(.unterminatedString)
    }

    private mutating func escape() throws(TOMLError) -> String {
        let scalar: Unicode.Scalar?
        var length = 2
        switch byte(at: 1) {
        case UInt8(ascii: "b"): scalar = "\u{8}"
        case UInt8(ascii: "t"): scalar = "\t"
        case UInt8(ascii: "n"): scalar = "\n"
        case UInt8(ascii: "f"): scalar = "\u{C}"
        case UInt8(ascii: "r"): scalar = "\r"
        case UInt8(ascii: "\""): scalar = "\""
        case UInt8(ascii: "\\"): scalar = "\\"
        case UInt8(ascii: "u"):
            scalar = codePoint(digits: 4)
            length = 6
        case UInt8(ascii: "U"):
            scalar = codePoint(digits: 8)
            length = 10
        default: scalar = nil
        }
        guard let scalar else { throw error(.invalidEscape) }
        if scalar.value == 0 { throw error(.nullCharacter) }
        position += length
        return String(Character(scalar))
    }

    /// The character of so many hexadecimal digits behind `\u`; nil if there are not as many, or it is none.
    private func codePoint(digits: Int) -> Unicode.Scalar? {
        var value: UInt32 = 0
        for offset in 0..<digits {
            guard let byte = byte(at: 2 + offset) else { return nil }
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt32(byte - UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt32(byte - UInt8(ascii: "A") + 10)
            default: return nil
            }
        }
        return Unicode.Scalar(value)
    }
}

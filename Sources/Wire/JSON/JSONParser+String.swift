extension JSONParser {
    /// Reads a string, from its quotation mark to the one that ends it.
    mutating func string() throws(JSONError) -> String {
        position += 1
        let start = position
        let isASCII = skipPlain()
        if current == UInt8(ascii: "\"") {
            defer { position += 1 }
            return try text(from: start, to: position, isASCII: isASCII)
        }
        return try stringWithEscapes(from: start)
    }

    /// Moves past everything that stands for itself: up to a quotation mark, a backslash, a control character or the
    /// end.
    /// - Returns: whether it was all ASCII.
    @inline(__always)
    private mutating func skipPlain() -> Bool {
        var high: UInt64 = 0
        // Eight bytes at once: a byte of `stop` has its top bit set where the word's byte ends the run.
        while position &+ 8 <= count {
            let word = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            let ones: UInt64 = 0x0101_0101_0101_0101
            let tops: UInt64 = 0x8080_8080_8080_8080
            let quote = word ^ (ones &* 0x22)
            let backslash = word ^ (ones &* 0x5c)
            // A byte's borrow can only mark bytes above one that is marked rightly, so the lowest mark is right.
            let stop =
                ((quote &- ones) & ~quote | (backslash &- ones) & ~backslash | (word &- ones &* 0x20) & ~word) & tops
            if stop != 0 {
                let offset = stop.trailingZeroBitCount
                high |= word & ((1 << UInt64(offset)) &- 1) & tops
                position &+= offset >> 3
                return high == 0
            }
            high |= word & tops
            position &+= 8
        }
        while let byte = current, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 {
            high |= UInt64(byte & 0x80)
            position &+= 1
        }
        return high == 0
    }

    /// The text of a run of bytes, which must be UTF-8.
    private func text(from start: Int, to end: Int, isASCII: Bool) throws(JSONError) -> String {
        let run = UnsafeRawBufferPointer(start: base + start, count: end - start)
        if isASCII { return String(decoding: run, as: UTF8.self) }
        guard let text = String(validating: run, as: UTF8.self) else { throw invalidUTF8(in: run, at: start) }
        return text
    }

    private func invalidUTF8(in run: UnsafeRawBufferPointer, at start: Int) -> JSONError {
        var decoder = UTF8()
        var iterator = run.makeIterator()
        var offset = start
        while case .scalarValue(let scalar) = decoder.decode(&iterator) { offset += UTF8.width(scalar) }
        return JSONError(.invalidUTF8, at: offset)
    }

    /// Reads the rest of a string that began at `start` and whose first run ends at the position.
    private mutating func stringWithEscapes(from start: Int) throws(JSONError) -> String {
        var text = ""
        // Room for all of it at once, so that no part of a secret is left behind: an escape is longer than what it
        // stands for.
        text.reserveCapacity(rawLength(from: start))
        var runStart = start
        while true {
            let run = try self.text(from: runStart, to: position, isASCII: false)
            text += run
            run.erase()
            switch current {
            case UInt8(ascii: "\""):
                position += 1
                return text
            case UInt8(ascii: "\\"):
                text.unicodeScalars.append(try escape())
            case nil:
                throw JSONError(.unexpectedEnd, at: position)
            case 0:
                throw JSONError(.nullCharacter, at: position)
            default:
                throw JSONError(.controlCharacter, at: position)
            }
            runStart = position
            _ = skipPlain()
        }
    }

    /// How many bytes there are from `start` to the next quotation mark that no backslash stands before, or the end.
    private func rawLength(from start: Int) -> Int {
        var end = start
        while end < count {
            let byte = base.load(fromByteOffset: end, as: UInt8.self)
            if byte == UInt8(ascii: "\"") { break }
            end += byte == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(end, count) - start
    }

    /// Reads an escape, from its backslash on.
    private mutating func escape() throws(JSONError) -> Unicode.Scalar {
        let start = position
        position += 1
        guard let letter = current else { throw JSONError(.unexpectedEnd, at: position) }
        position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape(from: start)
        default: throw JSONError(.invalidEscape, at: start)
        }
    }

    /// Reads `\uXXXX`, or two of them that make a surrogate pair, from the first digit on.
    private mutating func unicodeEscape(from start: Int) throws(JSONError) -> Unicode.Scalar {
        let unit = try fourDigits(from: start)
        if unit == 0 { throw JSONError(.nullCharacter, at: start) }
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard (0xd800..<0xdc00).contains(unit), current == UInt8(ascii: "\\") else {
            throw JSONError(.loneSurrogate, at: start)
        }
        let secondStart = position
        position += 1
        guard current == UInt8(ascii: "u") else { throw JSONError(.loneSurrogate, at: start) }
        position += 1
        let second = try fourDigits(from: secondStart)
        guard (0xdc00..<0xe000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (UInt32(unit) - 0xd800) << 10 + (UInt32(second) - 0xdc00))
        else { throw JSONError(.loneSurrogate, at: start) }
        return scalar
    }

    private mutating func fourDigits(from start: Int) throws(JSONError) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = current else { throw JSONError(.unexpectedEnd, at: position) }
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x41...0x46: digit = byte - 0x41 + 10
            case 0x61...0x66: digit = byte - 0x61 + 10
            default: throw JSONError(.invalidEscape, at: start)
            }
            value = value << 4 | UInt16(digit)
            position += 1
        }
        return value
    }
}

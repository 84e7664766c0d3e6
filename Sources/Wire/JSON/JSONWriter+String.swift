extension JSONWriter {
    /// Writes a string.
    @_disfavoredOverload
    public mutating func string(_ value: String) {
        let written: Void? = value.utf8.withContiguousStorageIfAvailable { string(utf8: $0) }
        if written == nil { Array(value.utf8).withUnsafeBufferPointer { string(utf8: $0) } }
    }

    /// Writes a string of bytes that are UTF-8, and leaves them nowhere else.
    public mutating func string(utf8: UnsafeRawBufferPointer) {
        utf8.withMemoryRebound(to: UInt8.self) { string(utf8: $0) }
    }

    /// Writes a string of text that a program holds as a literal.
    public mutating func string(_ value: StaticString) {
        value.withUTF8Buffer { string(utf8: $0) }
    }

    /// Writes the comma, the quotation marks and what stands between them.
    private mutating func string(utf8: UnsafeBufferPointer<UInt8>) {
        // Room for the text as it is; an escape makes more.
        reserve(utf8.count + 3)
        let comma = needsComma
        needsComma = true
        let start = count
        var plain = 0
        count = storage.withUnsafeMutableBytes { target in
            var position = start
            if comma {
                target[position] = UInt8(ascii: ",")
                position &+= 1
            }
            target[position] = UInt8(ascii: "\"")
            position &+= 1
            plain = Self.copyPlain(UnsafeRawBufferPointer(utf8), to: target, at: position)
            position &+= plain
            target[position] = UInt8(ascii: "\"")
            return position &+ 1
        }
        if plain < utf8.count {
            // Not the end after all.
            count -= 1
            appendEscaping(utf8, from: plain)
            append(UInt8(ascii: "\""))
        }
    }

    /// Copies eight bytes at a time, then one at a time, for as long as none needs a second look. There must be room
    /// for all of them.
    /// - Returns: how many were copied.
    @inline(__always)
    private static func copyPlain(
        _ source: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer, at start: Int
    ) -> Int {
        var position = 0
        while position &+ 8 <= source.count {
            let word = source.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            guard isPlain(word) else { break }
            target.storeBytes(of: word, toByteOffset: start &+ position, as: UInt64.self)
            position &+= 8
        }
        while position < source.count, isPlain(source[position]) {
            target[start &+ position] = source[position]
            position &+= 1
        }
        return position
    }

    /// Whether all eight bytes are printable ASCII without quotation mark and backslash.
    @inline(__always)
    private static func isPlain(_ word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        let quote = word ^ (ones &* 0x22)
        let backslash = word ^ (ones &* 0x5c)
        // The last term finds bytes from 0x7f up: only there does adding one reach the top bit.
        let special =
            (quote &- ones) & ~quote | (backslash &- ones) & ~backslash | (word &- ones &* 0x20) & ~word | word
            | (word &+ ones)
        return special & tops == 0
    }

    @inline(__always)
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x7f && byte != 0x22 && byte != 0x5c
    }

    /// Copies the rest of a text scalar by scalar, escaping what must be.
    @inline(never)
    private mutating func appendEscaping(_ utf8: UnsafeBufferPointer<UInt8>, from start: Int) {
        var position = start
        while position < utf8.count {
            let byte = utf8[position]
            if byte < 0x80 {
                if Self.isPlain(byte) { append(byte) } else { escape(ASCII: byte) }
                position += 1
                continue
            }
            let length = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4
            let scalar = UnsafeBufferPointer(rebasing: utf8[position..<min(position + length, utf8.count)])
            if let unit = Self.unitToEscape(scalar) {
                escape(unit: unit)
            } else {
                append(contentsOf: scalar)
            }
            position += length
        }
    }

    /// The code point of a scalar that must not stand in a line as it is: a C1 control character, a line or paragraph
    /// separator, or one that changes the direction of what follows. All of them are below U+10000.
    private static func unitToEscape(_ scalar: UnsafeBufferPointer<UInt8>) -> UInt16? {
        let unit: UInt16
        switch scalar.count {
        case 2: unit = UInt16(scalar[0] & 0x1f) << 6 | UInt16(scalar[1] & 0x3f)
        case 3: unit = UInt16(scalar[0] & 0x0f) << 12 | UInt16(scalar[1] & 0x3f) << 6 | UInt16(scalar[2] & 0x3f)
        default: return nil
        }
        return switch unit {
        case 0x80...0x9f, 0x061c, 0x200e...0x200f, 0x2028...0x202e, 0x2066...0x2069: unit
        default: nil
        }
    }

    private mutating func escape(ASCII byte: UInt8) {
        let letter: UInt8
        switch byte {
        // It ends strings in too many places, and no line of ours may be one that we would not read.
        case 0: return escape(unit: 0xfffd)
        case 0x22, 0x5c: letter = byte
        case 0x08: letter = UInt8(ascii: "b")
        case 0x09: letter = UInt8(ascii: "t")
        case 0x0a: letter = UInt8(ascii: "n")
        case 0x0c: letter = UInt8(ascii: "f")
        case 0x0d: letter = UInt8(ascii: "r")
        default: return escape(unit: UInt16(byte))
        }
        append(UInt8(ascii: "\\"))
        append(letter)
    }

    private mutating func escape(unit: UInt16) {
        append(UInt8(ascii: "\\"))
        append(UInt8(ascii: "u"))
        for shift: UInt16 in [12, 8, 4, 0] {
            let digit = UInt8(truncatingIfNeeded: unit >> shift & 15)
            append(digit < 10 ? 0x30 + digit : 0x57 + digit)
        }
    }
}

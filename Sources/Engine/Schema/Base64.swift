import Crypto
import Wire

/// Base64 of RFC 4648 section 4, as fields ending in `_b64` carry it: padding may be left out, nothing else may.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The text for these bytes, padded.
    static func encode(_ bytes: [UInt8]) -> String {
        String(unsafeUninitializedCapacity: count(for: bytes.count)) { text in
            bytes.withUnsafeBytes { encode($0, into: UnsafeMutableRawBufferPointer(text)) }
            return text.count
        }
    }

    /// The text for these bytes, padded, which is a secret as they are.
    static func encode(_ bytes: SecretBytes) -> SecretBytes {
        SecretBytes(count: count(for: bytes.count)) { text in bytes.withUnsafeBytes { encode($0, into: text) } }
    }

    private static func count(for count: Int) -> Int { (count + 2) / 3 * 4 }

    private static func encode(_ bytes: UnsafeRawBufferPointer, into text: UnsafeMutableRawBufferPointer) {
        var position = 0
        var bits: UInt32 = 0
        var held = 0
        func put(_ letter: UInt8) {
            text[position] = letter
            position += 1
        }
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            held += 8
            while held >= 6 {
                held -= 6
                put(alphabet[Int(bits >> UInt32(held)) & 63])
            }
        }
        if held > 0 { put(alphabet[Int(bits << UInt32(6 - held)) & 63]) }
        while position < text.count { put(UInt8(ascii: "=")) }
    }

    /// The bytes of this text; nil if it is not base64 or its last bits say something.
    static func decode(_ text: String) -> [UInt8]? {
        var symbols = Array(text.utf8)
        defer { symbols.erase() }
        if symbols.count % 4 == 0 {
            var padding = 0
            while padding < 2, symbols.last == UInt8(ascii: "=") {
                symbols.removeLast()
                padding += 1
            }
        }
        guard symbols.count % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(symbols.count * 3 / 4)
        var bits: UInt32 = 0
        var held = 0
        for symbol in symbols {
            guard let value = value(of: symbol) else { return nil }
            bits = bits << 6 | value
            held += 6
            if held >= 8 {
                held -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(held)))
            }
        }
        return bits & (1 << UInt32(held) - 1) == 0 ? bytes : nil
    }

    private static func value(of symbol: UInt8) -> UInt32? {
        switch symbol {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(symbol - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(symbol - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(symbol - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}

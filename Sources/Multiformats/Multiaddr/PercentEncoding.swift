/// Percent-encoding of bytes in text (RFC 3986 section 2.1).
enum PercentEncoding {
    private static let digits = Alphabet("0123456789ABCDEF", ignoresCase: true)

    /// The text of `bytes`: everything but unreserved characters is encoded.
    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for byte in bytes {
            if isUnreserved(byte) {
                text.append(byte)
            } else {
                text.append(0x25)
                text.append(digits.character(for: UInt32(byte >> 4)))
                text.append(digits.character(for: UInt32(byte & 15)))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes of `text`; nil for a `%` without two hexadecimal digits.
    static func decode(_ text: Substring) -> [UInt8]? {
        var bytes: [UInt8] = []
        var rest = text.utf8.makeIterator()
        while let byte = rest.next() {
            guard byte == 0x25 else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.next().flatMap(digits.digit), let low = rest.next().flatMap(digits.digit) else {
                return nil
            }
            bytes.append(UInt8(truncatingIfNeeded: high << 4 | low))
        }
        return bytes
    }

    /// Letters, digits and `-._~` (RFC 3986 section 2.3).
    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x41...0x5a, 0x61...0x7a, 0x30...0x39, 0x2d, 0x2e, 0x5f, 0x7e: true
        default: false
        }
    }
}

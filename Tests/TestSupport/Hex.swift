/// Bytes from hexadecimal text; traps on anything else, since it is only ever given literals of the tests.
public func hex(_ text: String) -> [UInt8] {
    let digits = text.utf8.filter { $0 != 0x20 && $0 != 0x0a }.map { digit in
        Int(String(UnicodeScalar(digit)), radix: 16)!
    }
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

extension Sequence<UInt8> {
    /// The bytes as lower-case hexadecimal text.
    public var hex: String {
        map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined()
    }
}

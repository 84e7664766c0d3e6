import Crypto

/// Base58 with the first four bytes of a double SHA-256 behind the payload: the text of extended keys. Unlike
/// ``Multiformats/Base58`` it works in guarded memory only, since what it carries is a secret.
enum Base58Check {
    /// The longest text that is read, in characters.
    static let maximumTextCount = 128

    private static let checksumByteCount = 4
    private static let alphabet = Array("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".utf8)

    /// The text of `payload`. The work grows with the square of its length.
    static func encode(_ payload: UnsafeRawBufferPointer) -> SecretBytes {
        let sum = checksum(payload)
        // Digits of base 58, the highest first, as many as the longest number could have: log 256 / log 58 < 1.4.
        let capacity = (payload.count + checksumByteCount) * 7 / 5 + 1
        let digits = SecretBytes(count: capacity) { digits in
            func append(_ byte: UInt8) {
                var carry = UInt32(byte)
                for position in digits.indices.reversed() {
                    carry += UInt32(digits[position]) << 8
                    digits[position] = UInt8(truncatingIfNeeded: carry % 58)
                    carry /= 58
                }
            }
            payload.forEach(append)
            sum.forEach(append)
        }
        let zeros = payload.prefix { $0 == 0 }.count
        return digits.withUnsafeBytes { digits in
            let significant = digits.drop { $0 == 0 }
            return SecretBytes(count: zeros + significant.count) { text in
                for position in 0..<zeros { text[position] = alphabet[0] }
                for (position, digit) in significant.enumerated() {
                    text[zeros + position] = alphabet[Int(digit)]
                }
            }
        }
    }

    /// The payload of `text`, which must have exactly `byteCount` bytes.
    static func decode(_ text: UnsafeRawBufferPointer, byteCount: Int) throws(Base58CheckError) -> SecretBytes {
        guard text.count <= maximumTextCount else { throw .wrongLength }
        let whole = try SecretBytes(count: byteCount + checksumByteCount) { (number) throws(Base58CheckError) in
            for (offset, character) in text.enumerated() {
                guard let digit = alphabet.firstIndex(of: character) else {
                    throw .invalidCharacter(offset: offset)
                }
                var carry = UInt32(digit)
                for position in number.indices.reversed() {
                    carry += UInt32(number[position]) * 58
                    number[position] = UInt8(truncatingIfNeeded: carry)
                    carry >>= 8
                }
                guard carry == 0 else { throw .wrongLength }
            }
        }
        return try whole.withUnsafeBytes { (whole) throws(Base58CheckError) in
            // Leading zeros of the number are written as ones, each of them: no other text stands for this payload.
            guard whole.prefix(while: { $0 == 0 }).count == text.prefix(while: { $0 == alphabet[0] }).count else {
                throw .wrongLength
            }
            let payload = UnsafeRawBufferPointer(rebasing: whole.prefix(byteCount))
            guard whole.dropFirst(byteCount).elementsEqual(checksum(payload)) else { throw .wrongChecksum }
            return SecretBytes(copying: payload)
        }
    }

    private static func checksum(_ payload: UnsafeRawBufferPointer) -> ArraySlice<UInt8> {
        SHA256.hash(SHA256.hash(payload)).prefix(checksumByteCount)
    }
}

/// Why a text is not base58 with a checksum.
public enum Base58CheckError: Error, Equatable, Sendable {
    /// A character that is no digit of base58, by its place from 0.
    case invalidCharacter(offset: Int)
    /// Too many or too few characters.
    case wrongLength
    /// The checksum does not belong to the rest: something was mistyped.
    case wrongChecksum
}

extension Base58CheckError: CustomStringConvertible {
    /// One lower-case sentence for logs and error messages.
    public var description: String {
        switch self {
        case .invalidCharacter(let offset): "no digit of base58 at byte \(offset)"
        case .wrongLength: "wrong length"
        case .wrongChecksum: "the checksum does not fit: something was mistyped"
        }
    }
}

import Crypto

/// Seals the records of one direction, in place.
///
/// A record is `length (2 bytes, big endian) || ciphertext || tag (16 bytes)`. The nonce counts the records. A class,
/// because a copy of it would use a nonce twice.
public final class NoiseSealer {
    /// What a record has beside its plaintext: two bytes of length before and sixteen bytes of tag behind it.
    public static let overhead = Noise.lengthPrefix + Noise.tag

    /// The most bytes of plaintext that fit in one record.
    public static let maximumPlaintext = Noise.maximumMessage - Noise.tag

    private let cipher: ChaCha20Poly1305
    private var nonce: UInt64

    init(key: SecretBytes, nonce: UInt64 = 0) {
        cipher = ChaCha20Poly1305(key: key)
        self.nonce = nonce
    }

    /// Seals the plaintext that stands in `record` from the third byte on, and writes length and tag around it.
    ///
    /// - Parameters:
    ///   - record: room for `count` + ``overhead`` bytes, the plaintext beginning at its third byte.
    ///   - count: bytes of plaintext, 0...``maximumPlaintext``. A record without plaintext is legal.
    /// - Returns: bytes of the whole record, to be sent from the start of `record`.
    /// - Throws: ``NoiseError`` with `frameTooLarge` when plaintext or record do not fit, and `nonceExhausted`; the
    ///   buffer is then unchanged.
    public func seal(
        record: UnsafeMutableRawBufferPointer, plaintext count: Int
    ) throws(NoiseError) -> Int {
        guard 0...Self.maximumPlaintext ~= count, record.count >= count + Self.overhead else {
            throw .plaintextTooLarge(count)
        }
        guard nonce < .max else { throw .nonceExhausted }
        let total = count + Self.overhead
        let length = UInt16(count + Noise.tag)
        record.storeBytes(of: length.bigEndian, as: UInt16.self)
        cipher.seal(
            UnsafeMutableRawBufferPointer(rebasing: record[Noise.lengthPrefix..<total]), count: count, nonce: nonce,
            authenticating: nil)
        nonce += 1
        return total
    }
}

/// Where an opened record lies in the buffer it was opened in.
public struct OpenedRecord: Equatable, Sendable {
    /// The plaintext, as offsets from the start of the buffer. It may be empty: that means nothing, and is not an end.
    public let plaintext: Range<Int>

    /// Bytes of the whole record: the next one begins here.
    public let consumed: Int
}

/// Opens the records of one direction, in place.
public final class NoiseOpener {
    private let cipher: ChaCha20Poly1305
    private var nonce: UInt64

    init(key: SecretBytes, nonce: UInt64 = 0) {
        cipher = ChaCha20Poly1305(key: key)
        self.nonce = nonce
    }

    /// Opens the first whole record at the front of `buffer`, in place.
    ///
    /// - Parameter buffer: received bytes; what stands behind the record is left alone.
    /// - Returns: where the plaintext lies; nil when the record is not whole yet.
    /// - Throws: ``NoiseError`` with `decryptFailed` or `nonceExhausted`. The connection must end without an answer.
    ///   The bytes of the failed record are garbage afterwards; the nonce has not moved (RUSTSEC-2024-0011).
    public func open(_ buffer: UnsafeMutableRawBufferPointer) throws(NoiseError) -> OpenedRecord? {
        guard buffer.count >= Noise.lengthPrefix else { return nil }
        let length = Int(UInt16(bigEndian: buffer.loadUnaligned(as: UInt16.self)))
        guard length >= Noise.tag else { throw .decryptFailed }
        let end = Noise.lengthPrefix + length
        guard buffer.count >= end else { return nil }
        guard nonce < .max else { throw .nonceExhausted }
        let message = UnsafeMutableRawBufferPointer(rebasing: buffer[Noise.lengthPrefix..<end])
        let count: Int
        do {
            count = try cipher.open(message, nonce: nonce, authenticating: nil)
        } catch {
            throw .decryptFailed
        }
        nonce += 1
        return OpenedRecord(plaintext: Noise.lengthPrefix..<Noise.lengthPrefix + count, consumed: end)
    }
}

import Crypto
import Ledger
import Wire

/// What goes over a group's topic: a message, or an entry of the log.
///
/// | bytes | field |
/// |---|---|
/// | 1 | version, 1 |
/// | 1 | 0 in the clear, 1 encrypted |
/// | 8 | encrypted only: the mark by which whoever has the key knows it |
/// | 24 | encrypted only: nonce, random |
/// | rest | 1 byte what follows (1 message, 2 entry), and that; encrypted with XChaCha20-Poly1305 |
///
/// The additional data is all before the nonce, the group's id and the epoch's. The signature of a message stands inside
/// of the encryption, and covers group, epoch and author: outsiders learn neither who speaks nor have a proof of it,
/// and nobody can pass a message on as said elsewhere. (That costs a decryption before a forgery is found out; only who
/// has the key can cause it.)
struct GroupFrame {
    /// The largest frame, in bytes.
    static let maximumByteCount = Entry.maximumByteCount + 4096

    enum Payload {
        case message([UInt8])
        case entry([UInt8])
    }

    private static let version: UInt8 = 1
    private static let messageType: UInt8 = 1
    private static let entryType: UInt8 = 2
    private static let markByteCount = 8

    /// In the clear, for a public group.
    static func plain(_ payload: Payload) -> [UInt8] { [version, 0] + bytes(payload) }

    /// Encrypted, for a private one.
    static func sealed(
        _ payload: Payload, with key: EpochKey, random: (UnsafeMutableRawBufferPointer) -> Void
    ) -> [UInt8] {
        let header = [version, 1] + key.frameMark
        var nonce = [UInt8](repeating: 0, count: XChaCha20Poly1305.nonceByteCount)
        nonce.withUnsafeMutableBytes { random($0) }
        let sealed = XChaCha20Poly1305.seal(
            message: bytes(payload), key: key.messageKey, nonce: nonce,
            authenticating: additionalData(header, key))
        return header + nonce + sealed
    }

    /// Reads a frame of a public group.
    static func openPlain(_ frame: [UInt8]) throws(GroupRefusal) -> Payload {
        guard try isSealed(frame) == false else { throw .wrongVisibility }
        return try payload(Array(frame.dropFirst(2)))
    }

    /// Reads a frame of a private group.
    ///
    /// - Parameter keys: those that may have been used; the marks are looked at in this order.
    static func open(_ frame: [UInt8], with keys: [EpochKey]) throws(GroupRefusal) -> (Payload, EpochKey) {
        guard try isSealed(frame) else { throw .wrongVisibility }
        var reader = ByteReader(frame)
        guard let header = try? reader.bytes(2 + markByteCount),
            let nonce = try? reader.bytes(XChaCha20Poly1305.nonceByteCount)
        else { throw .malformed }
        let mark = header.dropFirst(2)
        guard let key = keys.first(where: { mark.elementsEqual($0.frameMark) }) else { throw .unknownEpoch }
        guard
            let bytes = try? XChaCha20Poly1305.open(
                message: reader.rest(), key: key.messageKey, nonce: nonce,
                authenticating: additionalData(header, key))
        else { throw .undecipherable }
        return (try payload(bytes), key)
    }

    private static func isSealed(_ frame: [UInt8]) throws(GroupRefusal) -> Bool {
        guard frame.count <= maximumByteCount else { throw .tooLarge }
        var reader = ByteReader(frame)
        guard let version = try? reader.uint8(), let flag = try? reader.uint8() else { throw .malformed }
        guard version == Self.version else { throw .unsupportedVersion }
        guard flag <= 1 else { throw .malformed }
        return flag == 1
    }

    private static func additionalData(_ header: [UInt8], _ key: EpochKey) -> [UInt8] {
        header + key.group.bytes + key.epoch.bytes
    }

    private static func bytes(_ payload: Payload) -> [UInt8] {
        switch payload {
        case .message(let bytes): [messageType] + bytes
        case .entry(let bytes): [entryType] + bytes
        }
    }

    private static func payload(_ bytes: [UInt8]) throws(GroupRefusal) -> Payload {
        switch bytes.first {
        case messageType: return .message(Array(bytes.dropFirst()))
        case entryType: return .entry(Array(bytes.dropFirst()))
        default: throw .malformed
        }
    }
}

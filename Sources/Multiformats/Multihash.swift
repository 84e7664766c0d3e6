/// A digest that names its hash function: `uvarint(code) || uvarint(digest length) || digest`.
///
/// Source: multiformats/multihash.
public struct Multihash: Hashable, Sendable {
    /// The hash function.
    public let code: MultihashCode
    /// The digest. A truncated digest is shorter than the function's own.
    public let digest: [UInt8]

    /// A multihash of a digest that was made here or is known to fit.
    /// - Throws: `MultihashError.digestTooLong` if the function gives fewer bytes than `digest` has.
    public init(code: MultihashCode, digest: [UInt8]) throws(MultihashError) {
        if let native = code.digestCount, digest.count > native { throw .digestTooLong }
        self.code = code
        self.digest = digest
    }

    /// Reads a multihash that is all of `bytes`.
    public init(decoding bytes: [UInt8]) throws(MultihashError) {
        try self.init(decoding: bytes, from: 0)
    }

    /// Reads a multihash that is all of `bytes` from `offset` on.
    init(decoding bytes: [UInt8], from offset: Int) throws(MultihashError) {
        let (code, afterCode) = try Self.varint(bytes, at: offset)
        let (count, start) = try Self.varint(bytes, at: afterCode)
        // Compared before anything is added to it: the peer chose this number.
        let remaining = UInt64(bytes.count - start)
        if count > remaining { throw .truncated }
        if count < remaining { throw .trailingBytes }
        try self.init(code: MultihashCode(rawValue: code), digest: Array(bytes[start...]))
    }

    /// The encoded multihash.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digest.count + 4)
        UnsignedVarint.encode(code.rawValue, into: &bytes)
        UnsignedVarint.encode(UInt64(digest.count), into: &bytes)
        bytes += digest
        return bytes
    }

    private static func varint(
        _ bytes: [UInt8], at offset: Int
    ) throws(MultihashError) -> (value: UInt64, end: Int) {
        do {
            return try UnsignedVarint.decode(bytes, at: offset)
        } catch .truncated {
            throw .truncated
        } catch {
            throw .malformedVarint(error)
        }
    }
}

/// Why bytes are no multihash.
public enum MultihashError: Error, Hashable, Sendable {
    /// The bytes end before the digest does.
    case truncated
    /// Bytes follow the digest.
    case trailingBytes
    /// The digest is longer than its hash function's.
    case digestTooLong
    /// The code or the length is no unsigned varint.
    case malformedVarint(VarintError)
}

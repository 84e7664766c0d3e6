/// A content identifier: what a block of data is (`codec`) and its hash.
///
/// Version 0 is a bare SHA-256 multihash, always dag-pb, with base58 text (`Qm…`). Version 1 is
/// `01 || uvarint(codec) || multihash` with multibase text.
/// Source: multiformats/cid.
public struct CID: Hashable, Sendable, CustomStringConvertible {
    /// The form of a CID.
    public enum Version: Sendable {
        /// A bare SHA-256 multihash.
        case v0
        /// With a version, a codec and a multihash.
        case v1
    }

    /// How the data is to be read, by code in the multicodec table.
    public struct Codec: RawRepresentable, Hashable, Sendable {
        /// The code in the multicodec table.
        public let rawValue: UInt64

        /// The codec with this code.
        public init(rawValue: UInt64) {
            self.rawValue = rawValue
        }

        /// Raw bytes.
        public static let raw = Codec(rawValue: 0x55)
        /// MerkleDAG protobuf.
        public static let dagPB = Codec(rawValue: 0x70)
        /// MerkleDAG CBOR.
        public static let dagCBOR = Codec(rawValue: 0x71)
        /// A libp2p public key: the CID of a peer id.
        public static let libp2pKey = Codec(rawValue: 0x72)
        /// JSON.
        public static let json = Codec(rawValue: 0x0200)
        /// MerkleDAG JSON.
        public static let dagJSON = Codec(rawValue: 0x0129)
    }

    /// The longest text that is read, in bytes.
    public static let maximumTextCount = 1024

    /// The form.
    public let version: Version
    /// How the data is to be read.
    public let codec: Codec
    /// The hash of the data.
    public let multihash: Multihash

    /// A version 1 CID.
    public init(codec: Codec, multihash: Multihash) {
        version = .v1
        self.codec = codec
        self.multihash = multihash
    }

    /// Reads a CID that is all of `bytes`.
    public init(bytes: [UInt8]) throws(CIDError) {
        if bytes.count == 34 && bytes.starts(with: [0x12, 0x20]) {
            version = .v0
            codec = .dagPB
            multihash = try Self.multihash(bytes, from: 0)
            return
        }
        let (version, afterVersion) = try Self.varint(bytes, at: 0)
        guard version == 1 else { throw .unknownVersion(version) }
        let (codec, start) = try Self.varint(bytes, at: afterVersion)
        self.version = .v1
        self.codec = Codec(rawValue: codec)
        multihash = try Self.multihash(bytes, from: start)
    }

    /// Reads a CID's text: 46 characters from `Qm`, or multibase.
    public init(_ text: some StringProtocol) throws(CIDError) {
        let bytes: [UInt8]
        do throws(MultibaseError) {
            if text.utf8.count == 46 && text.hasPrefix("Qm") {
                bytes = try Base58.decode(text)
            } else {
                bytes = try Multibase.decode(text, limit: Self.maximumTextCount).bytes
                // A version 0 CID has no multibase text; 0x12 is no version either.
                if bytes.first == 0x12 { throw .unknownBase }
            }
        } catch {
            throw .malformedText(error)
        }
        try self.init(bytes: bytes)
    }

    /// The encoded CID.
    public var bytes: [UInt8] {
        guard version == .v1 else { return multihash.bytes }
        var bytes: [UInt8] = [1]
        UnsignedVarint.encode(codec.rawValue, into: &bytes)
        return bytes + multihash.bytes
    }

    /// The usual text: base58 for version 0, base32 for version 1.
    public var description: String {
        text(in: .base32)
    }

    /// The text of a version 1 CID in `base`. A version 0 CID has only one text.
    public func text(in base: Multibase) -> String {
        version == .v0 ? Base58.encode(bytes) : base.encode(bytes)
    }

    private static func varint(_ bytes: [UInt8], at offset: Int) throws(CIDError) -> (value: UInt64, end: Int) {
        do {
            return try UnsignedVarint.decode(bytes, at: offset)
        } catch {
            throw .malformedVarint(error)
        }
    }

    private static func multihash(_ bytes: [UInt8], from offset: Int) throws(CIDError) -> Multihash {
        do {
            return try Multihash(decoding: bytes, from: offset)
        } catch {
            throw .malformedMultihash(error)
        }
    }
}

/// Why bytes or text are no CID.
public enum CIDError: Error, Hashable, Sendable {
    /// The version is not 1; 2 and 3 are reserved, the rest is undefined.
    case unknownVersion(UInt64)
    /// The text is no multibase, or no text of a CID.
    case malformedText(MultibaseError)
    /// The version or the codec is no unsigned varint.
    case malformedVarint(VarintError)
    /// What follows the codec is no multihash.
    case malformedMultihash(MultihashError)
}

import Crypto
import Identity
import Multiformats
import Time
import Wire

extension Entry {
    static let version: UInt8 = 1
    /// Times end here: in the year 10889.
    static let timeLimit: Int64 = 1 << 48

    /// Signs an entry.
    ///
    /// - Throws: `tooLarge` for the body; `malformed` for a time before 1970.
    static func sign(_ content: EntryContent, body: [UInt8], with key: KeyPair) throws(EntryRefusal) -> Entry {
        guard body.count <= maximumBodyByteCount else { throw .tooLarge }
        guard (0..<timeLimit).contains(content.time.milliseconds) else { throw .malformed }
        var bytes: [UInt8] = [version]
        bytes.reserveCapacity(body.count + 1024)
        bytes += content.ledger.bytes
        bytes += key.publicKey.data
        bytes.appendUnsignedVarint(content.sequence)
        if let previous = content.previous { bytes += previous.bytes }
        bytes.append(UInt8(content.parents.count))
        for parent in content.parents { bytes += parent.bytes }
        bytes.appendUnsignedVarint(content.depth)
        bytes.appendUnsignedVarint(UInt64(content.time.milliseconds))
        let kind = Array(content.kind.name.utf8)
        bytes.append(UInt8(kind.count))
        bytes += kind
        bytes.appendUnsignedVarint(UInt64(body.count))
        let bodyRange = bytes.count..<(bytes.count + body.count)
        bytes += body
        let signedCount = bytes.count
        bytes += key.sign(domain + bytes)
        return Entry(content, encoded: bytes, signedCount: signedCount, bodyRange: bodyRange)
    }

    /// Reads an entry that a peer sent, and verifies its signature.
    ///
    /// - Throws: `tooLarge`, `unsupportedVersion`, `malformed`, `invalidSignature`.
    public init(decoding bytes: [UInt8]) throws(EntryRefusal) {
        try self.init(stored: bytes)
        guard isSigned else { throw .invalidSignature }
    }

    /// Reads an entry without looking at its signature: one that was verified when it was stored here, or that is only
    /// compared with those that were.
    ///
    /// - Throws: `tooLarge`, `unsupportedVersion`, `malformed`.
    public init(stored bytes: [UInt8]) throws(EntryRefusal) {
        guard bytes.count <= Self.maximumByteCount else { throw .tooLarge }
        guard let version = bytes.first else { throw .malformed }
        guard version == Self.version else { throw .unsupportedVersion }
        var reader = ByteReader(bytes)
        let content: EntryContent
        let bodyRange: Range<Int>
        do throws(WireError) {
            (content, bodyRange) = try Self.content(&reader)
        } catch .tooLong {
            throw .tooLarge
        } catch {
            throw .malformed
        }
        guard reader.remaining == Ed25519.signatureByteCount else { throw .malformed }
        self.init(content, encoded: bytes, signedCount: reader.position, bodyRange: bodyRange)
    }

    /// Whether the author signed it.
    public var isSigned: Bool {
        let signature = Array(encoded.suffix(Ed25519.signatureByteCount))
        let signed = Self.domain + encoded.dropLast(Ed25519.signatureByteCount)
        return author.publicKey?.isValid(signature: signature, for: signed) ?? false
    }

    /// What is malformed in a way that ``WireError`` has no case for.
    private static let malformation = WireError.truncated

    private static func content(_ reader: inout ByteReader) throws(WireError) -> (EntryContent, Range<Int>) {
        try reader.skip(1)
        let ledger = try digest(&reader)
        guard let key = try? Ed25519.PublicKey(reader.bytes(Ed25519.publicKeyByteCount)) else { throw malformation }
        let sequence = try reader.unsignedVarint()
        let previous = sequence > 0 ? try digest(&reader) : nil
        let parentCount = try reader.uint8()
        guard parentCount <= maximumParents else { throw malformation }
        var parents: [EntryID] = []
        for _ in 0..<parentCount {
            let parent = try digest(&reader)
            // One order, none twice, and `previous` only in its own place: so there is one encoding.
            if let last = parents.last, last >= parent { throw malformation }
            guard parent != previous else { throw malformation }
            parents.append(parent)
        }
        let depth = try reader.unsignedVarint()
        guard (depth == 0) == (previous == nil && parents.isEmpty) else { throw malformation }
        let time = try reader.unsignedVarint()
        guard time < UInt64(timeLimit) else { throw malformation }
        guard let kind = EntryKind(bytes: try reader.bytes(Int(try reader.uint8()))) else { throw malformation }
        let bodyCount = try reader.unsignedVarint()
        guard bodyCount <= UInt64(maximumBodyByteCount) else {
            throw .tooLong(count: bodyCount, limit: maximumBodyByteCount)
        }
        let body = try reader.range(Int(bodyCount))
        let content = EntryContent(
            ledger: ledger, author: PublicKey(key).peerID, sequence: sequence, previous: previous, parents: parents,
            depth: depth, time: Timestamp(milliseconds: Int64(time)), kind: kind)
        return (content, body)
    }

    private static func digest(_ reader: inout ByteReader) throws(WireError) -> Digest {
        guard let digest = Digest(try reader.bytes(Digest.byteCount)) else { throw malformation }
        return digest
    }
}

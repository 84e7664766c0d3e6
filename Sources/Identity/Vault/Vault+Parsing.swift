import Crypto
import Wire

extension Vault {
    /// Reads a file.
    ///
    /// - Throws: `foreign`, `newer`, `truncated`, `corrupt`, `costly`.
    public init(parsing bytes: [UInt8]) throws(VaultError) {
        guard bytes.starts(with: Self.magic) else {
            // A file that ends within the first bytes is one of ours all the same.
            throw Self.magic.starts(with: bytes) && !bytes.isEmpty ? .truncated : .foreign
        }
        var reader = ByteReader(bytes)
        let version: UInt16
        let total: Int
        do throws(WireError) {
            try reader.skip(Self.magic.count)
            version = try reader.uint16()
            total = Int(try reader.uint32())
        } catch {
            throw .truncated
        }
        guard let form = Form(rawValue: version) else {
            throw version > Form.prepared.rawValue
                ? .newer(version: Int(version)) : .corrupt("there is no version \(version)")
        }
        guard total <= Self.maximumByteCount, total > reader.position + SHA256.byteCount else {
            throw .corrupt("its length is wrong")
        }
        guard bytes.count >= total else { throw .truncated }
        guard bytes.count == total else { throw .corrupt("there is more behind it") }
        let end = total - SHA256.byteCount
        guard ConstantTime.isEqual(SHA256.hash(Array(bytes.prefix(end))), Array(bytes.suffix(SHA256.byteCount))) else {
            throw .corrupt("its digest is wrong")
        }
        try self.init(bytes, form, ByteReader(bytes, in: reader.position..<end))
    }

    /// Reads what is behind the version and the length, up to the digest, which is right.
    private init(_ bytes: [UInt8], _ form: Form, _ reader: ByteReader) throws(VaultError) {
        var reader = reader
        self.form = form
        do {
            switch try reader.uint8() {
            case 0:
                protection = .none
                salt = []
                clearKey = SecretBytes(copying: try reader.bytes(XChaCha20Poly1305.keyByteCount))
            case 1:
                let (memory, passes) = (try reader.uint32(), try reader.uint32())
                // Who can write the digest can write any cost: it must not take the machine's memory.
                guard let cost = Argon2id.Cost(memory: memory, passes: passes) else {
                    throw VaultError.costly(kibibytes: Int(memory), passes: Int(passes))
                }
                protection = .passphrase(cost)
                salt = try reader.bytes(Argon2id.saltByteCount)
                clearKey = nil
            case let other: throw VaultError.corrupt("there is no protection \(other)")
            }
            nonce = try reader.bytes(XChaCha20Poly1305.nonceByteCount)
            let count = try reader.uint32()
            description = try AccountDescription(try reader.bytes(Int(count)))
        } catch let error as VaultError {
            throw error
        } catch {
            throw .corrupt("its fields are wrong")
        }
        header = Array(bytes.prefix(reader.position))
        sealed = reader.rest()
        encoded = bytes
    }
}

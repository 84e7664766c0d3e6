import Crypto
import Wire

/// An account's secrets as they are kept in a file, and what anybody who has the file may see of them.
///
/// ```
/// magic "linnet-vault" · version u16 · length of the file u32
/// protection u8 = 1: memory in KiB u32 · passes u32 · salt 16      (Argon2id)
///            u8 = 0: key 32                                        (no passphrase: the key stands in the file)
/// nonce 24 · length u32 · description (protobuf)
/// ciphertext and tag (XChaCha20-Poly1305; everything before it is authenticated)
/// SHA-256 of everything before it
/// ```
///
/// The digest tells a damaged file from a wrong passphrase. It protects nothing: that does the tag.
/// Numbers are big-endian. A value without I/O; `VaultFile` in the engine reads and writes it.
public struct Vault: Sendable {
    /// How the secrets are kept from whoever has the file.
    public enum Protection: Hashable, Sendable {
        /// Not at all: the key stands beside them.
        case none
        /// By a passphrase, at this cost.
        case passphrase(Argon2id.Cost)
    }

    /// The first bytes of every vault.
    static let magic = Array("linnet-vault".utf8)
    /// The format that is written.
    static let version: UInt16 = 1
    /// The longest file in bytes; a real one has about 300.
    public static let maximumByteCount = 4096

    /// How many random bytes a vault takes: salt or key, and nonce.
    public static let randomByteCount = XChaCha20Poly1305.keyByteCount + XChaCha20Poly1305.nonceByteCount

    /// Whether there is a passphrase.
    public let protection: Protection
    /// What is to be seen without it. Not to be trusted before ``open(_:)`` has said that it belongs there.
    public let description: AccountDescription

    let header: [UInt8]
    let salt: [UInt8]
    let clearKey: SecretBytes?
    let nonce: [UInt8]
    let sealed: [UInt8]

    /// The file.
    public let encoded: [UInt8]

    /// Seals secrets under the key that a passphrase gives, or under one that stands beside them.
    ///
    /// Argon2id runs here: with a passphrase, never on the network's thread.
    ///
    /// - Parameter random: ``randomByteCount`` random bytes, never used for anything else.
    /// - Throws: `outOfMemory`.
    public static func seal(
        _ secrets: AccountSecrets, _ description: AccountDescription, passphrase: SecretBytes?,
        cost: Argon2id.Cost = .floor, random: SecretBytes
    ) throws(VaultError) -> Vault {
        precondition(random.count == randomByteCount, "a vault takes 56 random bytes")
        var writer: [UInt8] = []
        let protection: Protection
        var salt: [UInt8] = []
        let key: SecretBytes
        if let passphrase {
            protection = .passphrase(cost)
            salt = random.withUnsafeBytes { Array($0.prefix(Argon2id.saltByteCount)) }
            writer.append(1)
            writer.appendBigEndian(cost.memory)
            writer.appendBigEndian(cost.passes)
            writer += salt
            key = try derive(passphrase, salt, cost)
        } else {
            protection = .none
            writer.append(0)
            key = random.withUnsafeBytes {
                SecretBytes(copying: UnsafeRawBufferPointer(rebasing: $0.prefix(XChaCha20Poly1305.keyByteCount)))
            }
            key.withUnsafeBytes { writer += $0 }
        }
        let nonce = random.withUnsafeBytes { Array($0.suffix(XChaCha20Poly1305.nonceByteCount)) }
        let told = description.encoded
        writer += nonce
        writer.appendBigEndian(UInt32(told.count))
        writer += told
        let content = secrets.encoded()
        let prefix = magic.count + 2 + 4
        let total = prefix + writer.count + content.count + XChaCha20Poly1305.tagByteCount + SHA256.byteCount
        var header = magic
        header.appendBigEndian(version)
        header.appendBigEndian(UInt32(total))
        header += writer
        let sealed = XChaCha20Poly1305.seal(content, key: key, nonce: nonce, authenticating: header)
        let body = header + sealed
        return Vault(
            protection: protection, description: description, header: header, salt: salt,
            clearKey: passphrase == nil ? key : nil, nonce: nonce, sealed: sealed, encoded: body + SHA256.hash(body))
    }

    /// The secrets, if there is no passphrase or this is it.
    ///
    /// Argon2id runs here, whatever the passphrase: every guess costs the same.
    ///
    /// - Throws: `wrongPassphrase`, also if there is a passphrase and none is given; `outOfMemory`; `corrupt`.
    public func open(_ passphrase: SecretBytes?) throws(VaultError) -> AccountSecrets {
        let key: SecretBytes
        switch protection {
        case .none:
            guard let clearKey else { throw .corrupt("no key") }
            key = clearKey
        case .passphrase(let cost):
            guard let passphrase else { throw .wrongPassphrase }
            key = try Self.derive(passphrase, salt, cost)
        }
        let content: SecretBytes
        do throws(CryptoError) {
            content = try XChaCha20Poly1305.open(sealed, key: key, nonce: nonce, authenticating: header)
        } catch {
            if case .none = protection { throw .corrupt("the content does not belong to its key") }
            throw .wrongPassphrase
        }
        let secrets = try AccountSecrets(content)
        guard secrets.identity.peerID == description.peer else { throw .corrupt("it is of another peer") }
        return secrets
    }

    private static func derive(
        _ passphrase: SecretBytes, _ salt: [UInt8], _ cost: Argon2id.Cost
    ) throws(VaultError) -> SecretBytes {
        do throws(CryptoError) {
            return try Argon2id.key(passphrase: passphrase, salt: salt, cost: cost)
        } catch {
            throw .outOfMemory(kibibytes: Int(cost.memory))
        }
    }
}

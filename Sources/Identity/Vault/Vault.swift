import Crypto
import Wire

/// An account's secrets as they are kept in a file, and what anybody who has the file may see of them.
///
/// ```
/// magic "linnet-vault" · version u16 = 2 · length of the file u32
/// protection u8 = 1: memory in KiB u32 · passes u32 · salt 16      (Argon2id)
///            u8 = 0: key 32                                        (no passphrase: the key stands in the file)
/// nonce 24 · length u32 · description (protobuf)
/// ciphertext and tag (XChaCha20-Poly1305; everything before it is authenticated)
/// SHA-256 of everything before it
/// ```
///
/// The passphrase's key is made of the passphrase as ``OpaqueString`` prepares it. Version 1 made it of the bytes as they
/// were typed; such a file opens with either.
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
    /// How a key is made of a passphrase: the version of a file.
    public enum Form: UInt16, Sendable {
        /// Of its bytes. Only what was written in this form before is still.
        case raw = 1
        /// Of what ``OpaqueString`` makes of it.
        case prepared = 2
    }

    /// The longest file in bytes; a real one has about 300.
    public static let maximumByteCount = 4096

    /// How many random bytes a vault takes: salt or key, and nonce.
    public static let randomByteCount = XChaCha20Poly1305.keyByteCount + XChaCha20Poly1305.nonceByteCount

    /// How its key is made of its passphrase.
    public let form: Form
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
    /// - Parameters:
    ///   - form: How the key is made of the passphrase.
    ///   - random: ``randomByteCount`` random bytes, never used for anything else.
    /// - Throws: `unfit`, `outOfMemory`.
    public static func seal(
        _ secrets: AccountSecrets, _ description: AccountDescription, passphrase: SecretBytes?,
        form: Form = .prepared, cost: Argon2id.Cost = .floor, random: SecretBytes
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
            key = try derive(form == .raw ? passphrase : prepare(passphrase), salt, cost)
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
        header.appendBigEndian(form.rawValue)
        header.appendBigEndian(UInt32(total))
        header += writer
        let sealed = XChaCha20Poly1305.seal(content, key: key, nonce: nonce, authenticating: header)
        let body = header + sealed
        return Vault(
            form: form, protection: protection, description: description, header: header, salt: salt,
            clearKey: passphrase == nil ? key : nil, nonce: nonce, sealed: sealed, encoded: body + SHA256.hash(body))
    }

    /// The secrets, if there is no passphrase or this is it.
    ///
    /// Argon2id runs here, whatever the passphrase: every guess costs the same. In the ``Form/raw`` form one that is
    /// typed in several ways costs twice.
    ///
    /// - Throws: `wrongPassphrase`, also if there is a passphrase and none is given; `unfit`; `outOfMemory`; `corrupt`.
    public func open(_ passphrase: SecretBytes?) throws(VaultError) -> AccountSecrets {
        switch protection {
        case .none:
            guard let clearKey else { throw .corrupt("no key") }
            guard let content = content(clearKey) else {
                throw .corrupt("the content does not belong to its key")
            }
            return try secrets(content)
        case .passphrase(let cost):
            guard let passphrase else { throw .wrongPassphrase }
            for form in try forms(of: passphrase) {
                if let content = content(try Self.derive(form, salt, cost)) { return try secrets(content) }
            }
            throw .wrongPassphrase
        }
    }

    /// What the key may have been made of.
    private func forms(of passphrase: SecretBytes) throws(VaultError) -> [SecretBytes] {
        guard form == .raw else { return [try Self.prepare(passphrase)] }
        guard let prepared = try? Self.prepare(passphrase), prepared != passphrase else { return [passphrase] }
        return [passphrase, prepared]
    }

    private func content(_ key: SecretBytes) -> SecretBytes? {
        try? XChaCha20Poly1305.open(sealed, key: key, nonce: nonce, authenticating: header)
    }

    private func secrets(_ content: SecretBytes) throws(VaultError) -> AccountSecrets {
        let secrets = try AccountSecrets(content)
        guard secrets.identity.peerID == description.peer else { throw .corrupt("it is of another peer") }
        return secrets
    }

    private static func prepare(_ passphrase: SecretBytes) throws(VaultError) -> SecretBytes {
        do throws(PassphraseError) {
            return try passphrase.withUnsafeBytes { (text) throws(PassphraseError) in try OpaqueString.prepare(text) }
        } catch {
            throw .unfit(error)
        }
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

import Crypto
import Identity
import Wire

/// What an account comes from: linnet's vault, gigi's file, libp2p's private key. Each is refused for a reason, or is
/// what it says.
///
/// The first byte says what the rest is. A vault also comes with a length and a digest that are right, and with a content
/// that was sealed under its own key, so that what lies behind those is reached, too.
enum VaultTarget {
    static func run(_ input: [UInt8]) throws(FuzzFinding) -> String {
        guard let kind = input.first else { return "nothing" }
        let rest = Array(input.dropFirst())
        return switch kind % 5 {
        case 0: try vault(rest)
        case 1: try vault(withDigest(rest))
        case 2: try vault(sealed(rest))
        case 3: gigi(rest)
        default: try key(rest)
        }
    }

    private static let lengthOffset = 14
    private static let headOffset = 18

    private static func vault(_ bytes: [UInt8]) throws(FuzzFinding) -> String {
        let vault: Vault
        do throws(VaultError) {
            vault = try Vault(parsing: bytes)
        } catch {
            return name(of: error)
        }
        guard vault.encoded == bytes, bytes.count <= Vault.maximumByteCount else {
            throw FuzzFinding("a vault of \(bytes.count) bytes is kept as another")
        }
        guard vault.description.name.utf8.count <= AccountDescription.maximumName else {
            throw FuzzFinding("a name of \(vault.description.name.utf8.count) bytes")
        }
        switch vault.protection {
        case .passphrase(let cost):
            // What would be asked of the machine, whoever wrote the file: 1 GiB, or what takes as long.
            guard cost.memory <= 1 << 20, UInt64(cost.memory) * UInt64(cost.passes) <= 16 << 20 else {
                throw FuzzFinding("costs \(cost)")
            }
            return "protected"
        case .none:
            let secrets: AccountSecrets
            do throws(VaultError) {
                secrets = try vault.open(nil)
            } catch {
                return name(of: error)
            }
            guard secrets.identity.peerID == vault.description.peer else { throw FuzzFinding("another peer's") }
            guard (secrets.entropy?.count ?? 0) <= 32 else { throw FuzzFinding("too much entropy") }
            return secrets.mnemonic == nil ? "open" : "open, with words"
        }
    }

    /// The bytes as a file of their length, whose digest is right.
    private static func withDigest(_ bytes: [UInt8]) -> [UInt8] {
        var body = bytes
        var length: [UInt8] = []
        length.appendBigEndian(UInt32(body.count + SHA256.byteCount))
        if body.count >= headOffset { body.replaceSubrange(lengthOffset..<headOffset, with: length) }
        return body + SHA256.hash(body)
    }

    /// A vault without a passphrase: the first byte is the length of its description, the rest its secrets.
    private static func sealed(_ bytes: [UInt8]) -> [UInt8] {
        let told = Array(bytes.dropFirst().prefix(Int(bytes.first ?? 0)))
        let secrets = Array(bytes.dropFirst(1 + told.count))
        let key = [UInt8](repeating: 7, count: XChaCha20Poly1305.keyByteCount)
        let nonce = [UInt8](repeating: 9, count: XChaCha20Poly1305.nonceByteCount)
        let total = headOffset + 1 + key.count + nonce.count + 4 + told.count + secrets.count
        var header = Array("linnet-vault".utf8) + [0, 1]
        header.appendBigEndian(UInt32(total + XChaCha20Poly1305.tagByteCount + SHA256.byteCount))
        header += [0] + key + nonce
        header.appendBigEndian(UInt32(told.count))
        header += told
        let body =
            header
            + XChaCha20Poly1305.seal(
                message: secrets, key: SecretBytes(copying: key), nonce: nonce, authenticating: header)
        return body + SHA256.hash(body)
    }

    private static func gigi(_ bytes: [UInt8]) -> String {
        do {
            let vault = try GigiVault(json: String(decoding: bytes, as: UTF8.self))
            _ = try Mnemonic(vault.mnemonic(password: SecretBytes(copying: Array("my_secure_password".utf8))))
            return "gigi"
        } catch let error as VaultError {
            return "gigi: \(name(of: error))"
        } catch {
            return "gigi: no words"
        }
    }

    private static func key(_ bytes: [UInt8]) throws(FuzzFinding) -> String {
        let pair: KeyPair
        do throws(IdentityError) {
            pair = try KeyPair(protobuf: SecretBytes(copying: bytes))
        } catch {
            return "key: refused"
        }
        guard (try? KeyPair(protobuf: pair.protobufSecret()))?.peerID == pair.peerID else {
            throw FuzzFinding("a key that does not read back")
        }
        return "key"
    }

    private static func name(of error: VaultError) -> String {
        switch error {
        case .foreign: "foreign"
        case .newer: "newer"
        case .unfit: "unfit"
        case .truncated: "truncated"
        case .corrupt: "corrupt"
        case .costly: "costly"
        case .wrongPassphrase: "wrong passphrase"
        case .outOfMemory: "out of memory"
        case .unreadable: "unreadable"
        }
    }
}

extension VaultTarget {
    /// Inputs that are what they say, one of each kind.
    static let samples: [[UInt8]] = {
        let words = try? Mnemonic(entropy: SecretBytes(copying: [UInt8](repeating: 3, count: 16)))
        let storeKey = SecretBytes(copying: [UInt8](repeating: 4, count: 32))
        guard let words,
            let (secrets, keys) = try? AccountSecrets.of(words, passphrase: nil, tree: .gigi, storeKey: storeKey),
            let vault = try? Vault.seal(
                secrets, AccountDescription(name: "work", created: 1, keys: keys, tree: .gigi), passphrase: nil,
                random: SecretBytes(copying: [UInt8](repeating: 5, count: Vault.randomByteCount)))
        else { return [] }
        // As far as it is read without its passphrase.
        var asked = Array(vault.encoded.prefix(headOffset)) + [1, 0, 1, 0, 0, 0, 0, 0, 2]
        asked +=
            [UInt8](repeating: 6, count: Argon2id.saltByteCount) + vault.encoded.dropFirst(headOffset + 33).dropLast(32)
        let description = vault.encoded.dropFirst(headOffset + 33 + 24 + 4).dropLast(32 + 16 + 64 + 1 + 16 + 1)
        let content =
            [secrets.identitySeed, storeKey].flatMap { $0.withUnsafeBytes { Array($0) } } + [16]
            + [UInt8](repeating: 3, count: 16) + [0]
        let gigi = #"""
            {"encrypted_mnemonic":"773f5573c1d69ac7c15e871d7e199ac1f0ea628e4b9a4b12cd64326ad78611230a5f3de7114f46567a198\#
            d466080cfb800abaf81f963ca782b3df9b5fe84aae9718974115efd1bef751e38534c73269ab788585f6f9d4e69ae4a",\#
            "nonce":"0102030405060708090a0b0c",\#
            "peer_id":"12D3KooWHg5ykySsajSpP7rkL9hmaVfTaxmjT9ZUCPR4rwDvLwWY","name":"Anna"}
            """#
        return [
            [0] + vault.encoded, [1] + vault.encoded.dropLast(32), [1] + asked,
            [2, UInt8(description.count)] + description + content, [3] + Array(gigi.utf8),
            [4] + keys.peer.protobufSecret().withUnsafeBytes { Array($0) },
        ]
    }()
}

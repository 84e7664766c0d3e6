import Crypto
import Multiformats
import Wire

/// The account file of gigi: a JSON object with the mnemonic under ChaCha20-Poly1305, whose key is HKDF-SHA256 of the
/// password, salted with the password's own hash. Read, never written: guessing at it costs nothing.
public struct GigiVault: Sendable {
    /// The peer id that it says it is of.
    public let peer: PeerID
    /// The name of the account, cut to what ours may have.
    public let name: String

    private let ciphertext: [UInt8]
    private let nonce: [UInt8]

    /// Reads the JSON of the settings row `gigi`.
    ///
    /// - Throws: `unreadable`.
    public init(json text: String) throws(VaultError) {
        let members: [JSON.Member]
        do {
            guard text.utf8.count <= 16_384, case .object(let object) = try JSON(parsing: Array(text.utf8)) else {
                throw VaultError.unreadable("it is no JSON object")
            }
            members = object
        } catch {
            throw .unreadable("it is no account of gigi: not one JSON object")
        }
        func member(_ name: String) throws(VaultError) -> String {
            guard let value = members.first(where: { $0.name == name })?.value.stringValue else {
                throw .unreadable("it is no account of gigi: '\(name)' is missing")
            }
            return value
        }
        guard let ciphertext = Self.hex(try member("encrypted_mnemonic")), let nonce = Self.hex(try member("nonce")),
            nonce.count == 12, (17...512).contains(ciphertext.count)
        else { throw .unreadable("it is no account of gigi: its mnemonic or nonce is no hexadecimal text") }
        do {
            peer = try PeerID(try member("peer_id"))
        } catch {
            throw .unreadable("it is no account of gigi: 'peer_id' is no peer id")
        }
        self.ciphertext = ciphertext
        self.nonce = nonce
        var name = members.first { $0.name == "name" }?.value.stringValue ?? ""
        while name.utf8.count > AccountDescription.maximumName { name.removeLast() }
        self.name = name
    }

    /// The mnemonic, as text.
    ///
    /// - Throws: `wrongPassphrase`.
    public func mnemonic(password: SecretBytes) throws(VaultError) -> SecretBytes {
        do throws(CryptoError) {
            return try ChaCha20Poly1305.open(message: ciphertext, key: Self.key(password), nonce: nonce)
        } catch {
            throw .wrongPassphrase
        }
    }

    /// HKDF-SHA256 with the password as key material, its SHA-256 as salt, "gigi-mnemonic" as info.
    static func key(_ password: SecretBytes) -> SecretBytes {
        let salt = password.withUnsafeBytes { SHA256.hash($0) }
        let pseudorandom = HKDFSHA256.extract(salt: salt, keyMaterial: password)
        return HKDFSHA256.expand(pseudorandom, info: Array("gigi-mnemonic".utf8), count: 32)
    }

    private static func hex(_ text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        var high: UInt8?
        for digit in digits {
            let value: UInt8
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digit - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = digit - UInt8(ascii: "A") + 10
            default: return nil
            }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return bytes
    }
}

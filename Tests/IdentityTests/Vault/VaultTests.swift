import Crypto
import Testing

@testable import Identity

/// Seals, opens, and refuses what was touched.
@Suite struct VaultTests {
    static let cheap = Argon2id.Cost(memory: 64, passes: 1)
    let passphrase = SecretBytes(copying: Array("correct horse".utf8))

    /// Bytes that look random and are the same in every run.
    private static let random = SecretBytes(
        copying: (0..<Vault.randomByteCount).map { UInt8(truncatingIfNeeded: $0 &* 73 &+ 11) })

    static func secrets() -> AccountSecrets {
        AccountSecrets(
            identitySeed: SecretBytes(copying: [UInt8](repeating: 7, count: 32)),
            storeKey: SecretBytes(copying: [UInt8](repeating: 9, count: 32)),
            entropy: SecretBytes(copying: [UInt8](0..<16)),
            mnemonicPassphrase: SecretBytes(copying: Array("TREZOR".utf8)))
    }

    static func description() -> AccountDescription {
        AccountDescription(
            name: "work", created: 1_700_000_000_123, peer: secrets().identity.peerID, derivation: .gigi,
            evmAddress: [UInt8](repeating: 0xAB, count: 20))
    }

    private func sealed(_ passphrase: SecretBytes?) throws -> Vault {
        try Vault.seal(
            Self.secrets(), Self.description(), passphrase: passphrase, cost: try #require(Self.cheap),
            random: Self.random)
    }

    private func expectSame(_ opened: AccountSecrets) {
        let secrets = Self.secrets()
        #expect(opened.identitySeed == secrets.identitySeed)
        #expect(opened.storeKey == secrets.storeKey)
        #expect(opened.entropy == secrets.entropy)
        #expect(opened.mnemonicPassphrase == secrets.mnemonicPassphrase)
        #expect(opened.identity.peerID == secrets.identity.peerID)
    }

    @Test func opensWithItsPassphrase() throws {
        let vault = try Vault(parsing: try sealed(passphrase).encoded)
        #expect(vault.description == Self.description())
        #expect(vault.protection == .passphrase(try #require(Self.cheap)))
        expectSame(try vault.open(passphrase))
        #expect(throws: VaultError.wrongPassphrase) { try vault.open(SecretBytes(copying: Array("wrong".utf8))) }
        #expect(throws: VaultError.wrongPassphrase) { try vault.open(nil) }
    }

    @Test func opensByItselfWithoutPassphrase() throws {
        let vault = try Vault(parsing: try sealed(nil).encoded)
        #expect(vault.protection == .none)
        expectSame(try vault.open(nil))
        expectSame(try vault.open(passphrase))
    }

    @Test func keepsAKeyThatComesFromNoMnemonic() throws {
        let secrets = AccountSecrets(
            identitySeed: SecretBytes(copying: [UInt8](repeating: 1, count: 32)),
            storeKey: SecretBytes(copying: [UInt8](repeating: 2, count: 32)))
        let description = AccountDescription(name: "", created: 0, peer: secrets.identity.peerID, derivation: .none)
        let vault = try Vault.seal(secrets, description, passphrase: nil, random: Self.random)
        let opened = try Vault(parsing: vault.encoded).open(nil)
        #expect(opened.entropy == nil)
        #expect(opened.mnemonicPassphrase == nil)
        #expect(opened.identitySeed == secrets.identitySeed)
    }

    /// The secrets of a vault with a passphrase stand nowhere in it.
    @Test func tellsNoSecret() throws {
        let bytes = try sealed(passphrase).encoded
        for secret in [[UInt8](repeating: 7, count: 8), [UInt8](repeating: 9, count: 8), [UInt8](0..<8)] {
            #expect(!bytes.indices.contains { bytes[$0...].starts(with: secret) })
        }
    }

    @Test(arguments: [true, false]) func refusesEveryFlippedBit(hasPassphrase: Bool) throws {
        let bytes = try sealed(hasPassphrase ? passphrase : nil).encoded
        for index in bytes.indices {
            for bit in 0..<8 {
                var changed = bytes
                changed[index] ^= 1 << bit
                let error = #expect(throws: VaultError.self) { try Vault(parsing: changed) }
                let text = error.map { "\($0)" } ?? ""
                switch index {
                case 0..<12: #expect(error == .foreign)
                case 12..<14: #expect(text.contains("newer") || text.contains("there is no version"))
                // A length that is more than there is looks like a file that was cut.
                case 14..<18: #expect(error == .truncated || text.contains("damaged"))
                default: #expect(text.contains("its digest is wrong"))
                }
            }
        }
    }

    @Test func refusesEveryCut() throws {
        let bytes = try sealed(passphrase).encoded
        #expect(throws: VaultError.foreign) { try Vault(parsing: []) }
        for count in 1..<bytes.count {
            #expect(throws: VaultError.truncated) { try Vault(parsing: Array(bytes.prefix(count))) }
        }
        #expect(throws: VaultError.corrupt("there is more behind it")) { try Vault(parsing: bytes + [0]) }
    }

    /// Whoever changes a file can make the digest fit; then the tag speaks.
    @Test(arguments: [true, false]) func refusesEveryFlippedBitUnderARightDigest(hasPassphrase: Bool) throws {
        let bytes = try sealed(hasPassphrase ? passphrase : nil).encoded
        for index in 18..<(bytes.count - SHA256.byteCount) {
            var changed = Array(bytes.prefix(bytes.count - SHA256.byteCount))
            changed[index] ^= 1 << UInt8(index % 8)
            changed += SHA256.hash(changed)
            #expect(throws: VaultError.self) {
                let vault = try Vault(parsing: changed)
                // A cost that is still bearable may be dear: what it may demand is tested below.
                if vault.protection != .none, (19..<27).contains(index) { throw VaultError.wrongPassphrase }
                _ = try vault.open(passphrase)
            }
        }
    }

    @Test func obeysNoFileThatDemandsTheMachine() throws {
        let bytes = try sealed(passphrase).encoded
        let demands: [(UInt32, UInt32)] = [
            (64 << 20, 1), (.max, .max), (1 << 20, 17), (7, 1), (64, 0), (64, 65), (0, 0),
        ]
        for (memory, passes) in demands {
            var changed = Array(bytes.prefix(bytes.count - SHA256.byteCount))
            for (offset, value) in [(19, memory), (23, passes)] {
                for byte in 0..<4 {
                    changed[offset + byte] = UInt8(truncatingIfNeeded: value >> UInt32(24 - 8 * byte))
                }
            }
            changed += SHA256.hash(changed)
            #expect(throws: VaultError.costly(kibibytes: Int(memory), passes: Int(passes))) {
                try Vault(parsing: changed)
            }
        }
    }

    @Test func ofAnotherPeerIsRefused() throws {
        let other = AccountDescription(
            name: "work", created: 0,
            peer: KeyPair(seed: SecretBytes(copying: [UInt8](repeating: 3, count: 32))).peerID, derivation: .none)
        let vault = try Vault.seal(Self.secrets(), other, passphrase: nil, random: Self.random)
        #expect(throws: VaultError.corrupt("it is of another peer")) { try vault.open(nil) }
    }

    private func sealed(_ text: String, _ form: Vault.Form) throws -> Vault {
        let vault = try Vault.seal(
            Self.secrets(), Self.description(), passphrase: SecretBytes(copying: Array(text.utf8)), form: form,
            cost: try #require(Self.cheap), random: Self.random)
        return try Vault(parsing: vault.encoded)
    }

    private func opens(_ vault: Vault, _ text: String) -> Bool {
        (try? vault.open(SecretBytes(copying: Array(text.utf8)))) != nil
    }

    @Test func opensHoweverThePassphraseIsTyped() throws {
        let vault = try sealed("caf\u{e9} \u{3000}\u{d55c}", .prepared)
        #expect(vault.form == .prepared)
        #expect(opens(vault, "caf\u{e9}  \u{d55c}"))
        #expect(opens(vault, "cafe\u{301}\u{a0}\u{a0}\u{1112}\u{1161}\u{11ab}"))
        #expect(!opens(vault, "Caf\u{e9}  \u{d55c}"))
        #expect(throws: VaultError.unfit(.notAllowed(position: 1))) { try vault.open(SecretBytes(copying: [9])) }
        #expect(throws: VaultError.unfit(.empty)) { try vault.open(SecretBytes(copying: [])) }
        #expect(throws: VaultError.unfit(.notAllowed(position: 3))) { try sealed("ab\n", .prepared) }
    }

    @Test func oldOnesOpenAsTheyWereTyped() throws {
        for text in ["cafe\u{301}", "caf\u{e9}", "a\u{3000}b"] {
            let vault = try sealed(text, .raw)
            #expect(vault.form == .raw)
            #expect(opens(vault, text))
        }
        // It was typed composed; whoever types it otherwise now gets in as well.
        #expect(opens(try sealed("caf\u{e9}", .raw), "cafe\u{301}"))
        #expect(!opens(try sealed("cafe\u{301}", .raw), "caf\u{e9}"))
        // What would be refused now, and what is no text.
        #expect(opens(try sealed("a\tb", .raw), "a\tb"))
        let bytes = SecretBytes(copying: [0xff, 0])
        let vault = try Vault.seal(
            Self.secrets(), Self.description(), passphrase: bytes, form: .raw, cost: try #require(Self.cheap),
            random: Self.random)
        expectSame(try vault.open(bytes))
    }

    @Test func wipesEveryCopy() throws {
        let secrets = Self.secrets()
        let copy = secrets
        secrets.wipe()
        #expect(copy.storeKey == SecretBytes(count: 32) { _ in })
        #expect(copy.identitySeed == SecretBytes(count: 32) { _ in })
    }
}

import Crypto
import Foundation
import Identity
import Reactor
import Testing
import Wire

/// Vaults whose keys were made of passphrases as they were typed.
@Suite struct OldVaultTests {
    private static func make(_ passphrase: String, in folder: String) throws {
        let secrets = AccountSecrets(
            identitySeed: SecretBytes(copying: [UInt8](repeating: 5, count: 32)),
            storeKey: SecretBytes(copying: [UInt8](repeating: 6, count: 32)))
        let description = AccountDescription(name: "", created: 0, peer: secrets.identity.peerID, derivation: .none)
        let vault = try Vault.seal(
            secrets, description, passphrase: SecretBytes(copying: Array(passphrase.utf8)), form: .raw,
            random: SecretBytes(copying: [UInt8](repeating: 1, count: Vault.randomByteCount)))
        let directory = folder + "/default"
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try Data(vault.encoded).write(to: URL(filePath: directory + "/vault"))
        chmod(directory + "/vault", 0o600)
    }

    private static func form(in folder: String) throws -> Vault.Form {
        try Vault(parsing: Array(try Data(contentsOf: URL(filePath: folder + "/default/vault")))).form
    }

    @Test func areWrittenAnewWhenTheyAreUnlocked() async throws {
        try await AskedEngine.inFolder("old-vault") { folder in
            try Self.make("cafe\u{301}", in: folder)
            for passphrase in ["cafe\u{301}", "caf\u{e9}", "cafe\u{301}"] {
                let engine = try AskedEngine(["--home", folder], home: folder)
                defer { engine.process.send(.kill) }
                try await engine.line("locked")
                try await engine.tell(#""cmd":"account.unlock","passphrase":"\#(passphrase)""#)
                #expect(try Self.form(in: folder) == .prepared)
                try await engine.close()
            }
        }
    }

    /// A passphrase that would be refused now opens what it did, and stays until it is changed.
    @Test func keepPassphrasesThatWouldBeRefused() async throws {
        try await AskedEngine.inFolder("odd-vault") { folder in
            try Self.make("a\tb", in: folder)
            let engine = try AskedEngine(["--home", folder], home: folder)
            defer { engine.process.send(.kill) }
            try await engine.line("locked")
            try await engine.tell(#""cmd":"account.unlock","passphrase":"a\tb""#)
            try await engine.tell(#""cmd":"account.rename","name":"odd","passphrase":"a\tb""#)
            #expect(try Self.form(in: folder) == .raw)
            let refused = try await engine.ask(#""cmd":"account.password","passphrase":"a\tb","new_passphrase":"c\td""#)
            #expect(refused["code"]?.stringValue == "argument.invalid")
            #expect(refused["field"]?.stringValue == "new_passphrase")
            try await engine.tell(#""cmd":"account.password","passphrase":"a\tb","new_passphrase":"c \u3000d""#)
            #expect(try Self.form(in: folder) == .prepared)
            try await engine.tell(#""cmd":"account.verify","passphrase":"c  d""#)
            try await engine.close()
        }
    }
}

import Crypto
import Foundation
import Identity
import Reactor
import Testing
import Time
import Wire

@testable import Store

/// Profiles from before there were vaults: a key file, and a database in the clear. The next start seals both; and what
/// is sealed is never again believed in the clear.
@Suite struct UpgradeTests {
    /// A profile as an older linnet left it.
    private struct OldProfile {
        static let alias = "an old acquaintance"

        let directory: String
        let key: KeyPair

        init(_ directory: String, seed: UInt8 = 7) throws {
            self.directory = directory
            key = KeyPair(seed: SecretBytes(copying: [UInt8](repeating: seed, count: 32)))
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            try writeKey()
            try writeStore()
        }

        func writeKey() throws {
            let file = directory + "/key"
            try key.protobufSecret().withUnsafeBytes { Data($0) }.write(to: URL(filePath: file))
            chmod(file, 0o600)
        }

        /// A database in the clear, with a contact that is in no other.
        func writeStore() throws {
            let database = try Database(.directory(directory), configuration: .init())
            try database.prepareSchema()
            try database.run("BEGIN")
            try Transaction(database).save(
                StoredContact(peer: strangersPeer, alias: Self.alias, addedAt: Timestamp(milliseconds: 1)))
            try database.run("COMMIT")
        }

        func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: directory + "/" + name) }

        func remove(_ names: String...) throws {
            for name in names where has(name) { try FileManager.default.removeItem(atPath: directory + "/" + name) }
        }
    }

    @NetworkActor private static func expectUpgraded(_ old: OldProfile, home: String) async throws {
        let engine = try AskedEngine(["--home", home], home: home)
        defer { engine.process.send(.kill) }
        #expect(try await engine.line("started")["peer"]?.stringValue == old.key.peerID.description)
        let contacts = try await engine.tell(#""cmd":"contact.list""#)
        #expect(contacts["count"]?.integerValue == 1)
        #expect(String(decoding: engine.said, as: UTF8.self).contains("\"alias\":\"\(OldProfile.alias)\""))
        #expect(try await engine.tell(#""cmd":"account.show""#)["derivation"]?.stringValue == "none")
        try await engine.close()
        #expect(!old.has("key") && old.has("linnet.db-seals"))
        for name in try FileManager.default.contentsOfDirectory(atPath: old.directory) {
            let content = try Data(contentsOf: URL(filePath: old.directory + "/" + name))
            for secret in [OldProfile.alias, strangersPeer, "SQLite"] {
                #expect(content.range(of: Data(secret.utf8)) == nil, "\(name) holds \(secret)")
            }
        }
    }

    @Test func keyAndStoreAreSealedInPlace() async throws {
        try await AskedEngine.inFolder("upgrade") { folder in
            let old = try OldProfile(folder + "/default")
            try await Self.expectUpgraded(old, home: folder)
            try await Self.expectUpgraded(old, home: folder)
        }
    }

    /// A crash, or a full disk, after the vault was made and before the store was encrypted.
    @Test func anUpgradeThatWasCutShortGoesOn() async throws {
        try await AskedEngine.inFolder("upgrade-again") { folder in
            let old = try OldProfile(folder + "/default")
            try old.remove("linnet.db")
            let first = try AskedEngine(["--home", folder], home: folder)
            try await first.line("started")
            try await first.close()
            try old.remove("linnet.db", "linnet.db-seals", "linnet.db-wal")
            try old.writeKey()
            try old.writeStore()
            try await Self.expectUpgraded(old, home: folder)
        }
    }

    /// Who can write the directory cannot have another database believed: neither with a passphrase nor without one,
    /// whatever else is taken away or put there.
    @Test(arguments: [false, true]) func whatWasSealedIsNotBelievedInTheClear(_ isProtected: Bool) async throws {
        try await AskedEngine.inFolder("exchange") { folder in
            let first = try AskedEngine(["--home", folder], home: folder)
            try await first.line("started")
            if isProtected { try await first.tell(#""cmd":"account.password","new_passphrase":"mine""#) }
            try await first.close()
            let vault = try Data(contentsOf: URL(filePath: folder + "/default/vault"))
            let forged = try OldProfile(folder + "/forged")

            for (removed, added) in [
                (["linnet.db", "linnet.db-wal"], ["linnet.db"]),
                (["linnet.db", "linnet.db-wal", "linnet.db-seals"], ["linnet.db"]),
                (["linnet.db", "linnet.db-wal", "linnet.db-seals"], ["linnet.db", "key"]),
            ] {
                for name in removed + ["key"] {
                    try? FileManager.default.removeItem(atPath: folder + "/default/" + name)
                }
                for name in added {
                    try FileManager.default.copyItem(
                        atPath: folder + "/forged/" + name, toPath: folder + "/default/" + name)
                }
                let bytes = try Data(contentsOf: URL(filePath: folder + "/default/linnet.db"))
                let engine = try AskedEngine(["--home", folder], home: folder)
                defer { engine.process.send(.kill) }
                let error: JSON
                if isProtected {
                    try await engine.line("locked")
                    error = try await engine.ask(#""cmd":"account.unlock","passphrase":"mine""#)
                } else {
                    error = try await engine.line("error")
                }
                #expect(error["code"]?.stringValue == "store.corrupt", "\(removed), \(added): \(error)")
                #expect(error["text"]?.stringValue?.contains("is not encrypted") == true, "\(error)")
                engine.process.closeInput()
                _ = await engine.process.end(within: .seconds(20))
                #expect(try Data(contentsOf: URL(filePath: folder + "/default/linnet.db")) == bytes)
                #expect(try Data(contentsOf: URL(filePath: folder + "/default/vault")) == vault)
            }
            _ = forged
        }
    }
}

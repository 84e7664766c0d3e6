import Foundation
import Identity
import Reactor
import TestSupport
import Testing
import Wire

@testable import Engine

/// The keys of an account are sealed in its vault, mode 0600, and nowhere else.
@Suite("secrets") struct PrivateKeyTests {
    /// A session of nearly every command, at the level of logs that tells most: no form of the key is in what it wrote,
    /// in its database, in its arguments or its environment.
    @Test func theKeyIsNowhereElse() async throws {
        try await spawn {
            let folder = try TestFolder()
            let engine = try EngineProcess(
                ["--home", folder.path, "--listen", "/ip4/127.0.0.1/tcp/0", "--log", "debug"], home: folder.path)
            let other = try EngineProcess(["--ephemeral"], home: folder.path)
            defer { for process in [engine, other] { process.send(.kill) } }
            let (peer, address) = try await engine.started()
            _ = try await other.started()
            _ = try await other.ask(#""cmd":"net.connect","address":"\#(address)""#)
            _ = try await other.ask(#""cmd":"message.send","to":"\#(peer)","text":"hi","wait":"delivered""#)
            for command in CommandTable.standard.all where Self.tellsNoSecret(command.spec.name) {
                engine.say(command.spec.example)
            }
            _ = try await engine.ask(#""cmd":"sync""#)
            let process = try ["cmdline", "environ"].map {
                Array(try Data(contentsOf: URL(filePath: "/proc/\(engine.processID)/\($0)")))
            }
            engine.closeInput()
            _ = await engine.end(within: .seconds(30))

            let profile = folder.path + "/default"
            let attributes = try FileManager.default.attributesOfItem(atPath: profile + "/vault")
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
            let secrets = try Vault(parsing: Array(try Data(contentsOf: URL(filePath: profile + "/vault")))).open(nil)
            var places = process + [engine.errors, engine.lines.flatMap { $0.bytes + [10] }]
            for name in try FileManager.default.contentsOfDirectory(atPath: profile) {
                places.append(Array(try Data(contentsOf: URL(filePath: profile + "/" + name))))
            }
            #expect(engine.lines.count > 30 && engine.errors.count > 500 && places.count >= 6)
            for secret in [secrets.identitySeed, secrets.storeKey] {
                let bytes = secret.withUnsafeBytes { Array($0) }
                #expect(bytes.count == 32 && bytes.contains { $0 != 0 })
                for form in Self.forms(of: bytes) {
                    for place in places { #expect(!place.contains(form)) }
                }
            }
        }.value
    }

    /// Not those that answer with a secret because they were asked to, or change what the vault holds.
    private static func tellsNoSecret(_ command: String) -> Bool {
        command != "shutdown"
            && (!command.hasPrefix("account.") || ["account.list", "account.show"].contains(command))
    }

    /// The bytes as they are, and as hexadecimal, base64, base58 and a list of numbers would have a part of them.
    private static func forms(of secret: [UInt8]) -> [[UInt8]] {
        let hex = secret.map { String(format: "%02x", $0) }
        var forms = [secret, Array(hex.joined().utf8), Array(hex.joined().uppercased().utf8)]
        forms.append(Array(hex.joined(separator: " ").utf8))
        for separator in [",", ", "] { forms.append(Array(secret.map(String.init).joined(separator: separator).utf8)) }
        for start in 0..<3 {
            // Whatever stands before it, one of three alignments is the one; the last letters depend on what follows.
            let text = Data(secret[start...]).base64EncodedString().filter { $0 != "=" }.dropLast(2)
            forms.append(Array(text.utf8))
            forms.append(Array(text.replacing("+", with: "-").replacing("/", with: "_").utf8))
        }
        return forms
    }
}

import Foundation
import Reactor
import Testing
import Wire

/// Where secrets must not be found after they were given: in records, logs, other answers, files, the command line and
/// the environment.
@Suite struct SecretTrailTests {
    private static let words = "rally combine sorry swift globe tone snap settle oil tiny lonely eye"
    private static let secrets = [
        "first-passphrase-1", "second-passphrase-2", "backup-passphrase-3", "wordy-passphrase-4", "wrong-guess-5",
        "misspelt-field-6", "unknown-command-7", "broken-line-8", "by-descriptor-9", "gigi-password-10", words,
        "globe tone snap", "rallly combine",
    ]

    @Test func secretsLeaveNoTrail() async throws {
        try await AskedEngine.inFolder("trail") { folder in
            let options = ["--home", folder + "/home", "--record", folder + "/record", "--log", "debug"]
            let made = try AskedEngine(options, home: folder)
            defer { made.process.send(.kill) }
            try await made.line("started")
            for members in [
                #""cmd":"account.import","mnemonic":"\#(Self.words)","mnemonic_passphrase":"wordy-passphrase-4","#
                    + #""passphrase":"first-passphrase-1","profile":"words""#,
                #""cmd":"account.import","mnemonic":"rallly combine","profile":"x""#,
                #""cmd":"account.import","mnemonic":["\#(Self.words)"],"profile":"x""#,
                #""cmd":"account.import","gigi":{"gigi-password-10":1},"source_passphrase":"gigi-password-10""#,
                #""cmd":"account.password","new_passphrase":"first-passphrase-1""#,
                #""cmd":"account.password","passphrase":"first-passphrase-1","new_passphrase":"second-passphrase-2""#,
                #""cmd":"account.verify","passphrase":"wrong-guess-5""#,
                #""cmd":"account.verify","pasphrase":"misspelt-field-6""#,
                #""cmd":"account.verify","passphrase":{"x":"misspelt-field-6"}"#,
                #""cmd":"acount.verify","passphrase":"unknown-command-7""#,
                #""cmd":"account.create","passphrase":"first-passphrase-1","mnemonic_passphrase":"wordy-passphrase-4","#
                    + #""profile":"made""#,
            ] { try await made.ask(members) }
            made.process.write(Array("{\"cmd\":\"account.unlock\",\"passphrase\":\"broken-line-8\"\n".utf8))
            made.process.write(Array("account.unlock broken-line-8\n".utf8))
            try await Self.expectNoneInProcess(made)
            let spoken = made.said
            // The one answer that may hold one, by what it is asked for.
            try await made.tell(
                #""cmd":"account.export","form":"backup","passphrase":"second-passphrase-2","#
                    + #""backup_passphrase":"backup-passphrase-3""#)
            let exported = try await made.ask(
                #""cmd":"account.export","form":"key","passphrase":"second-passphrase-2""#)
            let key = try #require(exported["key_b64"]?.stringValue)
            try await made.tell(#""cmd":"account.lock""#)
            try await made.tell(#""cmd":"account.unlock","passphrase":"second-passphrase-2""#)
            try await made.close()
            let wordy = try AskedEngine(options + ["--profile", "words"], home: folder)
            defer { wordy.process.send(.kill) }
            try await wordy.line("locked")
            let told = try await wordy.tell(
                #""cmd":"account.export","form":"mnemonic","passphrase":"first-passphrase-1""#)
            #expect(told["mnemonic"]?.stringValue == Self.words)
            #expect(told["mnemonic_passphrase"]?.stringValue == "wordy-passphrase-4")
            try await wordy.close()

            let secrets = Self.secrets + [key]
            // The misspelt word is named to the one who typed it, and to nobody else.
            let answers = String(decoding: spoken, as: UTF8.self)
                .split(separator: "\n").filter { !$0.contains("mnemonic.invalid") }.joined(separator: "\n")
            Self.expect(answers, holdsNoneOf: secrets, "answers")
            Self.expect(String(decoding: made.process.errors, as: UTF8.self), holdsNoneOf: secrets, "log")
            Self.expect(String(decoding: wordy.process.errors, as: UTF8.self), holdsNoneOf: secrets, "log")
            let record = try String(contentsOfFile: folder + "/record", encoding: .utf8)
            Self.expect(record, holdsNoneOf: secrets + ["rallly"], "record")
            #expect(record.contains("account.export") && record.contains("[redacted]"))
            let files = try #require(FileManager.default.enumerator(atPath: folder + "/home"))
            var count = 0
            for case let name as String in files {
                guard let data = FileManager.default.contents(atPath: folder + "/home/" + name) else { continue }
                Self.expect(String(decoding: data, as: UTF8.self), holdsNoneOf: secrets, name)
                count += 1
            }
            #expect(count >= 6)
        }
    }

    @Test func aSecretFromADescriptorIsSeenNowhere() async throws {
        try await AskedEngine.inFolder("trail-fd") { folder in
            try "by-descriptor-9\n".write(toFile: folder + "/pass", atomically: false, encoding: .utf8)
            let tool = EngineProcess.tool
            let script = """
                \(tool) --home \(folder)/home -q account.password new_passphrase=@\(folder)/pass &&
                exec \(tool) --home \(folder)/home --secret-fd 3 3<\(folder)/pass
                """
            let process = try AskedEngine.running("/bin/sh", ["-c", script], home: folder)
            defer { process.process.send(.kill) }
            try await process.line("started")
            try await Self.expectNoneInProcess(process)
            try await process.close()
            Self.expect(String(decoding: process.said, as: UTF8.self), holdsNoneOf: Self.secrets, "answers")
        }
    }

    private static func expect(_ text: String, holdsNoneOf secrets: [String], _ place: String) {
        for secret in secrets { #expect(!text.contains(secret), "\(place) holds \(secret)") }
    }

    @NetworkActor private static func expectNoneInProcess(_ engine: AskedEngine) async throws {
        #if os(Linux)
            for file in ["cmdline", "environ"] {
                let text = try #require(ProcessMemory.read("/proc/\(engine.process.processID)/\(file)"))
                #expect(!text.isEmpty)
                expect(text, holdsNoneOf: secrets, file)
            }
        #endif
    }
}

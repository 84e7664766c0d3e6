import Foundation
import Reactor
import Testing
import Wire

/// `account.delete` removes this profile's directory and nothing else, whatever lies in it or leads out of it.
@Suite struct AccountRemovalTests {
    private static let passphrase = "correct horse"

    /// A locked-down profile in `folder`/home, beside files that are nobody's business.
    @NetworkActor private static func prepare(_ folder: String, profile: String = "default") async throws {
        try FileManager.default.createDirectory(atPath: folder + "/precious/deep", withIntermediateDirectories: true)
        for name in ["config", "linnet.db", "vault", "deep/diary"] {
            try "precious\n".write(toFile: folder + "/precious/" + name, atomically: false, encoding: .utf8)
        }
        let engine = try AskedEngine(["--home", folder + "/home", "--profile", profile], home: folder)
        defer { engine.process.send(.kill) }
        try await engine.line("started")
        try await engine.tell(#""cmd":"account.password","new_passphrase":"\#(passphrase)""#)
        try await engine.tell(
            #""cmd":"account.create","profile":"other","passphrase":"\#(passphrase)""#)
        try await engine.close()
    }

    private static func expectPreciousIsWhole(_ folder: String) {
        for name in ["config", "linnet.db", "vault", "deep/diary"] {
            #expect(
                (try? String(contentsOfFile: folder + "/precious/" + name, encoding: .utf8)) == "precious\n", "\(name)")
        }
        #expect(FileManager.default.fileExists(atPath: folder + "/home/other/vault"))
    }

    /// The answer to the command, in an engine of its own.
    @NetworkActor private static func delete(
        _ folder: String, _ options: [String], _ passphrase: String = passphrase
    ) async throws -> JSON {
        let engine = try AskedEngine(options, home: folder)
        defer { engine.process.send(.kill) }
        try await engine.line("locked")
        let answer = try await engine.ask(#""cmd":"account.delete","passphrase":"\#(passphrase)""#)
        try await engine.close()
        return answer
    }

    @Test func linksAreRemovedAndNotFollowed() async throws {
        try await AskedEngine.inFolder("delete-links") { folder in
            try await Self.prepare(folder)
            let profile = folder + "/home/default"
            let files = FileManager.default
            for (name, target) in [
                ("linnet.db-extra", "/precious/linnet.db"), ("config.toml", "/precious/config"),
                ("linnet.db-deep", "/precious/deep"), ("key", "/precious/vault"), ("linnet.db-home", "/home"),
                ("album", "/precious"),
            ] {
                try files.createSymbolicLink(atPath: "\(profile)/\(name)", withDestinationPath: folder + target)
            }
            try files.createDirectory(atPath: profile + "/linnet.db-folder", withIntermediateDirectories: true)
            try "mine".write(toFile: profile + "/linnet.db-folder/x", atomically: false, encoding: .utf8)
            try "mine".write(toFile: profile + "/notes.txt", atomically: false, encoding: .utf8)
            // Its configuration is precious, too, and says nothing of settings.
            try "".write(toFile: folder + "/precious/config", atomically: false, encoding: .utf8)

            let wrong = try await Self.delete(folder, ["--home", folder + "/home"], "wrong")
            #expect(wrong["code"]?.stringValue == "account.passphrase_wrong")
            #expect(files.fileExists(atPath: profile + "/vault"))

            let answer = try await Self.delete(folder, ["--home", folder + "/home"])
            #expect(answer["type"]?.stringValue == "ok", "\(answer.bytes)")
            let left = answer["left"]?.arrayValue?.compactMap(\.stringValue)
            #expect(left == ["album", "linnet.db-folder", "notes.txt"])
            #expect(try files.contentsOfDirectory(atPath: profile).sorted() == left)
            try "precious\n".write(toFile: folder + "/precious/config", atomically: false, encoding: .utf8)
            Self.expectPreciousIsWhole(folder)
            #expect(files.fileExists(atPath: profile + "/linnet.db-folder/x"))
        }
    }

    @Test func aProfileThatIsALinkIsRefused() async throws {
        try await AskedEngine.inFolder("delete-linked") { folder in
            try await Self.prepare(folder)
            let files = FileManager.default
            try files.moveItem(atPath: folder + "/home/default", toPath: folder + "/precious/profile")
            try files.createSymbolicLink(
                atPath: folder + "/home/default", withDestinationPath: folder + "/precious/profile")
            let engine = try AskedEngine(["--home", folder + "/home"], home: folder)
            defer { engine.process.send(.kill) }
            try await engine.line("locked")
            try await engine.tell(#""cmd":"account.unlock","passphrase":"\#(Self.passphrase)""#)
            let answer = try await engine.ask(#""cmd":"account.delete","passphrase":"\#(Self.passphrase)""#)
            #expect(answer["code"]?.stringValue == "profile.invalid")
            // Nothing has happened: it is not even locked.
            try await engine.tell(#""cmd":"status""#)
            try await engine.close()
            #expect(files.fileExists(atPath: folder + "/precious/profile/vault"))
            Self.expectPreciousIsWhole(folder)
        }
    }

    /// Settings that lead elsewhere lead nowhere but to what they set.
    @Test func oddSettingsChangeNothing() async throws {
        try await AskedEngine.inFolder("delete-settings") { folder in
            try await Self.prepare(folder, profile: "a.b")
            let socket = folder + "/precious/s"
            let options = [
                "--home", folder + "/home/../home/./", "--profile", "a.b", "--socket", socket,
                "--record", folder + "/precious/record",
            ]
            let answer = try await Self.delete(folder, options)
            #expect(answer["left"]?.arrayValue?.isEmpty == true, "\(String(decoding: answer.bytes, as: UTF8.self))")
            #expect(!FileManager.default.fileExists(atPath: folder + "/home/a.b"))
            #expect(FileManager.default.fileExists(atPath: folder + "/precious/record"))
            Self.expectPreciousIsWhole(folder)
        }
    }

    /// A directory that was chosen by mistake keeps what was in it.
    @Test func aHomeThatWasOneBeforeKeepsItsFiles() async throws {
        try await AskedEngine.inFolder("delete-mistake") { folder in
            try await Self.prepare(folder, profile: "start")
            // As with --home ~ --profile Documents.
            let options = ["--home", folder, "--profile", "precious"]
            for name in ["vault", "linnet.db"] {
                try FileManager.default.removeItem(atPath: folder + "/precious/" + name)
            }
            let engine = try AskedEngine(options, home: folder)
            defer { engine.process.send(.kill) }
            try await engine.line("started")
            let answer = try await engine.tell(#""cmd":"account.delete","confirm":"precious""#)
            #expect(answer["left"]?.arrayValue?.compactMap(\.stringValue) == ["config", "deep"])
            try await engine.close()
            #expect(FileManager.default.fileExists(atPath: folder + "/precious/deep/diary"))
            #expect(FileManager.default.fileExists(atPath: folder + "/home/other/vault"))
        }
    }

    #if os(Linux)
        /// What is mounted in the profile, and what is mounted as the profile, stays, with all that is in it.
        @Test func mountsAreLeftAlone() async throws {
            try await AskedEngine.inFolder("delete-mounts") { folder in
                try await Self.prepare(folder)
                let profile = folder + "/home/default"
                try FileManager.default.createDirectory(
                    atPath: profile + "/linnet.db-disk", withIntermediateDirectories: true)
                try "".write(toFile: profile + "/linnet.db-file", atomically: false, encoding: .utf8)
                try "\(Self.passphrase)\n".write(toFile: folder + "/pass", atomically: false, encoding: .utf8)
                // A mount namespace of its own, in which the profile is a mount point, too.
                let script = """
                    mount --make-rprivate / && mount --bind \(folder)/precious/deep \(profile)/linnet.db-disk &&
                    mount --bind \(folder)/precious/vault \(profile)/linnet.db-file || exit 99
                    \(EngineProcess.tool) --home \(folder)/home account.delete passphrase=@\(folder)/pass || exit
                    mount --bind \(folder)/home/other \(folder)/home/other || exit 99
                    exec \(EngineProcess.tool) --home \(folder)/home --profile other account.delete passphrase=@\(folder)/pass
                    """
                let process = try EngineProcess(
                    ["-m", "/bin/sh", "-c", script], home: folder, program: "/usr/bin/unshare")
                defer { process.send(.kill) }
                let end = try #require(await process.end(within: .seconds(30)))
                guard end == .exited(0) else {
                    let reason = String(decoding: process.errors, as: UTF8.self)
                    #expect(end == .exited(99) || reason.contains("unshare"), "\(end): \(reason)")
                    return print("AccountRemovalTests: mounts skipped, as none may be made here: \(reason)")
                }
                while !process.isAtEnd { _ = await process.news(before: .now + .seconds(5)) }
                let answers = process.lines.compactMap { $0.json?["left"]?.arrayValue?.compactMap(\.stringValue) }
                #expect(answers == [["linnet.db-disk", "linnet.db-file"], ["."]])
                #expect(
                    try String(contentsOfFile: folder + "/precious/deep/diary", encoding: .utf8) == "precious\n")
                #expect(try String(contentsOfFile: folder + "/precious/vault", encoding: .utf8) == "precious\n")
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/home/other").isEmpty)
            }
        }
    #endif
}

import Foundation
import Reactor
import Testing
import Wire

/// What the system hands over is bytes, and need not be UTF-8. In these tests U+10EFFF stands for the byte FF, as
/// `PathText` has it.
@Suite struct SystemBytesTests {
    private static let odd = "\u{10efff}"

    /// Runs the tool to its end.
    @NetworkActor private static func run(
        _ words: [String], in folder: String, input: String = ""
    ) async throws -> (status: Reactor.ExitStatus?, lines: [JSON], errors: String) {
        let process = try EngineProcess(words, home: folder)
        process.write(Array(input.utf8))
        process.closeInput()
        let status = await process.end(within: .seconds(60))
        while !process.isAtEnd, await process.news(before: .now + .seconds(20)) {}
        return (status, process.lines.compactMap(\.json), String(decoding: process.errors, as: UTF8.self))
    }

    private static func exists(_ path: String) -> Bool { access(path.systemPath, F_OK) == 0 }

    private static func write(_ bytes: [UInt8], to path: String) throws {
        let descriptor = open(path.systemPath, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        #expect(Foundation.write(descriptor, bytes, bytes.count) == bytes.count)
    }

    @Test func pathsStayBytes() async throws {
        let folder = try TestFolder()
        try await spawn {
            let home = folder.path + "/h" + Self.odd
            let first = try await Self.run(
                ["--home", home, "--record", folder.path + "/r" + Self.odd], in: folder.path)
            #expect(first.status == .exited(0), "\(first.errors)")
            let peer = first.lines.first?["peer"]?.stringValue
            #expect(Self.exists(home + "/default/vault") && Self.exists(home + "/default/linnet.db"))
            #expect(Self.exists(folder.path + "/r" + Self.odd))
            #expect(!Self.exists(folder.path + "/h\u{fffd}"))

            // By a variable, and through a file of settings that has such a name itself.
            let second = try await Self.run(["LINNET_HOME=" + home, "account.show"], in: folder.path)
            #expect(second.status == .exited(0) && second.lines.first?["peer"]?.stringValue == peer, "\(second.errors)")
            try Self.write(Array("nick = 'Ada'\n".utf8), to: folder.path + "/c" + Self.odd)
            let words = ["--home", home, "--config", folder.path + "/c" + Self.odd, "config.get", "name=nick"]
            let third = try await Self.run(words, in: folder.path)
            #expect(third.lines.first?["value"]?.stringValue == "Ada", "\(third.errors)")
            let told = try await Self.run(["--home", home, "config.get", "name=home"], in: folder.path)
            #expect(told.lines.first?["value"]?.stringValue == home)

            // An engine that is there already is found in it, and at a socket with such a name.
            let socket = folder.path + "/s" + Self.odd
            let engine = try EngineProcess(["--home", home, "--socket", socket], home: folder.path)
            defer { engine.send(.kill) }
            _ = try await engine.started()
            let fourth = try await Self.run(["--home", home, "status"], in: folder.path)
            #expect(fourth.lines.first?["peer"]?.stringValue == peer, "\(fourth.errors)")
            let fifth = try await Self.run(
                ["--ephemeral", "--socket", socket, "attach"], in: folder.path, input: "{\"cmd\":\"status\"}\n")
            #expect(fifth.lines.contains { $0["peer"]?.stringValue == peer }, "\(fifth.errors)")
        }.value
    }

    @Test func textsMustBeText() async throws {
        let folder = try TestFolder()
        try Self.write([0x61, 0xff], to: folder.path + "/latin")
        try Self.write([0x61, 0x00, 0x62], to: folder.path + "/zero")
        try Self.write(Array("good\r\n".utf8), to: folder.path + "/f" + Self.odd)
        try await spawn {
            let send = ["--home", folder.path + "/h", "-W", "10", "message.send", "to=\(strangersPeer)"]
            for text in [
                "text=a" + Self.odd, "text=@@a" + Self.odd, "text:=\"a\(Self.odd)\"", "text=@" + folder.path + "/latin",
                "text=@" + folder.path + "/zero", #"text:="a\u0000""#,
            ] {
                let result = try await Self.run(send + [text], in: folder.path)
                #expect(result.status == .exited(64), "\(text): \(result.errors)")
                #expect(result.lines.first?["code"]?.stringValue == "argument.invalid", "\(text)")
                #expect(result.lines.first?["field"]?.stringValue == "text", "\(text)")
            }
            let zero = try await Self.run(send + ["text=@-"], in: folder.path, input: "a\u{0}b")
            #expect(zero.status == .exited(64) && zero.errors.contains("U+0000"))
            for words in [["--nick", "a" + Self.odd], ["--raw", Self.odd, "status"], ["--log", Self.odd]] {
                let result = try await Self.run(["--home", folder.path + "/h"] + words, in: folder.path)
                #expect(
                    result.status == .exited(64) && result.errors.contains("no UTF-8"), "\(words): \(result.errors)")
            }
            let nick = try await Self.run(["LINNET_NICK=a" + Self.odd, "--ephemeral"], in: folder.path)
            #expect(nick.status == .exited(78) && nick.errors.contains("LINNET_NICK"), "\(nick.errors)")

            // A file's name is a path, and what it holds is text without the end of its line.
            let good = try await Self.run(
                ["--home", folder.path + "/h", "--drain", "0", "message.send", "to=\(strangersPeer)"]
                    + ["text=@" + folder.path + "/f" + Self.odd], in: folder.path)
            #expect(good.status == .exited(0), "\(good.errors)")
            let list = try await Self.run(
                ["--home", folder.path + "/h", "message.list", "chat=\(strangersPeer)"], in: folder.path)
            #expect(list.lines.first?["text"]?.stringValue == "good")
        }.value
    }

    /// A mark that combines with a sign before it is a character of its own all the same.
    @Test func wordsAreReadByteByByte() async throws {
        let folder = try TestFolder()
        try Self.write(Array("from a file".utf8), to: folder.path + "/\u{301}f")
        try await spawn {
            let home = ["--home", folder.path + "/\u{301}h", "--drain", "0"]
            let send = ["message.send", "to=\(strangersPeer)"]
            for (text, expected) in [
                ("text=\u{301}a", "\u{301}a"), ("text=@@\u{301}a", "@\u{301}a"),
                ("text=@\(folder.path)/\u{301}f", "from a file"),
            ] {
                let sent = try await Self.run(home + send + [text], in: folder.path)
                #expect(sent.status == .exited(0), "\(text): \(sent.errors)")
                let shown = try await Self.run(
                    home + ["message.show", "message=\(sent.lines.first?["message"]?.stringValue ?? "")"],
                    in: folder.path)
                #expect(shown.lines.first?["text"] == .string(expected), "\(text)")
            }
            #expect(Self.exists(folder.path + "/\u{301}h/default/vault"))
        }.value
    }
}

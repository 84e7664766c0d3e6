import Foundation
import Reactor
import Testing
import Time
import Wire

@testable import Engine

@Suite struct RecordFileTests {
    /// Runs with a path of its own, on the loop.
    private func withFile(_ body: @escaping @NetworkActor (String) async throws -> Void) async throws {
        let path = NSTemporaryDirectory() + "linnet-record-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await spawn { try await body(path) }.value
    }

    private func lines(_ path: String) throws -> [String] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    @Test func timesAndClients() async throws {
        try await withFile { path in
            let world = World.real()
            let before = world.clock.now
            let file = try RecordFile(path, world: world, log: SilentLog())
            let start = world.clock.now
            file.write(RecordEntry(.input([0x41], line: 3), at: start + .milliseconds(1500), client: 2))
            file.write(RecordEntry(.output(Array("{}".utf8)), at: start + .milliseconds(1501)))
            file.write(RecordEntry(.readerGone, at: start + .seconds(-1)))
            await file.flush()
            let lines = try lines(path)
            try #require(lines.count == 3)
            // From when the file was opened, which on a busy machine is a while before.
            let time = try JSON(parsing: Array(lines[0].utf8))["at_us"]?.integerValue ?? 0
            #expect(1_500_000...1_500_000 + (start - before).millisecondsClamped * 1000 + 1000 ~= time)
            #expect(lines[0].hasSuffix(#","client":2,"line":3,"in":"A"}"#))
            #expect(lines[1].hasSuffix(#","out":"{}"}"#))
            #expect(lines[2] == #"{"at_us":0,"reader_gone":true}"#)
        }
    }

    /// More than may wait is left out, counted, and the record goes on.
    @Test func aSlowDisk() async throws {
        try await withFile { path in
            let world = World.real()
            let file = try RecordFile(path, world: world, log: SilentLog())
            let large = [UInt8](repeating: 0x78, count: 1 << 20)
            for _ in 1...20 { file.write(RecordEntry(.output(large), at: world.clock.now)) }
            // A flush has patience for two seconds; a busy machine may need more.
            for _ in 1...20 where try self.lines(path).count < 17 { await file.flush() }
            file.write(RecordEntry(.endOfInput, at: world.clock.now))
            await file.flush()
            let lines = try lines(path)
            try #require(lines.count == 16 + 2)
            #expect(lines[16].contains(#""lost":4}"#))
            #expect(lines[17].contains(#""end_of_input":true}"#))
        }
    }

    @Test func onlyOneWrites() async throws {
        try await withFile { path in
            let world = World.real()
            var file: RecordFile? = try RecordFile(path, world: world, log: SilentLog())
            #expect(throws: CommandFailure(.recordFailed, "")) {
                try RecordFile(path, world: world, log: SilentLog())
            }
            await file?.flush()
            file = nil
        }
    }

    /// A link could lead anywhere.
    @Test func noLinks() async throws {
        try await withFile { path in
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: path + "-target")
            #expect(throws: CommandFailure(.recordFailed, "")) {
                try RecordFile(path, world: .real(), log: SilentLog())
            }
            #expect(!FileManager.default.fileExists(atPath: path + "-target"))
        }
    }

    /// What is on this machine alone, or nobody's business, is not told.
    @Test func headers() throws {
        var settings = Settings()
        settings.home = "/home/bob/secret"
        settings.profile = "bob"
        settings.socket = "/run/user/1000/linnet"
        settings.logLevel = .debug
        settings.listen = ["/ip4/127.0.0.1/tcp/0"]
        settings.onEndOfInput = .stay
        var options = EngineOptions(location: .ephemeral, Configuration(defaults: settings))
        try options.selectEvents(["message*", "peer.?onnected"], limit: 3)
        let header = RecordHeader(options, at: Timestamp(milliseconds: 0))
        #expect(
            String(decoding: header.bytes, as: UTF8.self)
                == #"{"record":1,"version":"\#(LinnetVersion.current)","protocol":1,"time":"1970-01-01T00:00:00.000Z","#
                + #""settings":{"listen":["/ip4/127.0.0.1/tcp/0"],"on_eof":"stay"},"#
                + #""events":["message*","peer.?onnected"],"count":3}"#)
        #expect(header.bytes.starts(with: RecordHeader.signature))
        let read = try RecordHeader(JSON(parsing: header.bytes))
        #expect(read.bytes == header.bytes)
        #expect(throws: RecordError.self) { try RecordHeader(JSON(parsing: Array(#"{"record":2}"#.utf8))) }
    }
}

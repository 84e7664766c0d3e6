import Foundation
import Identity
import Reactor
import TestSupport
import Testing
import Wire

@testable import Store

/// Disks that fill up, files that are damaged or not ours: a clear error, nothing that was committed is lost. The scripts
/// `profile-in-use`, `profile-key` and `store-errors` have a second instance, the key, and what is no database.
@Suite("storage") struct StorageTests {
    private static let body = String(repeating: "x", count: 20_000)

    @NetworkActor private static func send(_ engine: EngineProcess, _ number: Int) async throws -> JSON {
        try await engine.ask(
            #""cmd":"message.send","to":"\#(strangersPeer)","text":"\#(number) \#(body)""#, id: "\(number)")
    }

    /// The numbers of the messages that are stored.
    @NetworkActor private static func stored(_ engine: EngineProcess) async throws -> [Int] {
        let answer = try await engine.ask(#""cmd":"message.list","chat":"\#(strangersPeer)","limit":500"#)
        var numbers: [Int] = []
        for _ in 0..<(answer["count"]?.integerValue ?? 0) {
            let item = try await engine.line { $0["type"]?.stringValue == "item" }
            numbers.append(item["text"]?.stringValue?.split(separator: " ").first.flatMap { Int($0) } ?? -1)
        }
        return numbers
    }

    /// The disk fills up under an engine: what does not fit is refused, what was accepted stays, a peer's messages wait
    /// with their sender; the engine ends and starts on the full disk as cleanly; and when there is room again, all goes
    /// on.
    @Test(.enabled(if: TinyDisk.isPossible, "no mount namespaces here")) func aFullDisk() async throws {
        try await spawn {
            let folder = try TestFolder()
            let disk = folder.path + "/disk"
            try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
            // The drain is short: it is begun and ended often, and what waits for a peer is not what this is about.
            let options = ["--home", disk, "--listen", "/ip4/127.0.0.1/tcp/0", "--drain", "0.1"]
            // The second run meets the full disk; the third has room.
            let script =
                #"fallocate -l 600k "$directory/filler"; "$@"; "$@"; while [ -e "$directory/filler" ]; do sleep 0.1; done; "$@""#
            let engine = try EngineProcess(
                TinyDisk.words(disk, size: "1500k", script: script, options), home: folder.path,
                program: "/usr/bin/env")
            defer { engine.send(.kill) }
            let (peer, address) = try await engine.started()

            var accepted: [Int] = []
            var refused = 0
            for number in 1...80 where refused < 3 {
                let answer = try await Self.send(engine, number)
                if answer["type"]?.stringValue == "ok" {
                    accepted.append(number)
                } else {
                    #expect(answer["code"]?.stringValue == "store.full" && answer["retry"]?.stringValue == "later")
                    refused += 1
                }
            }
            #expect(refused == 3 && accepted.count > 3, "\(accepted.count) fitted")
            #expect(try await Self.stored(engine) == accepted)

            // Another's message is not acknowledged, so it stays where it is.
            let sender = try EngineProcess(["--ephemeral"], home: folder.path)
            defer { sender.send(.kill) }
            _ = try await sender.started()
            _ = try await sender.ask(#""cmd":"net.connect","address":"\#(address)""#)
            sender.say(
                #"{"cmd":"message.send","id":"big","to":"\#(peer)","text":"\#(Self.body)","wait":"delivered"}"#)
            try await sender.line { $0["type"]?.stringValue == "message.sent" }
            #expect(try await engine.ask(#""cmd":"status""#)["type"]?.stringValue == "ok")

            // It stops cleanly, and does not start without room, and says why.
            _ = try await engine.ask(#""cmd":"shutdown""#)
            try await engine.line { $0["type"]?.stringValue == "stopped" && $0["reason"]?.stringValue == "command" }
            let next = try await engine.line {
                let type = $0["type"]?.stringValue
                return type == "started" || (type == "error" && $0["code"]?.stringValue == "store.full")
            }
            if next["type"]?.stringValue == "started" {
                #expect(try await Self.send(engine, 0)["code"]?.stringValue == "store.full")
                #expect(try await Self.stored(engine) == accepted)
                _ = try await engine.ask(#""cmd":"shutdown""#)
            }
            try await engine.line { $0["type"]?.stringValue == "stopped" }

            try FileManager.default.removeItem(atPath: TinyDisk.path(disk + "/filler", of: engine))
            let (_, newAddress) = try await engine.started()
            #expect(try await Self.stored(engine).suffix(accepted.count) == accepted[...])
            #expect(try await Self.send(engine, 100)["type"]?.stringValue == "ok")
            _ = try await sender.ask(#""cmd":"net.connect","address":"\#(newAddress)""#)
            #expect(try await sender.answer("big")["state"]?.stringValue == "delivered")
            try await engine.line { $0["type"]?.stringValue == "message" }
            #expect(engine.faults == [])
        }.value
    }

    /// The room comes back while the engine runs: it goes on by itself, and a peer's message that it could not take comes
    /// again.
    @Test(.enabled(if: TinyDisk.isPossible, "no mount namespaces here")) func roomComesBack() async throws {
        try await spawn {
            let folder = try TestFolder()
            let disk = folder.path + "/disk"
            try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
            let options = ["--home", disk, "--listen", "/ip4/127.0.0.1/tcp/0"]
            let script = #"fallocate -l 600k "$directory/filler"; exec "$@""#
            let engine = try EngineProcess(
                TinyDisk.words(disk, size: "1500k", script: script, options), home: folder.path,
                program: "/usr/bin/env")
            let sender = try EngineProcess(["--ephemeral"], home: folder.path)
            defer { for process in [engine, sender] { process.send(.kill) } }
            let (peer, address) = try await engine.started()
            _ = try await sender.started()
            _ = try await sender.ask(#""cmd":"net.connect","address":"\#(address)""#)
            var number = 0
            var isAccepted = true
            while isAccepted, number < 80 {
                number += 1
                isAccepted = try await Self.send(engine, number)["type"]?.stringValue == "ok"
            }
            #expect(number < 80)
            sender.say(
                #"{"cmd":"message.send","id":"big","to":"\#(peer)","text":"\#(Self.body)","wait":"delivered"}"#)
            try await sender.line { $0["type"]?.stringValue == "message.sent" }
            await World.real().clock.sleep(for: .milliseconds(100))
            try FileManager.default.removeItem(atPath: TinyDisk.path(disk + "/filler", of: engine))
            #expect(try await Self.send(engine, number)["type"]?.stringValue == "ok")
            #expect(try await Self.stored(engine) == Array(1...number))
            #expect(try await sender.answer("big")["state"]?.stringValue == "delivered")
            #expect(engine.faults == [] && sender.faults == [])
        }.value
    }

    /// No room from the very first moment: no profile comes about, and the error says so; no half-made one is in the way
    /// when there is room.
    @Test(.enabled(if: TinyDisk.isPossible, "no mount namespaces here"), arguments: ["0k", "4k", "8k", "64k"])
    func noRoomAtAll(_ free: String) async throws {
        try await spawn {
            let folder = try TestFolder()
            let disk = folder.path + "/disk"
            try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
            let script = #"""
                fallocate -l 1m "$directory/filler"; truncate -s -\#(free) "$directory/filler"
                "$@"; echo "{\"type\":\"exit\",\"status\":$?}"; rm "$directory/filler"; exec "$@"
                """#
            let engine = try EngineProcess(
                TinyDisk.words(disk, size: "1m", script: script, ["--home", disk]), home: folder.path,
                program: "/usr/bin/env")
            defer { engine.send(.kill) }
            let error = try await engine.line { $0["type"]?.stringValue == "error" }
            #expect(error["code"]?.stringValue == "store.full", "\(error)")
            #expect(try await engine.line { $0["type"]?.stringValue == "exit" }["status"]?.integerValue == 74)
            _ = try await engine.started()
            #expect(try await Self.send(engine, 1)["type"]?.stringValue == "ok")
        }.value
    }

    /// A directory that cannot be written: an error at once, for a new profile and for one that is there.
    @Test(.enabled(if: TinyDisk.isPossible, "no mount namespaces here")) func aReadOnlyDirectory() async throws {
        try await spawn {
            let folder = try TestFolder()
            let disk = folder.path + "/disk"
            try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
            let script = #"""
                mount -o remount,ro "$directory"; "$@"; echo "{\"type\":\"exit\",\"status\":$?}"
                mount -o remount,rw "$directory"; echo '{"cmd":"sync"}' | "$@"; mount -o remount,ro "$directory"
                "$@"; echo "{\"type\":\"exit\",\"status\":$?}"
                """#
            let engine = try EngineProcess(
                TinyDisk.words(disk, size: "8m", script: script, ["--home", disk]), home: folder.path,
                program: "/usr/bin/env")
            defer { engine.send(.kill) }
            for _ in 1...2 {
                let error = try await engine.line { $0["type"]?.stringValue == "error" }
                #expect(["profile.invalid", "store.failed"].contains(error["code"]?.stringValue), "\(error)")
                #expect(error["text"]?.stringValue?.contains("Read-only file system") == true, "\(error)")
                let exit = try await engine.line { $0["type"]?.stringValue == "exit" }
                #expect([74, 78].contains(exit["status"]?.integerValue))
            }
        }.value
    }

    /// A limit on the size of files (`ulimit -f`) is a disk that is full, and no deadly signal.
    @Test func aLimitOnFiles() async throws {
        try await spawn {
            let folder = try TestFolder()
            let engine = try EngineProcess(
                ["-c", #"ulimit -f 1000; exec "$@""#, "sh", EngineProcess.tool, "--home", folder.path + "/a"],
                home: folder.path, program: "/bin/sh")
            defer { engine.send(.kill) }
            _ = try await engine.started()
            var number = 0
            var answer = JSON.null
            repeat {
                number += 1
                answer = try await Self.send(engine, number)
            } while number < 100 && answer["type"]?.stringValue == "ok"
            #expect(answer["code"]?.stringValue == "store.full", "\(answer)")
            #expect(try await Self.stored(engine) == Array(1..<number))
            engine.send(.kill)
            _ = await engine.end(within: .seconds(30))
            let next = try EngineProcess(["--home", folder.path + "/a"], home: folder.path)
            defer { next.send(.kill) }
            _ = try await next.started()
            #expect(try await Self.stored(next) == Array(1..<number))
        }.value
    }

    /// A store that a later linnet wrote is refused untouched.
    @Test func aNewerStore() async throws {
        try await spawn {
            let folder = try TestFolder()
            let options = ["--home", folder.path, "--profile", "a"]
            let first = try EngineProcess(options, home: folder.path)
            first.closeInput()
            #expect(await first.end(within: .seconds(30)) == .exited(0))
            let path = folder.path + "/a/linnet.db"
            let vault = try Vault(parsing: Array(try Data(contentsOf: URL(filePath: folder.path + "/a/vault"))))
            var configuration = StoreConfiguration()
            configuration.key = try vault.open(nil).storeKey
            try Database(.directory(folder.path + "/a"), configuration: configuration).run("PRAGMA user_version = 99")
            let bytes = try Data(contentsOf: URL(filePath: path))
            let second = try EngineProcess(options, home: folder.path)
            let error = try await second.line { $0["type"]?.stringValue == "error" }
            #expect(error["code"]?.stringValue == "store.newer" && error["retry"]?.stringValue == "never")
            #expect(await second.end(within: .seconds(30)) == .exited(74))
            #expect(try Data(contentsOf: URL(filePath: path)) == bytes)
        }.value
    }

    /// A database with spoiled pages: an engine that starts answers, or says that it is damaged; it does not crash.
    @Test(arguments: 1...6) func spoiledPages(_ seed: UInt64) async throws {
        try await spawn {
            let folder = try TestFolder()
            let options = ["--home", folder.path, "--profile", "a", "--drain", "20"]
            let first = try EngineProcess(options, home: folder.path)
            _ = try await first.started()
            for number in 1...20 { _ = try await Self.send(first, number) }
            first.closeInput()
            #expect(await first.end(within: .seconds(30)) == .exited(0))
            let path = folder.path + "/a/linnet.db"
            var bytes = Array(try Data(contentsOf: URL(filePath: path)))
            var random = SplitMix64(seed: seed)
            for _ in 0..<(1 << seed) {
                bytes[100 + random.next(below: bytes.count - 100)] ^= UInt8(1 + random.next(below: 255))
            }
            try Data(bytes).write(to: URL(filePath: path))

            let second = try EngineProcess(options, home: folder.path)
            defer { second.send(.kill) }
            for (number, command) in [
                #""cmd":"message.list","chat":"\#(strangersPeer)","limit":500"#,
                #""cmd":"message.send","to":"\#(strangersPeer)","text":"\#(Self.body)""#,
                #""cmd":"events.replay","since":0"#, #""cmd":"contact.list""#,
                #""cmd":"contact.add","peer":"\#(strangersPeer)","alias":"x""#, #""cmd":"sync""#,
            ].enumerated() {
                second.say(#"{"id":"\#(number)",\#(command)}"#)
            }
            second.closeInput()
            let status = await second.end(within: .seconds(30))
            #expect([.exited(0), .exited(74)].contains(status), "\(String(describing: status))")
            let lines = second.lines.compactMap(\.json)
            #expect(lines.last?["type"]?.stringValue == "stopped")
            for error in lines.filter({ $0["type"]?.stringValue == "error" }) {
                #expect(["store.corrupt", "store.failed"].contains(error["code"]?.stringValue), "\(error)")
            }
        }.value
    }
}

import Foundation
import Reactor
import Testing
import Wire

/// Clients that do what no client should, and what engines owe to service managers.
@Suite struct ClientTests {
    /// A client that speaks bytes.
    @NetworkActor final class RawClient {
        let connection: UnixConnection
        private var received: [UInt8] = []

        init(_ path: String) throws {
            guard let path = UnixPath(path) else { throw ScriptFailure(description: "\(path) is no path") }
            connection = try UnixConnection(connectingTo: path)
        }

        func send(_ text: String) async throws {
            try await connection.writer.write(Array(text.utf8))
        }

        /// The next line; nil at the end.
        func line() async throws -> JSON? {
            while true {
                if let end = received.firstIndex(of: UInt8(ascii: "\n")) {
                    let line = Array(received[..<end])
                    received.removeFirst(end + 1)
                    return try JSON(parsing: line, limits: JSONLimits(count: line.count, depth: 64))
                }
                guard let bytes = try await connection.reader.read() else { return nil }
                received += bytes
            }
        }

        /// The next line of a type.
        func line(_ type: String) async throws -> JSON? {
            while let line = try await line() {
                if line["type"]?.stringValue == type { return line }
            }
            return nil
        }
    }

    /// Runs an engine on a socket, and something with it.
    private func serving(
        _ options: [String] = [], _ body: @escaping @NetworkActor (EngineProcess, _ socket: String) async throws -> Void
    ) async throws {
        try await spawn {
            let folder = NSTemporaryDirectory() + "linnet-clients-\(UInt64.random(in: 0...UInt64.max))"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let path = folder + "/s"
            let engine = try EngineProcess(
                options + ["--ephemeral", "--log", "info", "--socket", path], home: folder)
            defer { engine.send(.kill) }
            while engine.takeFirst() == nil {
                guard await engine.news(before: .now + .seconds(20)) else {
                    throw ScriptFailure(description: "the engine did not start")
                }
            }
            try await body(engine, path)
        }.value
    }

    @Test func oneTooMany() async throws {
        try await serving { _, path in
            var clients: [RawClient] = []
            for _ in 0..<64 {
                let client = try RawClient(path)
                #expect(try await client.line()?["type"]?.stringValue == "started")
                clients.append(client)
            }
            let late = try RawClient(path)
            #expect(try await late.line()?["code"]?.stringValue == "limit.reached")
            #expect(try await late.line()?["type"]?.stringValue == "stopped")
            #expect(try await late.line() == nil)
            // A place that is free is given away.
            clients.removeLast().connection.close()
            while true {
                let next = try RawClient(path)
                if try await next.line()?["type"]?.stringValue == "started" { break }
            }
        }
    }

    @Test func aLineOfAHundredMegabytesAndGarbage() async throws {
        try await serving { _, path in
            let client = try RawClient(path)
            #expect(try await client.line()?["type"]?.stringValue == "started")
            let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
            for _ in 0..<100 { try await client.connection.writer.write(piece) }
            try await client.send("\n\0\u{1}{{{\n{\"cmd\":\"sync\",\"id\":1}\n")
            #expect(try await client.line()?["code"]?.stringValue == "line.too_long")
            #expect(try await client.line()?["code"]?.stringValue == "json.invalid")
            #expect(try await client.line()?["id"]?.integerValue == 1)
        }
    }

    /// A client that reads nothing, and then is no more, costs the others nothing.
    @Test func aStalledClient() async throws {
        try await serving { _, path in
            let stalled = try RawClient(path)
            let flood = spawn {
                // It is let go in the middle: its commands fill every buffer there is.
                try? await stalled.send(String(repeating: "{\"cmd\":\"help\"}\n", count: 5000))
            }
            let other = try RawClient(path)
            _ = try await other.line("started")
            for number in 0..<20 {
                try await other.send("{\"cmd\":\"status\",\"id\":\(number)}\n")
                let answer = try await other.line("ok")
                #expect(answer?["id"]?.integerValue == Int64(number) && answer?["clients"]?.integerValue == 2)
            }
            stalled.connection.close()
            _ = await flood.value
            while true {
                try await other.send("{\"cmd\":\"status\"}\n")
                if try await other.line("ok")?["clients"]?.integerValue == 1 { break }
                await World.real().clock.sleep(for: .milliseconds(20))
            }
        }
    }

    /// Commands under way when their client dies are over, or done; nobody else hears of them.
    @Test func aClientThatDiesWithCommandsUnderWay() async throws {
        try await serving { engine, path in
            for _ in 0..<20 {
                let client = try RawClient(path)
                try await client.send(
                    String(repeating: #"{"cmd":"net.connect","address":"/ip4/127.0.0.1/tcp/1"}"# + "\n", count: 60))
                client.connection.close()
            }
            let other = try RawClient(path)
            try await other.send("{\"cmd\":\"sync\",\"id\":7}\n")
            #expect(try await other.line("ok")?["id"]?.integerValue == 7)
            #expect(engine.takeFirst() == nil)
        }
    }

    @Test(.enabled("only root can be somebody else") { geteuid() == 0 })
    func aForeignUser() async throws {
        try await serving { engine, path in
            let folder = (path as NSString).deletingLastPathComponent
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
            // Even if somebody opens the file to all, the kernel says who comes.
            chmod(folder, 0o755)
            chmod(path, 0o666)
            let stranger = try EngineProcess(
                ["--reuid=65534", "--clear-groups", EngineProcess.tool, "--ephemeral", "--socket", path, "attach"],
                home: "/", program: "/usr/bin/setpriv")
            let end = await stranger.end(within: .seconds(20))
            #expect(end == .exited(1))
            while !String(decoding: engine.errors, as: UTF8.self).contains("client refused user=65534") {
                guard await engine.news(before: .now + .seconds(5)) else { break }
            }
            #expect(String(decoding: engine.errors, as: UTF8.self).contains("client refused user=65534"))
        }
    }

    /// A file that is no socket stays; a socket that nobody answers at is replaced; one that is served is not.
    @Test func theSocketsFile() async throws {
        try await serving { _, path in
            let folder = (path as NSString).deletingLastPathComponent
            let second = try EngineProcess(["--ephemeral", "--socket", path], home: folder)
            #expect(await second.end(within: .seconds(20)) == .exited(3))
            let file = folder + "/precious"
            try Data("x".utf8).write(to: URL(fileURLWithPath: file))
            let third = try EngineProcess(["--ephemeral", "--socket", file], home: folder)
            #expect(await third.end(within: .seconds(20)) == .exited(78))
            #expect(FileManager.default.contents(atPath: file) == Data("x".utf8))
            let stale = folder + "/stale"
            let killed = try EngineProcess(["--ephemeral", "--socket", stale], home: folder)
            while killed.takeFirst() == nil { _ = await killed.news(before: .now + .seconds(20)) }
            killed.send(.kill)
            _ = await killed.end(within: .seconds(20))
            #expect(FileManager.default.fileExists(atPath: stale))
            let fourth = try EngineProcess(["--ephemeral", "--socket", stale], home: folder)
            #expect(await fourth.news(before: .now + .seconds(20)))
            fourth.closeInput()
            #expect(await fourth.end(within: .seconds(20)) == .exited(0))
            #expect(!FileManager.default.fileExists(atPath: stale))
        }
    }

    /// sd_notify(3): ready, alive, stopping; and no child is told where.
    @Test func aServiceManagerIsTold() async throws {
        let folder = NSTemporaryDirectory() + "linnet-notify-\(UInt64.random(in: 0...UInt64.max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/notify"
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        #expect(bound == 0)
        try await spawn {
            let engine = try EngineProcess(
                [
                    "NOTIFY_SOCKET=\(path)", "WATCHDOG_USEC=100000", "--ephemeral", "--exec",
                    "echo \"notify=${NOTIFY_SOCKET-none}\" >&2; cat >/dev/null",
                ], home: folder)
            defer { engine.send(.kill) }
            var told: [String] = []
            func take(until text: String) async {
                let deadline = ContinuousClock.now + .seconds(20)
                while !told.contains(where: { $0.contains(text) }), ContinuousClock.now < deadline {
                    var buffer = [UInt8](repeating: 0, count: 1024)
                    let count = recv(descriptor, &buffer, buffer.count, 0)
                    if count > 0 {
                        told.append(String(decoding: buffer.prefix(count), as: UTF8.self))
                    } else {
                        await World.real().clock.sleep(for: .milliseconds(10))
                    }
                }
            }
            await take(until: "READY=1")
            #expect(told.first?.hasPrefix("READY=1\nSTATUS=12D3KooW") == true)
            told = []
            await take(until: "WATCHDOG=1")
            told = []
            await take(until: "WATCHDOG=1")
            #expect(told == ["WATCHDOG=1"])
            engine.send(.terminate)
            await take(until: "STOPPING=1")
            #expect(told.last == "STOPPING=1")
            #expect(await engine.end(within: .seconds(20)) == .exited(0))
            #expect(String(decoding: engine.errors, as: UTF8.self).contains("notify=none"))
        }.value
    }

    /// sd_listen_fds(3): a socket that is listened on already serves clients.
    @Test func aSocketThatWasPassedOn() async throws {
        let launcher = """
            import os, socket, sys
            listening = socket.socket(socket.AF_UNIX)
            listening.bind(sys.argv[1])
            listening.listen()
            os.dup2(listening.fileno(), 3)
            os.set_inheritable(3, True)
            os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1")
            os.execv(sys.argv[2], ["linnet", "--ephemeral"])
            """
        try await spawn {
            let folder = NSTemporaryDirectory() + "linnet-activation-\(UInt64.random(in: 0...UInt64.max))"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            try launcher.write(toFile: folder + "/launch.py", atomically: false, encoding: .utf8)
            let engine = try EngineProcess(
                ["python3", folder + "/launch.py", folder + "/s", EngineProcess.tool], home: folder,
                program: "/usr/bin/env")
            defer { engine.send(.kill) }
            #expect(await engine.news(before: .now + .seconds(20)))
            let client = try RawClient(folder + "/s")
            #expect(try await client.line()?["type"]?.stringValue == "started")
            try await client.send("{\"cmd\":\"shutdown\"}\n")
            #expect(try await client.line("stopped")?["reason"]?.stringValue == "command")
            #expect(await engine.end(within: .seconds(20)) == .exited(0))
        }.value
    }
}

import CPlatform
import Foundation
import Reactor
import Testing

@Suite(.timeLimit(.minutes(15))) struct ProcessTests {
    @Test func aChildIsWrittenToAndReadFrom() async throws {
        try await spawn {
            let child = try ChildProcess(ChildCommand("cat"))
            let input = try #require(child.standardInput)
            let output = try #require(child.standardOutput)
            #expect(child.standardError == nil)
            let sent = [UInt8](repeating: 0x61, count: 1 << 20)
            let writer = spawn {
                try await input.write(sent)
                input.close()
            }
            var received: [UInt8] = []
            while let bytes = try await output.read() { received += bytes }
            try await writer.value
            #expect(received == sent)
            #expect(await child.waitForExit() == .exited(0))
            #expect(child.exitStatus == .exited(0))
            child.send(.kill)
        }.value
    }

    @Test func exitStatusSignalDirectoryAndEnvironment() async throws {
        try await spawn {
            #expect(try await ChildProcess(ChildCommand("/bin/sh", ["-c", "exit 7"])).waitForExit() == .exited(7))
            let sleeper = try ChildProcess(ChildCommand("sleep", ["60"]))
            #expect(sleeper.exitStatus == nil)
            sleeper.send(.terminate)
            #expect(await sleeper.waitForExit() == .signaled(.terminate))

            var command = ChildCommand(
                "/bin/sh", ["-c", "pwd; echo $GREETING; echo oops >&2"], environment: ["GREETING=hi"], directory: "/")
            command.standardError = .piped
            command.hasOwnGroup = true
            let child = try ChildProcess(command)
            var text: [UInt8] = []
            while let bytes = try await child.standardOutput?.read() { text += bytes }
            var errors: [UInt8] = []
            while let bytes = try await child.standardError?.read() { errors += bytes }
            #expect(String(decoding: text, as: UTF8.self) == "/\nhi\n")
            #expect(String(decoding: errors, as: UTF8.self) == "oops\n")
            #expect(await child.waitForExit() == .exited(0))
        }.value
    }

    @Test func aMissingProgramIsAnError() async {
        await spawn {
            _ = #expect(throws: ChildProcessError.self) { try ChildProcess(ChildCommand("/no/such/program")) }
        }.value
    }

    /// A child that has closed its input: an error, and no SIGPIPE. Ours is ignored; the child's is at its default.
    @Test func aBrokenPipeIsAnError() async throws {
        try await spawn {
            let child = try ChildProcess(ChildCommand("true"))
            _ = await child.waitForExit()
            await #expect(throws: NetworkError.brokenPipe) { try await child.standardInput?.write([1]) }
            let yes = try ChildProcess(
                ChildCommand("/bin/sh", ["-c", "yes | head -1 >/dev/null; echo ${PIPESTATUS:-ok}"]))
            while try await yes.standardOutput?.read() != nil {}
            #expect(await yes.waitForExit() == .exited(0))
        }.value
    }

    @Test func signalsArriveOnTheLoop() async throws {
        try await spawn {
            var caught: [Signal] = []
            let source = try SignalSource([.user1, .user2]) { signal in
                #expect(EventLoop.shared.isCurrentThread)
                caught.append(signal)
            }
            let clock = World.real().clock
            for signal in [Signal.user1, .user2, .user1] {
                _ = platform_kill(platform_getpid(), signal.rawValue)
                let before = caught.count
                for _ in 0..<500 where caught.count == before { await clock.sleep(for: .milliseconds(5)) }
            }
            #expect(caught == [.user1, .user2, .user1])
            source.cancel()
            #expect(throws: NetworkError.self) { try SignalSource([.kill]) { _ in } }
        }.value
    }
}

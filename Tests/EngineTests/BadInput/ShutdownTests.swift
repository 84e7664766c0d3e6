import Foundation
import Reactor
import Swarm
import TestSupport
import Testing
import Wire

/// A signal under load; `stop-under-load.test` has a stalled reader and dials that hang.
@Suite("shutdown") struct ShutdownTests {
    /// Commands flood in, messages come and go, a peer is connected: all that was accepted is answered, the peer hears
    /// a go-away, the last line is `stopped`, and it is over in three seconds.
    @Test func terminatedUnderLoad() async throws {
        try await spawn {
            let folder = try TestFolder()
            let engine = try EngineProcess(
                ["--home", folder.path + "/a", "--listen", "/ip4/127.0.0.1/tcp/0"], home: folder.path)
            let sender = try EngineProcess(["--ephemeral"], home: folder.path)
            defer { for process in [engine, sender] { process.send(.kill) } }
            let (peer, address) = try await engine.started()
            let (senderPeer, _) = try await sender.started()
            _ = try await sender.ask(#""cmd":"net.connect","address":"\#(address)""#)
            let witness = Witness()
            let swarm = Swarm(world: .real(), identity: .test(8))
            swarm.addObserver(witness)
            _ = try await swarm.dial(.test(address))

            for number in 1...2000 {
                sender.say(#"{"cmd":"message.send","to":"\#(peer)","text":"\#(number)"}"#)
                engine.say(#"{"cmd":"message.send","id":"m\#(number)","to":"\#(senderPeer)","text":"\#(number)"}"#)
            }
            _ = try await engine.answer("m200")
            let begin = ContinuousClock.now
            engine.send(.terminate)
            #expect(await engine.end(within: .seconds(30)) == .exited(0))
            let time = ContinuousClock.now - begin
            #expect(time < .seconds(3), "\(time)")
            for _ in 0..<1000 where !engine.isAtEnd || witness.reason == nil {
                await World.real().clock.sleep(for: .milliseconds(5))
            }
            #expect(
                witness.reason == "closed by the peer (normal)" || witness.reason == "closed by the peer (shutdown)")
            let lines = engine.lines.compactMap(\.json)
            #expect(lines.last?["type"]?.stringValue == "stopped" && lines.last?["reason"]?.stringValue == "signal")
            let answers = lines.filter { $0["cmd"]?.stringValue == "message.send" }
            #expect(Set(answers.compactMap { $0["id"]?.stringValue }).count == answers.count)
            #expect(engine.faults == [])
            await swarm.close()
        }.value
    }

    @NetworkActor private final class Witness: SwarmObserver {
        var reason: String?

        nonisolated init() {}

        func connectionClosed(_ connection: Connection, reason: ConnectionCloseReason) {
            self.reason = reason.description
        }
    }
}

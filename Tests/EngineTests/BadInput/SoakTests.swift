import Foundation
import Identify
import Reactor
import Swarm
import TestSupport
import Testing
import Wire

/// Peers that connect, are identified, write and go, for hours: `make soak HOURS=24` sets how long, in `LINNET_SOAK` as
/// seconds. Without it a few seconds of the same.
@Suite("soak") struct SoakTests {
    private static let duration = Duration.seconds(
        ProcessInfo.processInfo.environment["LINNET_SOAK"].flatMap { Int64($0) } ?? 6)

    /// The descriptors at the end are those of the beginning, and memory does not grow between the first third and the
    /// end.
    @Test(.timeLimit(.minutes(60 * 48))) func churn() async throws {
        try await spawn {
            let folder = try TestFolder()
            let engine = try EngineProcess(
                ["--home", folder.path, "--listen", "/ip4/127.0.0.1/tcp/0"], home: folder.path)
            defer { engine.send(.kill) }
            let (_, address) = try await engine.started()
            let descriptors = engine.descriptors
            let begin = ContinuousClock.now
            var (visits, failures) = (0, 0)
            let visitors = (0..<100).map { number in
                spawn {
                    // Not all at the same door at once.
                    var random = SplitMix64(seed: UInt64(number))
                    while ContinuousClock.now - begin < Self.duration {
                        await World.real().clock.sleep(for: .milliseconds(Int64(random.next(below: 1000))))
                        let isDone = await Self.visit(address, UInt8(number + 1))
                        visits += 1
                        if !isDone { failures += 1 }
                    }
                }
            }
            var memory: [(at: Duration, resident: Int)] = []
            while ContinuousClock.now - begin < Self.duration {
                await World.real().clock.sleep(for: Self.duration / 60)
                memory.append((ContinuousClock.now - begin, engine.memory.now))
                while engine.takeFirst() != nil {}
            }
            for visitor in visitors { await visitor.value }
            #expect(visits > 100 && failures < visits / 2, "\(failures) of \(visits) visits failed")
            let status = try await engine.ask(#""cmd":"status""#)
            for _ in 0..<500 where engine.descriptors > descriptors {
                await World.real().clock.sleep(for: .milliseconds(10))
            }
            #expect(engine.descriptors <= descriptors, "\(descriptors) at first; \(status)")
            let early = memory[memory.count / 3].resident
            let late = engine.memory.now
            #expect(late - early < 8 << 20, "\(memory.map { $0.resident >> 10 }) KiB over \(visits) visits")
            if Self.duration > .seconds(60) {
                print("soak: \(visits) visits, \(early >> 10) KiB, then \(late >> 10) KiB")
            }
        }.value
    }

    /// One visit: connect, be identified, ping, and go; each time as the same peer.
    @NetworkActor private static func visit(_ address: String, _ key: UInt8) async -> Bool {
        let swarm = Swarm(world: .real(), identity: .test(key))
        defer { spawn { await swarm.close() } }
        let identify = IdentifyService(swarm: swarm, agentVersion: "soak")
        identify.start()
        do {
            let connection = try await swarm.dial(.test(address), reuse: false)
            let stream = try await connection.openStream(["/ipfs/ping/1.0.0"])
            try await stream.write([UInt8](repeating: 1, count: 32))
            _ = try await stream.read(exactly: 32)
            stream.close()
            connection.close()
            return true
        } catch {
            return false
        }
    }
}

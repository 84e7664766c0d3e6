import Foundation
import Identify
import Reactor
import Swarm
import TestSupport
import Testing
import Wire

/// A reader that takes nothing: memory is bounded, the network goes on, nothing durable is lost.
@Suite("NDJSON output") struct OutputTests {
    /// Commands flood in while nobody reads, until both pipes are full. When somebody does, all are answered, in order.
    @Test func twoFullPipes() async throws {
        try await spawn {
            let folder = try TestFolder()
            let engine = try EngineProcess(["--ephemeral"], home: folder.path)
            defer { engine.send(.kill) }
            _ = try await engine.started()
            let before = engine.memory.peak
            engine.stall()
            let count = 10_000
            var text: [UInt8] = []
            for number in 1...count { text += Array("{\"cmd\":\"status\",\"id\":\(number)}\n".utf8) }
            engine.write(text)
            var isWritten = false
            spawn {
                await engine.written()
                isWritten = true
            }
            await World.real().clock.sleep(for: .milliseconds(1500))
            #expect(!isWritten, "the engine reads on without bound while its answers wait")
            let grown = engine.memory.peak - before
            #expect(grown < 16 << 20, "\(grown >> 10) KiB for \(text.count >> 10) KiB of commands")
            engine.resume()
            engine.closeInput()
            #expect(await engine.end(within: .seconds(60)) == .exited(0))
            let answers = engine.lines.compactMap(\.json).filter { $0["type"]?.stringValue == "ok" }
            #expect(answers.compactMap { $0["id"]?.integerValue } == Array(1...Int64(count)))
            #expect(engine.faults == [])
        }.value
    }

    /// While its reader is stalled an engine takes messages of several peers and acknowledges them, others connect and
    /// go, and its memory stays. Afterwards every durable event is there, in order, and what was ephemeral is counted.
    @Test func peersAreServedWhileTheReaderIsStalled() async throws {
        try await spawn {
            let folder = try TestFolder()
            let engine = try EngineProcess(
                ["--home", folder.path, "--listen", "/ip4/127.0.0.1/tcp/0"], home: folder.path)
            let senders = try (1...2).map { _ in try EngineProcess(["--ephemeral"], home: folder.path) }
            defer { for process in senders + [engine] { process.send(.kill) } }
            let (peer, address) = try await engine.started()
            for sender in senders {
                _ = try await sender.started()
                _ = try await sender.ask(#""cmd":"net.connect","address":"\#(address)""#)
            }
            engine.stall()
            let visitor = Swarm(world: .real(), identity: .test(9))
            let churn = spawn {
                var visits = 0
                while !Task.isCancelled, let connection = try? await visitor.dial(.test(address), reuse: false) {
                    connection.close()
                    visits += 1
                    await visitor.world.clock.sleep(for: .milliseconds(10))
                }
                return visits
            }
            let text = String(repeating: "x", count: 2000)
            let (batch, batches) = (120, 5)
            var memory: [Int] = []
            for round in 0..<batches {
                for sender in senders {
                    for number in 1...batch {
                        let wait = number == batch ? #","id":"last","wait":"delivered""# : ""
                        let place = round * batch + number
                        sender.say(#"{"cmd":"message.send","to":"\#(peer)","text":"\#(place) \#(text)"\#(wait)}"#)
                    }
                }
                // Each is delivered while nothing of it has been read.
                for sender in senders { #expect(try await sender.answer("last")["type"]?.stringValue == "ok") }
                memory.append(engine.memory.now)
            }
            churn.cancel()
            var visits = await churn.value
            while visits < 30, let connection = try? await visitor.dial(.test(address), reuse: false) {
                connection.close()
                visits += 1
            }
            #expect(visits >= 30)
            await visitor.close()
            // By the third round the queue is full; what comes behind waits in the store.
            #expect(memory[batches - 1] - memory[2] < 4 << 20, "\(memory.map { $0 >> 10 }) KiB")

            engine.resume()
            let last = Int64(2 * batch * batches)
            try await engine.line { $0["seq"]?.integerValue == last }
            let told = engine.lines.compactMap(\.json)
            let seqs = told.filter { $0["type"]?.stringValue == "message" }.compactMap { $0["seq"]?.integerValue }
            #expect(seqs == Array(1..<last))
            #expect(told.contains { $0["type"]?.stringValue == "dropped" && $0["count"]?.integerValue ?? 0 > 0 })
            #expect(engine.faults == [])
        }.value
    }
}

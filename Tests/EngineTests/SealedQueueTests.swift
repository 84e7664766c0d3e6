import Reactor
import Testing
import Time

@testable import Engine
@testable import Store

/// How far a reader is, is how far lines were written; whatever was to be told after the last line.
@Suite struct SealedQueueTests {
    @NetworkActor private final class Sink: LineSink {
        var batches: [(bytes: [UInt8], done: @NetworkActor (Bool) -> Void)] = []
        var text: String { batches.map { String(decoding: $0.bytes, as: UTF8.self) }.joined() }

        func write(_ lines: [UInt8], done: @escaping @NetworkActor (Bool) -> Void) { batches.append((lines, done)) }

        func take(isOpen: Bool = true) {
            for batch in batches { batch.done(isOpen) }
            batches = []
        }
    }

    private static func event(_ seq: Int64) -> LoggedEvent {
        let log = NewEvent(type: "message", time: Timestamp(milliseconds: 0), payload: [])
        return LoggedEvent(seq: seq, event: log)
    }

    @NetworkActor private static func feed(
        _ body: @escaping @NetworkActor (LineQueue, EventFeed, Sink, SimulatedWorld) async throws -> Void
    ) async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let sink = Sink()
            let world = simulation.host("a")
            let queue = LineQueue(world: world, sink: sink)
            let feed = EventFeed(output: queue, world: world)
            queue.onWritten = { feed.moved(through: $0) }
            feed.start(
                after: 0, latest: 0, mark: nil, log: EventFeed.Log(events: { _, _ in [] }, open: { _ in }))
            try await body(queue, feed, sink, simulation)
        }
    }

    @Test func whatComesBehindTheLastLineIsNotTold() async throws {
        try await Self.feed { queue, feed, sink, _ in
            feed.publish([Self.event(1)])
            queue.seal()
            feed.publish([Self.event(2), Self.event(3)])
            await Task.yield()
            await queue.drained(within: .milliseconds(1))
            sink.take()
            #expect(feed.takeProgress() == 1)
            #expect(feed.position.toldMost == 1)
            #expect(feed.isCaughtUp)
            #expect(feed.takeProgress() == nil)
        }
    }

    /// A log that cannot be read is told once, and read again until it can be.
    @Test func aLogThatCannotBeRead() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let sink = Sink()
            let world = simulation.host("a")
            let queue = LineQueue(world: world, sink: sink)
            let feed = EventFeed(output: queue, world: world)
            var failures = 4
            feed.start(
                after: 0, latest: 1, mark: nil,
                log: EventFeed.Log(
                    events: { _, _ in
                        failures -= 1
                        guard failures < 0 else { throw StoreError(.io, "the disk is gone") }
                        return [Self.event(1)]
                    }, open: { _ in }))
            await world.clock.sleep(for: .seconds(7))
            #expect(!feed.isCaughtUp)
            #expect(sink.text.split(separator: "\n").count == 1)
            #expect(sink.text.hasPrefix(#"{"type":"error","code":"store.failed""#))
            sink.take()
            await world.clock.sleep(for: .seconds(60))
            #expect(feed.isCaughtUp)
            #expect(sink.text.contains(#""seq":1"#))
        }
    }

    @Test func whatTheReaderDidNotTakeIsNotWritten() async throws {
        try await Self.feed { queue, feed, sink, _ in
            feed.publish([Self.event(1)])
            await queue.drained(within: .milliseconds(1))
            sink.take()
            feed.publish([Self.event(2)])
            await queue.drained(within: .milliseconds(1))
            sink.take(isOpen: false)
            feed.publish([Self.event(3)])
            #expect(feed.takeProgress() == 1)
        }
    }

    @Test func progressThatWasNotSavedIsSavedTheNextTime() async throws {
        try await Self.feed { queue, feed, sink, _ in
            feed.publish([Self.event(1)])
            await queue.drained(within: .milliseconds(1))
            sink.take()
            #expect(feed.takeProgress() == 1)
            #expect(feed.takeProgress() == nil)
            feed.losesProgress(1)
            #expect(feed.takeProgress() == 1)
        }
    }
}

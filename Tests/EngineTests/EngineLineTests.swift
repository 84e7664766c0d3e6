import Foundation
import Reactor
import Testing

@testable import Engine

/// What clients make of a line that no engine should write: an end, and not a wait for ever.
@Suite struct EngineLineTests {
    @NetworkActor private final class Reader: LineSink {
        func write(_ lines: [UInt8], done: @escaping @NetworkActor (Bool) -> Void) { done(true) }
    }

    private static let twice = Array(#"{"type":"ok","cmd":"sync","cmd":"sync"}"#.utf8) + [10]

    @Test func aOneShotFails() async throws {
        await spawn {
            let sink = AnswerSink(.lines, to: Reader())
            sink.write(Self.twice) { _ in }
            #expect(sink.isAnswered)
            #expect(await sink.answer.exit == .internal)
        }.value
    }

    @Test func aListenerFails() async throws {
        await spawn {
            let subscription = Subscription(.init(), to: Reader()) { _ in }
            subscription.write(Self.twice) { _ in }
            #expect(subscription.failure == .some(EngineLine.unreadable))
            #expect(subscription.isOver)
        }.value
    }

    /// What is no directory has no profiles, and says so.
    @Test func profilesThatCannotBeRead() throws {
        let file = NSTemporaryDirectory() + "linnet-file-\(UInt64.random(in: 0...UInt64.max))"
        #expect(try Profile.names(in: file).isEmpty, "nothing is there yet")
        try Data().write(to: URL(fileURLWithPath: file))
        defer { try? FileManager.default.removeItem(atPath: file) }
        #expect(throws: CommandFailure(.profileInvalid, "")) { try Profile.names(in: file) }
    }
}

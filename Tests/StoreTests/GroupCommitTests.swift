import Reactor
import TestSupport
import Testing

@testable import Store

/// Jobs that a test hands to the store's inner side directly.
private func write(_ body: @escaping @Sendable (Transaction) throws -> Void) -> any StoreJob {
    BodyJob(isWrite: true, body: body) { _ in }
}

private struct Refusal: Error {}

@Suite(.everyStoreKind) struct GroupCommitTests {
    private func opened(pages: Int? = nil) throws -> GroupCommit {
        let commits = GroupCommit()
        var configuration = StoreKind.current.configuration
        configuration.maximumPageCount = pages
        try commits.open(StoreKind.anywhere, configuration: configuration)
        return commits
    }

    private func events(in commits: GroupCommit) -> [LoggedEvent] {
        let found = Found<[LoggedEvent]>()
        let job = BodyJob(isWrite: false, body: { found.value = try $0.events(after: 0, limit: 100_000) }) { _ in }
        _ = commits.perform([job])
        return found.value ?? []
    }

    @Test func aWriteThatThrowsRollsBackAlone() throws {
        let commits = try opened()
        let outcome = commits.perform([
            write { try $0.append(event("one")) },
            write {
                try $0.append(event("lost"))
                try $0.setSetting("lost", to: [1])
                throw Refusal()
            },
            write { try $0.append(event("two")) },
        ])
        #expect(outcome.failures.map { $0?.code } == [nil, .aborted, nil])
        #expect(outcome.failures[1]?.underlying is Refusal)
        #expect(outcome.events.map(\.type) == ["one", "two"])
        #expect(outcome.events.map(\.seq) == [1, 2])
        #expect(events(in: commits) == outcome.events)
    }

    @Test func numbersOfEventsHaveNoHolesWhateverFails() throws {
        let commits = try opened()
        var expected: [String] = []
        var random = SplitMix64(seed: 7)
        for round in 0..<50 {
            var jobs: [any StoreJob] = []
            for index in 0..<Int(random.next() % 12) {
                let fails = random.next() % 3 == 0
                let names = (0..<Int(random.next() % 4)).map { "\(round).\(index).\($0)" }
                if !fails { expected += names }
                jobs.append(
                    write { transaction in
                        for name in names { try transaction.append(event(name)) }
                        if fails { throw Refusal() }
                    })
            }
            _ = commits.perform(jobs)
        }
        let found = events(in: commits)
        #expect(found.map(\.type) == expected)
        #expect(found.map(\.seq) == Array(1...Int64(expected.count)))
    }

    @Test func readsSeeTheWritesOfTheirBatch() throws {
        let commits = try opened()
        let found = Found<[UInt8]>()
        let outcome = commits.perform([
            BodyJob(isWrite: false, body: { found.value = try $0.setting("a") }) { _ in },
            write { try $0.setSetting("a", to: [5]) },
        ])
        #expect(outcome.failures == [nil, nil])
        #expect(found.value == [5])
    }

    @Test func aFailedCommitFailsEveryWriteOfTheBatch() throws {
        let commits = try opened()
        let outcome = commits.perform([
            write { try $0.append(event("one")) },
            write { transaction in
                // A foreign key that is only checked at COMMIT.
                try transaction.database.execute(script: "PRAGMA defer_foreign_keys = ON")
                try transaction.enqueue(messageAt: 77, for: "bob", expiresAt: at(1))
            },
            write { try $0.append(event("two")) },
        ])
        #expect(outcome.failures.map { $0?.code } == [.constraint, .constraint, .constraint])
        #expect(outcome.events.isEmpty)
        #expect(events(in: commits).isEmpty)
        // The store goes on.
        #expect(commits.perform([write { try $0.append(event("three")) }]).events.map(\.seq) == [1])
    }

    @Test func aFullStoreRefusesAndKeepsWhatItHas() throws {
        let commits = try opened(pages: 64)
        var kept = 0
        var refused: StoreError?
        for index in 0..<200 where refused == nil {
            let outcome = commits.perform([
                write { try $0.add(incoming("m\(index)", body: Array(repeating: 1, count: 4000))) }
            ])
            if let failure = outcome.failures[0] { refused = failure } else { kept += 1 }
        }
        #expect(refused?.code == .full)
        #expect(refused?.isTransient == true)
        let found = Found<Int>()
        let outcome = commits.perform([
            BodyJob(
                isWrite: false, body: { found.value = try $0.messages(in: "bob", .latest, limit: 500).messages.count }
            ) { _ in }
        ])
        #expect(outcome.failures == [nil])
        #expect(found.value == kept && kept > 10)
    }

    @Test func whenOneOfABatchFindsNoRoomTheOthersStay() throws {
        let commits = try opened(pages: 64)
        let outcome = commits.perform([
            write { try $0.append(event("small")) },
            write { try $0.add(incoming("huge", body: Array(repeating: 1, count: 1 << 20))) },
            write { try $0.append(event("small too")) },
        ])
        #expect(outcome.failures.map { $0?.code } == [nil, .full, nil])
        #expect(outcome.events.map(\.seq) == [1, 2])
        #expect(events(in: commits).map(\.type) == ["small", "small too"])
    }

    @Test func whenTheTransactionIsLostOnlyTheWriteThatLostItFails() throws {
        let commits = try opened()
        let outcome = commits.perform([
            write { try $0.append(event("done again")) },
            write { try $0.database.run("ROLLBACK") },
            write { try $0.append(event("kept")) },
        ])
        #expect(outcome.failures.map { $0 == nil } == [true, false, true])
        #expect(outcome.events.map(\.type) == ["done again", "kept"])
        #expect(events(in: commits) == outcome.events)
    }

    @Test func doingAgainHasAnEnd() throws {
        let commits = try opened()
        let outcome = commits.perform(
            (0..<100).map { index in
                write { transaction in
                    if index % 2 == 0 {
                        try transaction.append(event("\(index)"))
                    } else {
                        try transaction.database.run("ROLLBACK")
                    }
                }
            })
        let kept = outcome.failures.indices.filter { outcome.failures[$0] == nil }
        #expect(outcome.events.map(\.type) == kept.map(String.init))
        #expect(events(in: commits) == outcome.events)
        #expect(kept.allSatisfy { $0 % 2 == 0 })
    }

    @Test func aClosedStoreAnswersClosed() throws {
        let commits = try opened()
        commits.close()
        #expect(commits.perform([write { try $0.append(event("late")) }]).failures.map { $0?.code } == [.closed])
    }
}

/// What a body saw. The jobs of these tests run on the test's own thread.
private final class Found<T>: @unchecked Sendable {
    var value: T?
}

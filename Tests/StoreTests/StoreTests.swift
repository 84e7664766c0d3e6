import Reactor
import Testing
import Time

@testable import Store

private struct Refusal: Error {}

/// The store over a loop: the real one with its thread, and the simulated one.
@Suite(.everyStoreKind) struct StoreTests {
    @Test func whatWasWrittenIsReadAndSurvivesClosing() async throws {
        let directory = TemporaryDirectory()
        let location = StoreLocation.directory(directory.path)
        try await spawn {
            let store = try await Store.open(location, world: .real(), configuration: StoreKind.current.configuration)
            let position = try await store.write { try $0.add(incoming("m1")) }
            #expect(try await store.read { try $0.message(at: position)?.id } == "m1")
            await store.close()
            let again = try await Store.open(location, world: .real(), configuration: StoreKind.current.configuration)
            #expect(try await again.read { try $0.message(at: position)?.id } == "m1")
            await again.close()
        }.value
    }

    @Test func aReadSeesEveryEarlierWrite() async throws {
        try await spawn {
            let store = try await Store.open(
                StoreKind.anywhere, world: .real(), configuration: StoreKind.current.configuration)
            for index in 0..<50 {
                store.write({ try $0.setSetting("n", to: [UInt8(index)]) }, completion: { _ in })
                #expect(try await store.read { try $0.setting("n") } == [UInt8(index)])
            }
            await store.close()
        }.value
    }

    @Test func theWritesOfATurnShareACommitAndComeBackInOrder() async throws {
        try await spawn {
            let store = try await Store.open(
                StoreKind.anywhere, world: .real(), configuration: StoreKind.current.configuration)
            var commits: [[Int64]] = []
            var order: [String] = []
            store.onEvents = { events in
                commits.append(events.map(\.seq))
                order.append("events")
            }
            for index in 0..<10 {
                store.write(
                    { transaction in
                        try transaction.append(event("e\(index)"))
                        if index == 4 { throw Refusal() }
                    },
                    completion: { result in
                        order.append("\(index)")
                        #expect((try? result.get()) == nil ? index == 4 : index != 4)
                    })
            }
            #expect(order.isEmpty, "no completion within the call")
            _ = try await store.read { try $0.lastEventSeq() }
            #expect(commits == [Array(1...9)])
            #expect(order == ["events"] + (0..<10).map(String.init))
            await store.close()
        }.value
    }

    @Test func tasksThatWaitForOneCommitShareTheNext() async throws {
        try await spawn {
            let store = try await Store.open(
                StoreKind.anywhere, world: .real(), configuration: StoreKind.current.configuration)
            var commits: [Int] = []
            store.onEvents = { commits.append($0.count) }
            let tasks = (0..<20).map { index in
                spawn {
                    _ = try await store.write { try $0.append(event("a\(index)")) }
                    _ = try await store.write { try $0.append(event("b\(index)")) }
                }
            }
            for task in tasks { try await task.value }
            #expect(commits == [20, 20])
            await store.close()
        }.value
    }

    @Test func aClosedStoreRefusesAndHasFinishedWhatItTook() async throws {
        let directory = TemporaryDirectory()
        let location = StoreLocation.directory(directory.path)
        try await spawn {
            let store = try await Store.open(location, world: .real(), configuration: StoreKind.current.configuration)
            for index in 0..<100 {
                store.write({ try $0.append(event("e\(index)")) }, completion: { _ in })
            }
            await store.close()
            await #expect(throws: StoreError(.closed, "")) { try await store.read { try $0.lastEventSeq() } }
            await store.close()
            let again = try await Store.open(location, world: .real(), configuration: StoreKind.current.configuration)
            #expect(try await again.read { try $0.lastEventSeq() } == 100)
            await again.close()
        }.value
    }

    @Test func aQueueThatIsTooLongRefuses() async throws {
        try await spawn {
            var configuration = StoreKind.current.configuration
            configuration.maximumPending = 3
            let world = World.real()
            let store = try await Store.open(StoreKind.anywhere, world: world, configuration: configuration)
            var codes: [StoreError.Code?] = []
            for _ in 0..<5 {
                store.write(
                    { try $0.append(event("e")) },
                    completion: { result in
                        if case .failure(let error) = result { codes.append(error.code) } else { codes.append(nil) }
                    })
            }
            while codes.count < 5 { await world.clock.sleep(for: .milliseconds(1)) }
            #expect(codes.filter { $0 == .overloaded }.count == 2)
            #expect(try await store.read { try $0.lastEventSeq() } == 3)
            await store.close()
        }.value
    }

    @Test func aLongQueueIsCutIntoBatchesInOrder() async throws {
        try await spawn {
            var configuration = StoreKind.current.configuration
            configuration.maximumBatch = 7
            let store = try await Store.open(StoreKind.anywhere, world: .real(), configuration: configuration)
            var seen: [Int64] = []
            store.onEvents = { seen += $0.map(\.seq) }
            for _ in 0..<50 { store.write({ try $0.append(event("e")) }, completion: { _ in }) }
            #expect(try await store.read { try $0.lastEventSeq() } == 50)
            #expect(seen == Array(1...50))
            await store.close()
        }.value
    }

    @Test func openingSaysWhatIsWrong() async throws {
        let directory = TemporaryDirectory()
        let location = StoreLocation.directory(directory.path)
        try await spawn {
            let store = try await Store.open(location, world: .real(), configuration: StoreKind.current.configuration)
            try await store.write { try $0.database.execute(script: "PRAGMA user_version = 99") }
            await store.close()
            await #expect(throws: StoreError(.newerVersion, "")) {
                _ = try await Store.open(location, world: .real(), configuration: StoreKind.current.configuration)
            }
        }.value
    }

    @Test func itRunsInASimulationToo() async throws {
        let trace = try await SimulatedWorld.run(seed: 1) { simulation in
            let world = simulation.host("alice")
            let store = try await Store.open(.memory, world: world)
            var seen: [Int64] = []
            store.onEvents = { seen += $0.map(\.seq) }
            let start = world.clock.now
            for index in 0..<5 { _ = try await store.write { try $0.append(event("e\(index)")) } }
            #expect(world.clock.now == start, "disks take no virtual time")
            await store.close()
            return seen
        }
        #expect(trace == [1, 2, 3, 4, 5])
    }
}

import Reactor
import Testing
import Time

/// Waiting for something to hold.
@Suite struct ConditionTests {
    @NetworkActor private final class Count {
        var number = 0 { didSet { changes.changed() } }
        let changes = Condition()
    }

    @Test func whatHoldsIsNotWaitedFor() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let clock = simulation.host("one").clock
            #expect(await Condition().wait(on: clock) { true })
            #expect(await !Condition().wait(until: clock.now, on: clock) { false })
            #expect(simulation.elapsed == .zero)
        }
    }

    @Test func everybodyWaitsForTheirOwn() async throws {
        try await SimulatedWorld.run(seed: 2) { simulation in
            let clock = simulation.host("one").clock
            let (count, began) = (Count(), clock.now)
            let waiting = (1...5).map { wanted in
                spawn { () -> Duration? in
                    let holds = await count.changes.wait(until: began + .seconds(4), on: clock) {
                        count.number >= wanted
                    }
                    return holds ? clock.now - began : nil
                }
            }
            for _ in 1...4 {
                await clock.sleep(for: .milliseconds(900))
                count.number += 1
            }
            var times: [Duration?] = []
            for task in waiting { times.append(await task.value) }
            #expect(times == [900, 1800, 2700, 3600].map { .milliseconds($0) } + [nil])
            #expect(simulation.elapsed == .seconds(4))
        }
    }

    @Test func nobodyIsWokenForNothing() async throws {
        try await SimulatedWorld.run(seed: 3) { simulation in
            let clock = simulation.host("one").clock
            let count = Count()
            var looks = 0
            await count.changes.wait(until: clock.now + .seconds(3600), on: clock) {
                looks += 1
                return false
            }
            #expect(looks == 2, "once before, and once at the end")
        }
    }

    @Test func cancellationEndsIt() async throws {
        try await SimulatedWorld.run(seed: 4) { simulation in
            let clock = simulation.host("one").clock
            let count = Count()
            let task = spawn { await count.changes.wait(on: clock) { count.number > 0 } }
            await clock.sleep(for: .seconds(1))
            task.cancel()
            #expect(await !task.value)
            let late = spawn { await count.changes.wait(on: clock) { count.number > 0 } }
            late.cancel()
            #expect(await !late.value)
        }
    }
}

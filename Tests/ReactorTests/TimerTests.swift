import Testing
import Time

@testable import Reactor

@Suite(.timeLimit(.minutes(15))) struct TimerTests {
    @Test func firesInOrderOfDeadlineAndThenOfScheduling() async {
        let order = await spawn {
            let queue = TimerQueue()
            var order: [Int] = []
            for (index, deadline) in [30, 10, 20, 10, 30, 10].enumerated() {
                _ = queue.schedule(at: UInt64(deadline)) { order.append(index) }
            }
            queue.fireDue(now: 20)
            let first = order
            queue.fireDue(now: 30)
            return (first, order)
        }.value
        #expect(order.0 == [1, 3, 5, 2])
        #expect(order.1 == [1, 3, 5, 2, 0, 4])
    }

    @Test func aCancelledTimerDoesNotRun() async {
        await spawn {
            let queue = TimerQueue()
            var ran = 0
            let kept = queue.schedule(at: 1) { ran += 1 }
            let cancelled = queue.schedule(at: 1) { ran += 100 }
            #expect(cancelled.isPending)
            cancelled.cancel()
            cancelled.cancel()
            #expect(!cancelled.isPending)
            queue.fireDue(now: 1)
            #expect(ran == 1 && queue.count == 0 && !kept.isPending)
            kept.cancel()
        }.value
    }

    @Test func aTimerMayCancelItsNeighbourAndScheduleAnother() async {
        await spawn {
            let queue = TimerQueue()
            var log: [String] = []
            var victim: Timer?
            _ = queue.schedule(at: 1) {
                log.append("first")
                victim?.cancel()
                _ = queue.schedule(at: 0) { log.append("late") }
            }
            victim = queue.schedule(at: 1) { log.append("victim") }
            queue.fireDue(now: 5)
            #expect(log == ["first"], "what a timer schedules waits for the next turn")
            queue.fireDue(now: 5)
            #expect(log == ["first", "late"])
        }.value
    }

    /// Against a sorted array as the model.
    @Test func hundredThousandTimersKeepTheirOrder() async {
        await spawn {
            let random = SeededRandomSource(seed: 42)
            let queue = TimerQueue()
            var expected: [(deadline: UInt64, index: Int)] = []
            var fired: [Int] = []
            fired.reserveCapacity(100_000)
            var timers: [Timer] = []
            for index in 0..<100_000 {
                let deadline = random.next(below: 10_000 as UInt64)
                timers.append(queue.schedule(at: deadline) { fired.append(index) })
                expected.append((deadline, index))
            }
            var alive: [(deadline: UInt64, index: Int)] = []
            for entry in expected {
                if random.next(below: 3) == 0 { timers[entry.index].cancel() } else { alive.append(entry) }
            }
            alive.sort { $0.deadline < $1.deadline || ($0.deadline == $1.deadline && $0.index < $1.index) }
            for now in stride(from: 0 as UInt64, through: 10_000, by: 250) { queue.fireDue(now: now) }
            #expect(fired == alive.map(\.index))
            #expect(queue.count == 0)
        }.value
    }

    @Test func theSystemClockWakesAfterTheDelayAndNotLongAfter() async {
        let elapsed = await spawn {
            let clock = World.real().clock
            let start = clock.now
            await clock.sleep(for: .milliseconds(30))
            return clock.now - start
        }.value
        #expect(elapsed >= .milliseconds(30))
        #expect(elapsed < .seconds(20), "on a busy machine")
    }

    @Test func cancellationWakesASleeper() async {
        await spawn {
            let clock = World.real().clock
            let sleeper = spawn { () async -> Bool in
                await clock.sleep(for: .seconds(3600))
                return Task.isCancelled
            }
            await clock.sleep(for: .milliseconds(5))
            sleeper.cancel()
            #expect(await sleeper.value)
        }.value
    }

    @Test func cancellationFromAnotherThreadWakesASleeper() async {
        let sleeper = spawn { () async -> Bool in
            await World.real().clock.sleep(for: .seconds(3600))
            return Task.isCancelled
        }
        sleeper.cancel()
        #expect(await sleeper.value)
    }
}

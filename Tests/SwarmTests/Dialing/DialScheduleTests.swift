import Testing
import Time

@testable import Swarm

@Suite("Dial schedule")
struct DialScheduleTests {
    private let start = Instant(nanoseconds: 1_000_000_000)
    private let step = Duration.milliseconds(250)

    private func schedule(_ count: Int, concurrency: Int = 8) -> DialSchedule {
        DialSchedule(staggers: [Duration](repeating: step, count: count), concurrency: concurrency)
    }

    @Test("begins one attempt at a time, a stagger apart")
    func staggers() {
        var schedule = schedule(3)
        #expect(schedule.advance(now: start) == .begin([0], next: start + step))
        #expect(schedule.advance(now: start + .milliseconds(100)) == .begin([], next: start + step))
        #expect(schedule.advance(now: start + step) == .begin([1], next: start + step * 2))
        #expect(schedule.advance(now: start + step * 2) == .begin([2], next: nil))
    }

    @Test("a failure brings the next attempt forward")
    func failureAdvances() {
        var schedule = schedule(2)
        _ = schedule.advance(now: start)
        let soon = start + .milliseconds(10)
        #expect(schedule.failed(0, now: soon) == .begin([1], next: nil))
        #expect(schedule.failed(1, now: soon) == .exhausted)
    }

    @Test("an early attempt that fails late does not hurry the others")
    func lateFailure() {
        var schedule = schedule(3)
        _ = schedule.advance(now: start)
        _ = schedule.advance(now: start + step)
        let late = start + step + .milliseconds(1)
        #expect(schedule.failed(0, now: late) == .begin([], next: start + step * 2))
    }

    @Test("never more at once than allowed")
    func concurrency() {
        var schedule = schedule(3, concurrency: 2)
        _ = schedule.advance(now: start)
        #expect(schedule.advance(now: start + step) == .begin([1], next: nil))
        #expect(schedule.advance(now: start + step * 9) == .begin([], next: nil))
        #expect(schedule.failed(0, now: start + step * 9) == .begin([2], next: nil))
    }

    @Test("without addresses it is exhausted at once")
    func empty() {
        var schedule = schedule(0)
        #expect(schedule.advance(now: start) == .exhausted)
    }
}

@Suite("Dial back-off")
struct DialBackoffTests {
    @Test("5 s + 1 s per failure squared, at most 5 minutes")
    func growth() {
        let now = Instant(nanoseconds: 7)
        var backoff = DialBackoff()
        #expect(backoff.remaining(now: now) == nil)
        for expected in [6, 9, 14, 21, 30] {
            backoff.failed(now: now)
            #expect(backoff.remaining(now: now) == .seconds(expected))
        }
        for _ in 0..<100 { backoff.failed(now: now) }
        #expect(backoff.remaining(now: now) == .seconds(300))
        #expect(backoff.remaining(now: now + .seconds(300)) == nil)
        backoff.succeeded()
        #expect(backoff.remaining(now: now) == nil)
    }
}

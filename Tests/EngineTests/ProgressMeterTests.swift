import Testing
import Time

@testable import Engine

@Suite struct ProgressMeterTests {
    private let start = Instant(nanoseconds: 1_000_000_000_000)

    private func after(_ milliseconds: Int64) -> Instant { start + .milliseconds(milliseconds) }

    @Test func nothingIsToldOfWhatIsShort() {
        var meter = ProgressMeter(start: start)
        for time in 0..<250 { #expect(meter.advance(to: Int64(time), of: 250, now: after(Int64(time))) == nil) }
        #expect(meter.advance(to: 250, of: 250, now: after(250)) != nil)
    }

    /// However often it is told how far things are, and whatever the phase.
    @Test func atMostFourASecond() {
        var meter = ProgressMeter(start: start)
        var told: [Int64] = []
        for time in 0...10_000 {
            let phase = time / 7 % 2 == 0 ? "a" : "b"
            guard meter.advance(to: 1, phase: phase, now: after(Int64(time))) != nil else { continue }
            told.append(Int64(time))
        }
        #expect(told.count == 40)
        for (one, other) in zip(told, told.dropFirst()) { #expect(other - one >= 250) }
    }

    @Test func rateAndEstimate() throws {
        var meter = ProgressMeter(start: start)
        var last: Progress?
        // 1000 a second, steadily.
        for time in stride(from: 0, through: 5000, by: 10) {
            last = meter.advance(to: Int64(time), of: 10_000, phase: "only", now: after(Int64(time))) ?? last
        }
        let progress = try #require(last)
        #expect(progress.done == 5000 && progress.total == 10_000 && progress.phase == "only")
        #expect(abs(try #require(progress.rate) - 1000) < 1)
        #expect(abs(try #require(progress.remaining).millisecondsClamped - 5000) < 20)
    }

    @Test func aPauseShows() throws {
        var meter = ProgressMeter(start: start)
        for time in stride(from: 0, through: 4000, by: 250) {
            _ = meter.advance(to: Int64(time), of: 10_000, now: after(Int64(time)))
        }
        var rates: [Double] = []
        for time in stride(from: 4250, through: 14_000, by: 250) {
            if let rate = meter.advance(to: 4000, of: 10_000, now: after(Int64(time)))?.rate { rates.append(rate) }
        }
        #expect(rates == rates.sorted(by: >))
        #expect(try #require(rates.first) > 800)
        #expect(try #require(rates.last) < 60)
    }

    /// Nobody knows how much there is, or nothing moves: then there is no estimate, and no division by nothing.
    @Test func withoutATotal() {
        var meter = ProgressMeter(start: start)
        #expect(
            meter.advance(to: 5, now: after(300))
                == Progress(
                    done: 5, total: nil, rate: 5 / 0.3, remaining: nil, phase: nil))
        #expect(meter.advance(to: 5, of: .max, now: after(600))?.done == 5)
        var still = ProgressMeter(start: start)
        #expect(
            still.advance(to: 0, of: 9, now: after(500))
                == Progress(
                    done: 0, total: 9, rate: 0, remaining: nil, phase: nil))
        // Less than before, and a clock that has not moved.
        #expect(still.advance(to: -3, of: 9, now: after(750))?.rate == 0)
        #expect(still.advance(to: .max, of: 9, now: after(750)) == nil)
    }
}

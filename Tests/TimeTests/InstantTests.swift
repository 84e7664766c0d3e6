import TestSupport
import Testing
import Time

@Suite struct InstantTests {
    @Test func differencesAreExactAndSigned() {
        let early = Instant(nanoseconds: 1)
        let late = Instant(nanoseconds: 3_000_000_002)
        #expect(late - early == .nanoseconds(3_000_000_001))
        #expect(early - late == .nanoseconds(-3_000_000_001))
        #expect(Instant.distantFuture - Instant(nanoseconds: 0) == .seconds(18_446_744_073) + .nanoseconds(709_551_615))
    }

    @Test func additionSaturates() {
        let origin = Instant(nanoseconds: 0)
        #expect(origin + .seconds(1) == Instant(nanoseconds: 1_000_000_000))
        #expect(origin + .seconds(-1) == origin)
        #expect(Instant.distantFuture + .seconds(1) == .distantFuture)
        #expect(Instant(nanoseconds: .max - 5) + .seconds(Int64.max) == .distantFuture)
        #expect(Instant(nanoseconds: 5) + .seconds(Int64.min) == origin)
        var moving = origin
        moving += .milliseconds(2)
        #expect(moving == Instant(nanoseconds: 2_000_000))
    }

    @Test func orderIsTheClocks() {
        #expect(Instant(nanoseconds: 1) < Instant(nanoseconds: 2))
        #expect(Instant(nanoseconds: .max) == .distantFuture)
    }

    @Test func addingADifferenceGivesBackTheInstant() {
        var random = SplitMix64(seed: 1)
        for _ in 0..<10_000 {
            let first = Instant(nanoseconds: random.next() >> 1)
            let second = Instant(nanoseconds: random.next() >> 1)
            #expect(first + (second - first) == second)
        }
    }
}

@Suite struct DurationTests {
    @Test(arguments: [
        (Duration.zero, Int64(0), Int64(0)),
        (.milliseconds(1500), 1_500_000_000, 1500),
        (.milliseconds(-1500), -1_500_000_000, -1500),
        (.nanoseconds(999_999), 999_999, 0),
        (.nanoseconds(-999_999), -999_999, 0),
        (.nanoseconds(Int64.max), .max, 9_223_372_036_854),
        (.seconds(Int64.max), .max, .max),
        (.seconds(Int64.min), .min, .min),
        (.seconds(9_223_372_036_854_775), .max, 9_223_372_036_854_775_000),
        (.seconds(9_223_372_036_854_775) + .milliseconds(808), .max, .max),
        (.seconds(-9_223_372_036_854_775) - .milliseconds(809), .min, .min),
    ])
    func clamps(duration: Duration, nanoseconds: Int64, milliseconds: Int64) {
        #expect(duration.nanosecondsClamped == nanoseconds)
        #expect(duration.millisecondsClamped == milliseconds)
    }
}

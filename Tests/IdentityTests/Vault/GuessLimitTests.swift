import Identity
import Testing

/// Wrong passphrases cost time, ever more, but never for ever.
@Suite struct GuessLimitTests {
    @Test func doublesUpToAMinute() {
        var limit = GuessLimit()
        var now = 100.0
        #expect(limit.wait(at: now) == nil)
        limit.failed(at: now)
        #expect(limit.wait(at: now) == nil)
        for expected in [1.0, 2, 4, 8, 16, 32, 60, 60, 60] {
            limit.failed(at: now)
            #expect(limit.wait(at: now) == expected)
            #expect(limit.wait(at: now + expected - 0.5) == 0.5)
            now += expected
            #expect(limit.wait(at: now) == nil)
        }
        for _ in 0..<1000 { limit.failed(at: now) }
        #expect(limit.wait(at: now) == GuessLimit.longest)
        limit.succeeded()
        #expect(limit.wait(at: now) == nil)
    }
}

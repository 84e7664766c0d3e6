import Testing
import Time

@testable import Engine

@Suite struct BotGuardTests {
    private func at(_ seconds: Int) -> Instant { Instant(nanoseconds: 0) + .seconds(1000 + seconds) }

    @Test func itSaysNoMoreThanPeopleRead() {
        var guarding = BotGuard()
        for _ in 0..<20 { #expect(guarding.admit("a", now: at(0)) == nil) }
        #expect(guarding.admit("a", now: at(0)) == .tooFast(.seconds(1)))
        #expect(guarding.admit("b", now: at(0)) == nil)
        #expect(guarding.admit("a", now: at(1)) == nil)
        #expect(guarding.admit("a", now: at(1)) != nil)
    }

    @Test func turnsWithBotsEndUntilAPersonSpeaks() {
        var guarding = BotGuard()
        for turn in 0..<3 {
            guarding.heard("a", isBot: true, now: at(turn * 20))
            // More than one line is one turn.
            #expect(guarding.admit("a", now: at(turn * 20 + 10)) == nil)
            #expect(guarding.admit("a", now: at(turn * 20 + 10)) == nil)
        }
        guarding.heard("a", isBot: true, now: at(60))
        #expect(guarding.admit("a", now: at(70)) == .loop)
        #expect(guarding.admit("b", now: at(70)) == nil)
        guarding.heard("a", isBot: false, now: at(80))
        #expect(guarding.admit("a", now: at(81)) == nil)
        guarding.heard("a", isBot: true, now: at(82))
        #expect(guarding.admit("a", now: at(83)) == nil)
    }

    @Test func botsThatMeetByChanceGoOn() {
        var guarding = BotGuard()
        // One speaks every ten minutes, and another half a minute before.
        for round in 0..<100 {
            guarding.heard("a", isBot: true, now: at(round * 600))
            #expect(guarding.admit("a", now: at(round * 600 + 30)) == nil)
        }
        // One that is two minutes behind takes no turns at all.
        for round in 1000..<1100 {
            guarding.heard("a", isBot: true, now: at(round * 180))
            #expect(guarding.admit("a", now: at(round * 180 + 120)) == nil)
        }
    }

    @Test func slowBotsFallSilentToo() {
        var (one, other) = (BotGuard(), BotGuard())
        var said = 0
        var now = 0
        other.heard("a", isBot: true, now: at(now))
        while said < 100 {
            now += 20
            guard other.admit("a", now: at(now)) == nil else { break }
            one.heard("a", isBot: true, now: at(now))
            said += 1
            swap(&one, &other)
        }
        #expect(said == 6)
    }
}

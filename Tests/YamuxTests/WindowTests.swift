import Testing
import Time

@testable import Yamux

@Suite struct SendWindowTests {
    @Test func creditUpToTheGreatestValue() {
        var window = SendWindow()
        #expect(window.available == 262_144)
        #expect(window.credit(.max - 262_144) == true)
        #expect(window.available == .max)
        #expect(window.credit(1) == false)
        #expect(window.available == .max)
    }

    @Test func spending() {
        var window = SendWindow(10)
        window.spend(4)
        #expect(window.available == 6)
        window.spend(6)
        #expect(window.available == 0)
    }
}

@Suite struct ReceiveWindowTests {
    private let start = Instant(nanoseconds: 0)

    @Test func takesExactlyItsSize() {
        var window = ReceiveWindow()
        #expect(window.receive(262_144, now: start) == true)
        #expect(window.receive(1, now: start) == false)
        #expect(window.available == 0)
    }

    @Test func givesBackFromHalf() {
        var window = ReceiveWindow()
        _ = window.receive(131_072, now: start)
        #expect(!window.isUpdateDue(buffered: 1))
        #expect(window.isUpdateDue(buffered: 0))
        #expect(window.open(buffered: 0, now: start) == 131_072)
        #expect(window.available == 262_144)
        #expect(!window.isUpdateDue(buffered: 0))
    }

    @Test func unreadBytesAreNotGivenBack() {
        var window = ReceiveWindow()
        _ = window.receive(262_144, now: start)
        #expect(window.credit(buffered: 262_144) == 0)
        #expect(window.open(buffered: 100_000, now: start) == 162_144)
        #expect(window.available == 162_144)
    }

    @Test func growsWhenUsedUpWithinFourRoundTrips() {
        var window = ReceiveWindow()
        let trip = Duration.milliseconds(10)
        let maximum: UInt32 = 16 << 20
        #expect(window.grownSize(roundTripTime: trip, now: start, maximum: maximum) == nil)
        _ = window.receive(131_072, now: start)
        #expect(window.grownSize(roundTripTime: nil, now: start, maximum: maximum) == nil)
        let late = start + .milliseconds(40)
        #expect(window.grownSize(roundTripTime: trip, now: late, maximum: maximum) == nil)
        let soon = start + .milliseconds(39)
        #expect(window.grownSize(roundTripTime: trip, now: soon, maximum: maximum) == 524_288)
        #expect(window.grownSize(roundTripTime: trip, now: soon, maximum: 300_000) == 300_000)
        window.grow(to: 524_288)
        #expect(window.growth == 262_144)
        #expect(window.open(buffered: 0, now: soon) == 131_072 + 262_144)
    }

    @Test func budget() {
        var budget = WindowBudget(100)
        #expect(budget.reserve(60) == true)
        #expect(budget.reserve(41) == false)
        #expect(budget.reserve(40) == true)
        budget.release(60)
        #expect(budget.available == 60)
    }
}

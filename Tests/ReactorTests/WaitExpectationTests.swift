import Testing

@testable import Reactor

@Suite("When the loop looks before it sleeps")
struct WaitExpectationTests {
    @Test("not at first, and not after a long wait")
    func sparse() {
        var expectation = WaitExpectation()
        #expect(!expectation.isShort)
        expectation.waited(1_000_000)
        #expect(!expectation.isShort)
    }

    @Test("after a wait that was over at once, until it has looked in vain")
    func busy() {
        var expectation = WaitExpectation()
        expectation.waited(20_000)
        #expect(expectation.isShort)
        expectation.missed()
        #expect(!expectation.isShort)
        expectation.waited(90_000)
        #expect(expectation.isShort)
        expectation.waited(200_000)
        #expect(!expectation.isShort)
    }

    @Test("work from other threads and timers are seen while it looks")
    func seen() async throws {
        let world = World.real()
        for _ in 0..<200 {
            let value = try await spawn { try await world.workers.run { 7 } }.value
            #expect(value == 7)
            await spawn { await world.clock.sleep(for: .microseconds(20)) }.value
        }
    }
}

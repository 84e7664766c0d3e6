import Identity
import TestSupport
import Testing
import Time

@testable import Messaging

@Suite("How much each peer may send")
struct InboundRateTests {
    private let start = Instant(nanoseconds: 1_000_000_000)

    /// A peer id of its own for each number, without the cost of a key.
    private func peer(_ number: Int) throws -> PeerID {
        let key: [UInt8] = (0..<32).map { UInt8(truncatingIfNeeded: $0 < 8 ? number >> ($0 * 8) : 7) }
        return try PeerID(bytes: [0, 36, 8, 1, 18, 32] + key)
    }

    @Test("however many strangers are busy, nobody else is told to come again later")
    func strangers() throws {
        var rate = InboundRate(MessagingConfiguration())
        for number in 0..<5000 {
            let delay = rate.admit(100, from: try peer(number), now: start + .microseconds(number))
            #expect(delay == nil)
        }
        let delay = rate.admit(100, from: try peer(9999), now: start + .milliseconds(6))
        #expect(delay == nil)
    }

    @Test("a peer that sends more than its measure waits, and others do not")
    func measure() throws {
        var configuration = MessagingConfiguration()
        configuration.inboundMessages = (burst: 10, perSecond: 5)
        var rate = InboundRate(configuration)
        let (busy, other) = (try peer(1), try peer(2))
        let delays = (0..<11).map { _ in rate.admit(100, from: busy, now: start) }
        #expect(delays == [Duration?](repeating: nil, count: 10) + [.milliseconds(200)])
        let otherDelay = rate.admit(100, from: other, now: start)
        #expect(otherDelay == nil)
    }
}

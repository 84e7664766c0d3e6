import Store
import TestSupport
import Testing
import Time

@testable import Messaging

/// A message at a position, whose id tells the position.
private func message(_ position: Int64, size: Int = 10) -> StoredMessage {
    StoredMessage(
        position: position,
        content: NewMessage(
            id: MessageID(high: 0, low: UInt64(position)).description, author: "me", chat: "bob", isOutgoing: true,
            sentAt: Timestamp(milliseconds: 0), storedAt: Timestamp(milliseconds: 0), contentType: "text/plain",
            body: Array(repeating: 1, count: size), state: .accepted, digest: [], signature: []))
}

private let start = Instant(nanoseconds: 0)

@Suite struct PeerQueueTests {
    private func pipelined(_ count: Int64, window: Int = 64) -> PeerQueue {
        var limits = PeerQueue.Limits()
        limits.window = window
        var queue = PeerQueue(limits: limits, hasBacklog: false)
        queue.isPipelined = true
        for position in 0..<count { queue.enqueue(message(position + 1)) }
        return queue
    }

    private func departures(_ queue: inout PeerQueue, now: Instant = start) -> [PeerQueue.Departure] {
        var found: [PeerQueue.Departure] = []
        while let next = queue.next(now: now) { found.append(next) }
        return found
    }

    @Test func aWindowGoesOutEachNamingTheOneBefore() {
        var queue = pipelined(3, window: 3)
        queue.enqueue(message(4))
        let out = departures(&queue)
        #expect(out.map(\.message.position) == [1, 2, 3])
        #expect(out.map { $0.after?.low } == [nil, 1, 2])
        #expect(queue.answered(.delivered, to: out[1], now: start, entropy: 0) == .delivered)
        #expect(departures(&queue).isEmpty, "the fourth is in the store alone")
        #expect(queue.answered(.delivered, to: out[0], now: start, entropy: 0) == .delivered)
        let load = queue.nextLoad()
        #expect(load?.after == 3 && load?.limit == 2)
        queue.loaded([message(4)], limit: 2)
        #expect(departures(&queue).map { $0.after?.low } == [3])
    }

    @Test func untilTheProtocolIsKnownOneGoesAtATime() {
        var queue = pipelined(3)
        queue.isPipelined = false
        let out = departures(&queue)
        #expect(out.map(\.message.position) == [1])
        queue.isPipelined = true
        #expect(departures(&queue).map(\.message.position) == [2, 3])
    }

    @Test func aLargeMessageGoesAlone() {
        var queue = PeerQueue(hasBacklog: false)
        queue.isPipelined = true
        queue.enqueue(message(1))
        queue.enqueue(message(2, size: 65_537))
        queue.enqueue(message(3))
        let first = departures(&queue)
        #expect(first.map(\.message.position) == [1])
        _ = queue.answered(.delivered, to: first[0], now: start, entropy: 0)
        let second = departures(&queue)
        #expect(second.map(\.message.position) == [2])
        _ = queue.answered(.delivered, to: second[0], now: start, entropy: 0)
        #expect(departures(&queue).map(\.message.position) == [3])
    }

    @Test func whatIsRefusedForItsOrderWaitsForTheOnesBefore() {
        var queue = pipelined(3)
        let out = departures(&queue)
        #expect(queue.answered(.outOfOrder, to: out[2], now: start, entropy: 0) == nil)
        #expect(queue.answered(.outOfOrder, to: out[1], now: start, entropy: 0) == nil)
        #expect(departures(&queue).isEmpty, "no busy loop while the first is under way")
        _ = queue.answered(.delivered, to: out[0], now: start, entropy: 0)
        #expect(departures(&queue).map { $0.after?.low } == [nil, 2])
    }

    @Test func aFailureForGoodLetsTheNextGoWithoutIt() {
        var queue = pipelined(2)
        let out = departures(&queue)
        _ = queue.answered(.outOfOrder, to: out[1], now: start, entropy: 0)
        #expect(queue.answered(.refused("no"), to: out[0], now: start, entropy: 0) == .failed("no"))
        #expect(departures(&queue).map { $0.after?.low } == [nil])
    }

    @Test func failuresOfOneWindowAreOneFailure() {
        var queue = pipelined(64)
        let out = departures(&queue)
        #expect(out.count == 64)
        for departure in out { _ = queue.answered(.unreachable, to: departure, now: start, entropy: .max) }
        let until = queue.pausedUntil ?? start
        #expect(until > start && until <= start + .seconds(1))
        #expect(departures(&queue).isEmpty)
        // Nothing is held while nothing can go.
        #expect(queue.nextLoad() == nil)
        #expect(departures(&queue, now: until).isEmpty)
        let load = queue.nextLoad()
        #expect(load?.after == 0 && load?.limit == 64)
    }

    @Test func aConnectionEndsThePauseAndOldFailuresDoNotRenewIt() {
        var queue = pipelined(2)
        let out = departures(&queue)
        _ = queue.answered(.unreachable, to: out[0], now: start, entropy: .max)
        queue.wake()
        #expect(queue.pausedUntil == nil)
        _ = queue.answered(.unreachable, to: out[1], now: start, entropy: .max)
        #expect(queue.pausedUntil == nil)
        #expect(departures(&queue).map(\.message.position) == [1, 2])
    }

    @Test func aPeerWithoutAProtocolIsGivenAFewTries() {
        var queue = pipelined(2)
        queue.isPipelined = false
        var now = start
        for _ in 1..<PeerQueue.toleratedUnsupported {
            let out = departures(&queue, now: now)
            #expect(queue.answered(.unsupported, to: out[0], now: now, entropy: 1) == nil)
            now = queue.pausedUntil ?? now
            _ = queue.next(now: now)
            if let load = queue.nextLoad() { queue.loaded([message(1), message(2)], limit: load.limit) }
        }
        let out = departures(&queue, now: now)
        let settled = queue.answered(.unsupported, to: out[0], now: now, entropy: 1)
        guard case .failed = settled else {
            Issue.record("\(String(describing: settled))")
            return
        }
    }

    @Test func aBusyPeerIsLeftAloneAsLongAsItAsks() {
        var queue = pipelined(1)
        let out = departures(&queue)
        _ = queue.answered(.busy(retryAfter: .seconds(20)), to: out[0], now: start, entropy: 0)
        #expect(queue.pausedUntil == start + .seconds(20))
    }

    @Test func aFirstMessageThatIsCalledOutOfOrderIsAFailure() {
        var queue = pipelined(1)
        let out = departures(&queue)
        _ = queue.answered(.outOfOrder, to: out[0], now: start, entropy: .max)
        #expect(queue.pausedUntil != nil)
    }

    @Test func heldBytesAreBounded() {
        var limits = PeerQueue.Limits()
        limits.heldBytes = 1000
        var queue = PeerQueue(limits: limits, hasBacklog: false)
        queue.isPipelined = true
        for position in 1...20 { queue.enqueue(message(Int64(position), size: 300)) }
        #expect(departures(&queue).map(\.message.position) == [1, 2, 3])
        #expect(queue.nextLoad() == nil)
    }

    @Test func backOffDoublesToFiveMinutes() {
        var backoff = RetryBackoff()
        var ceilings: [Duration] = []
        for _ in 0..<12 {
            ceilings.append(backoff.ceiling)
            let pause = backoff.next(entropy: .max)
            #expect(pause <= (ceilings.last ?? .zero) && pause > (ceilings.last ?? .zero) - .milliseconds(1))
        }
        #expect(ceilings == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300].map { Duration.seconds($0) })
        #expect(backoff.next(entropy: 0) == RetryBackoff.minimum)
        backoff.reset()
        #expect(backoff.ceiling == .seconds(1))
    }

    /// A queue against a receiver that keeps the order rule, over a network that delays, loses requests and answers,
    /// cuts everything, and a store that must be asked: all arrives, once, in order.
    @Test(arguments: 0..<60 as Range<UInt64>) func everythingArrivesOnceAndInOrder(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var limits = PeerQueue.Limits()
        limits.window = 1 + random.next(below: 8)
        limits.heldBytes = 400
        var queue = PeerQueue(limits: limits, hasBacklog: false)
        queue.isPipelined = true
        var now = start
        var stored: [StoredMessage] = []
        var outbox: [StoredMessage] = []
        var received: [Int64] = []
        var arrivals: Set<Int64> = []
        var requests: [PeerQueue.Departure] = []
        var answers: [(PeerQueue.Departure, PeerQueue.Answer)] = []
        var load: (after: Int64, limit: Int)?
        let total = 80
        var steps = 0
        while outbox.count > 0 || stored.count < total {
            steps += 1
            guard steps < 200_000 else {
                Issue.record("no end, \(outbox.count) left")
                return
            }
            switch random.next(below: 9) {
            case 0 where stored.count < total:
                let next = message(Int64(stored.count + 1), size: 1 + random.next(below: 200))
                stored.append(next)
                outbox.append(next)
                queue.enqueue(next)
            case 1...2:
                if let departure = queue.next(now: now) { requests.append(departure) }
            case 3:
                if load == nil { load = queue.nextLoad() }
            case 4:
                if let asked = load {
                    let found = outbox.filter { $0.position > asked.after }.prefix(asked.limit)
                    queue.loaded(Array(found), limit: asked.limit)
                    load = nil
                }
            case 5...6 where !requests.isEmpty:
                // Mostly in order, sometimes not, sometimes lost.
                let request = requests.remove(at: random.next(below: 4) == 0 ? random.next(below: requests.count) : 0)
                if random.next(below: 20) == 0 {
                    answers.append((request, .unreachable))
                } else if arrivals.contains(request.message.position) {
                    answers.append((request, .delivered))
                } else if let after = request.after, !arrivals.contains(Int64(after.low)) {
                    answers.append((request, .outOfOrder))
                } else if random.next(below: 30) == 0 {
                    answers.append((request, .busy(retryAfter: .seconds(1))))
                } else {
                    arrivals.insert(request.message.position)
                    received.append(request.message.position)
                    answers.append((request, random.next(below: 20) == 0 ? .unreachable : .delivered))
                }
            case 7 where !answers.isEmpty:
                let (departure, answer) = answers.remove(at: random.next(below: answers.count))
                let settled = queue.answered(answer, to: departure, now: now, entropy: random.next())
                if settled == .delivered { outbox.removeAll { $0.position == departure.message.position } }
                #expect((settled == .delivered) == (answer == .delivered))
            default:
                if random.next(below: 200) == 0 {
                    answers += requests.map { ($0, .unreachable) }
                    requests = []
                    queue.wake()
                }
                now = now + .milliseconds(random.next(below: 500))
            }
        }
        #expect(received == Array(1...Int64(total)))
    }
}

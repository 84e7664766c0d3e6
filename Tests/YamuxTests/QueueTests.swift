import TestSupport
import Testing
import Time

@testable import Yamux

@Suite struct ChunkQueueTests {
    /// Adds as `receive` does.
    private func append(_ bytes: [UInt8], to queue: inout ChunkQueue, following: Int = 0) {
        bytes.withUnsafeBytes { queue.append(copying: $0, following: following) }
    }

    @Test func wholeChunksComeOutAsTheyWentIn() {
        var queue = ChunkQueue()
        queue.append([UInt8](repeating: 1, count: 1000))
        queue.append([UInt8](repeating: 2, count: 2000))
        #expect(queue.count == 3000)
        #expect(queue.popFirst(limit: .max) == [UInt8](repeating: 1, count: 1000))
        #expect(queue.popFirst(limit: 500) == [UInt8](repeating: 2, count: 500))
        #expect(queue.popFirst(limit: .max) == [UInt8](repeating: 2, count: 1500))
        #expect(queue.popFirst(limit: .max) == nil)
        #expect(queue.isEmpty)
    }

    @Test func singleBytesShareChunks() {
        var queue = ChunkQueue()
        for index in 0..<10_000 { append([UInt8(truncatingIfNeeded: index)], to: &queue) }
        var chunks = 0
        var next = 0
        while let chunk = queue.popFirst(limit: .max) {
            chunks += 1
            for byte in chunk {
                #expect(byte == UInt8(truncatingIfNeeded: next))
                next += 1
            }
        }
        #expect(next == 10_000)
        #expect(chunks < 20)
    }

    @Test func announcedBytesFindRoom() {
        var queue = ChunkQueue()
        append([UInt8](repeating: 1, count: 40_000), to: &queue, following: 20_000)
        append([UInt8](repeating: 2, count: 20_000), to: &queue)
        #expect(queue.popFirst(limit: .max)?.count == 60_000)
    }

    @Test func aCallersChunkIsNeverWrittenTo() {
        var queue = ChunkQueue()
        var mine = [UInt8](repeating: 1, count: 600)
        mine.reserveCapacity(4096)
        queue.append(mine)
        append([2], to: &queue)
        queue.append([3])
        #expect(mine == [UInt8](repeating: 1, count: 600))
        #expect(queue.popFirst(limit: .max) == mine)
        #expect(queue.popFirst(limit: .max) == [2, 3])
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func behavesAsAFlatBuffer(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var queue = ChunkQueue()
        var model: [UInt8] = []
        for _ in 0..<300 {
            let size = [1, 2, 17, 300, 600, 5000].randomElement(using: &random) ?? 1
            switch Int.random(in: 0..<5, using: &random) {
            case 0:
                let bytes = random.bytes(size)
                queue.append(bytes)
                model += bytes
            case 1, 2:
                let bytes = random.bytes(size)
                append(bytes, to: &queue, following: Int.random(in: 0..<2000, using: &random))
                model += bytes
            case 3:
                let part = queue.popFirst(limit: size)
                #expect((part ?? []) == Array(model.prefix(part?.count ?? 0)))
                #expect(part?.isEmpty != true)
                model.removeFirst(part?.count ?? 0)
            default:
                let length = min(size, model.count)
                var moved = [UInt8](repeating: 0, count: length)
                moved.withUnsafeMutableBytes { queue.moveFirst(length, into: $0) }
                #expect(moved == Array(model.prefix(length)))
                model.removeFirst(length)
            }
            #expect(queue.count == model.count)
            #expect(queue.isEmpty == model.isEmpty)
        }
    }
}

@Suite struct SlotQueueTests {
    @Test func firstInFirstOutEachOnce() {
        var queue = SlotQueue()
        for slot in [3, 1, 3, 2] { queue.append(slot) }
        #expect(queue.first == 3)
        queue.rotate()
        #expect(queue.first == 1)
        queue.remove(2)
        queue.remove(7)
        queue.remove(1)
        #expect(queue.first == 3)
        queue.remove(3)
        #expect(queue.isEmpty && queue.first == nil)
    }

    @Test(arguments: 0..<10 as Range<UInt64>)
    func behavesAsAnOrderedList(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var queue = SlotQueue()
        var model: [Int] = []
        for _ in 0..<500 {
            let slot = Int.random(in: 0..<12, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0:
                queue.append(slot)
                if !model.contains(slot) { model.append(slot) }
            case 1:
                queue.remove(slot)
                model.removeAll { $0 == slot }
            default:
                queue.rotate()
                if !model.isEmpty { model.append(model.removeFirst()) }
            }
            #expect(queue.first == model.first)
        }
        while let slot = queue.first {
            #expect(slot == model.removeFirst())
            queue.remove(slot)
        }
        #expect(model.isEmpty)
    }
}

@Suite struct BoundedQueueTests {
    @Test func takesNoMoreThanItsLimit() {
        var queue = BoundedQueue<Int>(limit: 2)
        #expect(queue.append(1) && queue.append(2))
        #expect(queue.append(3) == false)
        for next in 1...100 {
            #expect(queue.popFirst() == next)
            #expect(queue.append(next + 2) == true)
            #expect(queue.count == 2)
        }
    }
}

@Suite struct BudgetTests {
    private let start = Instant(nanoseconds: 5)

    @Test func rateStartsAnewEachInterval() {
        var budget = RateBudget(3, per: .seconds(30))
        for _ in 0..<3 { #expect(budget.spend(now: start) == true) }
        #expect(budget.spend(now: start + .seconds(29)) == false)
        #expect(budget.spend(3, now: start + .seconds(30)) == true)
        #expect(budget.spend(now: start + .seconds(59)) == false)
        #expect(budget.spend(.max, now: start + .seconds(99)) == false)
    }

    @Test func discardsWhatResetsExplainAndALittleMore() {
        var budget = DiscardBudget()
        budget.expect(262_144)
        #expect(budget.discard(262_144, now: start) == true)
        #expect(budget.discard(1 << 20, now: start) == true)
        #expect(budget.discard(1, now: start) == false)
        budget.expect(1)
        #expect(budget.discard(1, now: start) == true)
        #expect(budget.discard(1, now: start + .seconds(30)) == true)
    }
}

@Suite struct StreamIDTests {
    @Test func eachSideItsOwn() {
        var dialer = LocalStreamIDs(role: .dialer)
        var listener = LocalStreamIDs(role: .listener)
        #expect([dialer.take(), dialer.take()] == [1, 3])
        #expect([listener.take(), listener.take()] == [2, 4])
    }

    @Test func theLastOne() {
        var dialer = LocalStreamIDs(role: .dialer)
        dialer.next = .max
        #expect(dialer.take() == .max)
        #expect(dialer.take() == nil)
        var listener = LocalStreamIDs(role: .listener)
        listener.next = .max - 1
        #expect(listener.take() == UInt32.max - 1)
        #expect(listener.take() == nil)
    }

    @Test func remoteIDsOnceInAnyNearOrder() {
        var ids = RemoteStreamIDs(role: .listener)
        #expect(ids.covers(1) && ids.covers(.max) && !ids.covers(2) && !ids.covers(0))
        #expect(ids.use(1) && ids.use(5) && ids.use(3))
        #expect(!ids.use(1) && !ids.use(3) && !ids.use(5))
        #expect(ids.use(7 + 2 * 1022) == true)
        #expect(!ids.use(5) && ids.use(7))
        #expect(ids.use(.max) == true)
        #expect(ids.use(7 + 2 * 1024) == false, "too long ago to know")
        #expect(ids.use(.max - 2 * 1023) && !ids.use(.max - 2 * 1024))
    }

    @Test func theListenersFirstIDIsTwo() {
        var ids = RemoteStreamIDs(role: .dialer)
        #expect(!ids.covers(0) && ids.covers(2) && ids.use(2) && !ids.use(2) && ids.use(4))
    }
}

import Foundation
import Testing

@testable import Reactor

@Suite(.timeLimit(.minutes(15))) struct WorkerTests {
    private struct Failure: Error, Equatable {}

    @Test func workRunsElsewhereAndComesBack() async throws {
        try await spawn {
            let workers = World.real().workers
            let elsewhere = try await workers.run { !EventLoop.shared.isCurrentThread }
            #expect(elsewhere)
            #expect(EventLoop.shared.isCurrentThread)
            await #expect(throws: Failure()) { try await workers.run { () throws -> Int in throw Failure() } }
        }.value
    }

    /// One thread that blocks and a queue of three: the fifth is refused, and nothing of the rest is lost.
    @Test func aFullQueueRefuses() async throws {
        try await spawn {
            let pool = ThreadPool(name: "test", threads: 1, capacity: 3)
            let gate = DispatchSemaphore(value: 0)
            let blocker = spawn { try await pool.run { gate.wait() } }
            // Until the thread has taken it.
            while pool.waiting > 0 || !pool.hasThread { await World.real().clock.sleep(for: .milliseconds(1)) }
            await World.real().clock.sleep(for: .milliseconds(20))
            let waiting = (0..<3).map { index in spawn { try await pool.run { index } } }
            await Task.yield()
            await Task.yield()
            await #expect(throws: WorkerPoolError.full(capacity: 3)) { try await pool.run { 99 } }
            gate.signal()
            try await blocker.value
            for (index, task) in waiting.enumerated() { #expect(try await task.value == index) }
            #expect(try await pool.run { 5 } == 5)
        }.value
    }

    @Test func manyPiecesOfWorkAllComeBack() async throws {
        let sum = try await spawn {
            let pool = ThreadPool(name: "test", threads: 4, capacity: 1000)
            let tasks = (1...1000).map { number in spawn { try await pool.run { number } } }
            var sum = 0
            for task in tasks { sum += try await task.value }
            return sum
        }.value
        #expect(sum == 500_500)
    }

    @Test func aSerialWorkerKeepsTheOrderOnItsOwnThread() async throws {
        let order = try await spawn {
            let worker = World.real().serialWorker(named: "serial")
            let log = Box<[Int]>([])
            let order = Box<[Int]>([])
            for index in 0..<1000 {
                worker.submit {
                    order.value.append(index)
                    EventLoop.shared.execute { log.value.append(index) }
                }
            }
            let last = try await worker.run { order.value }
            worker.close()
            worker.submit { order.value.append(-1) }
            #expect(log.value == last)
            return last
        }.value
        #expect(order == Array(0..<1000))
    }

    @Test func aClosedSerialWorkerFinishesWhatItHas() async throws {
        let done = Box(0)
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            spawn {
                let worker = World.real().serialWorker(named: "serial")
                for _ in 0..<10 { worker.submit { done.value += 1 } }
                worker.submit { continuation.resume() }
                worker.close()
            }
        }
        #expect(done.value == 10)
    }
}

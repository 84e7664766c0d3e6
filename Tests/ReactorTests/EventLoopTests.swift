import Foundation
import Testing

@testable import Reactor

@Suite(.timeLimit(.minutes(15))) struct EventLoopTests {
    @Test func tasksStartInOrderAndStayOnTheLoop() async {
        await spawn {
            var order: [Int] = []
            var tasks: [Task<Void, Never>] = []
            for index in 0..<100 {
                tasks.append(
                    spawn {
                        order.append(index)
                        await Task.yield()
                        #expect(EventLoop.shared.isCurrentThread)
                    })
            }
            for task in tasks { await task.value }
            #expect(order == Array(0..<100))
        }.value
    }

    @Test func actionsFromOtherThreadsArriveInOrder() async {
        let count = 10_000
        let order = await withCheckedContinuation { (continuation: CheckedContinuation<[Int], Never>) in
            let seen = Box<[Int]>([])
            for index in 0..<count {
                EventLoop.shared.execute {
                    seen.value.append(index)
                    if index == count - 1 { continuation.resume(returning: seen.value) }
                }
            }
        }
        #expect(order == Array(0..<count))
    }

    @Test func isolationIsKnownAtRunTime() async {
        #expect(!EventLoop.shared.isCurrentThread)
        #expect(EventLoop.shared.isIsolatingCurrentContext() == false)
        await spawn {
            let value = NetworkActor.assumeIsolated { 7 }
            #expect(value == 7)
            NetworkActor.shared.preconditionIsolated()
        }.value
    }

    @Test func endOfTurnComesOnceAfterTheJobsOfTheTurn() async {
        let log = await spawn { () async -> [String] in
            let world = World.real()
            var log: [String] = []
            var asked = false
            var done: CheckedContinuation<Void, Never>?
            for index in 0..<3 {
                spawn {
                    log.append("job \(index)")
                    if !asked {
                        asked = true
                        world.atEndOfTurn {
                            log.append("end")
                            done?.resume()
                        }
                    }
                }
            }
            await withCheckedContinuation { done = $0 }
            return log
        }.value
        #expect(log == ["job 0", "job 1", "job 2", "end"])
    }

    /// Tasks that never rest share the loop with timers and sockets.
    @Test func busyTasksDoNotStarveTheRest() async throws {
        try await spawn {
            let world = World.real()
            let stop = Box(false)
            let busy = spawn { () async -> Int in
                var rounds = 0
                while !stop.value {
                    await Task.yield()
                    rounds += 1
                }
                return rounds
            }
            let listener = try world.network.listen(on: .ip(.loopback4, port: 0), backlog: 4)
            listener.serveEcho()
            let channel = try await AsyncChannel.connect(world, to: listener.localAddress)
            try await channel.write([9])
            #expect(try await channel.read(exactly: 1) == [9])
            await world.clock.sleep(for: .milliseconds(5))
            stop.value = true
            #expect(await busy.value > 0)
            channel.channel.close()
            listener.close()
        }.value
    }

    @Test func theMainThreadCanBeTheLoop() async {
        await #expect(processExitsWith: .exitCode(42)) {
            let value = runLoopHere()
            exit(value)
        }
    }
}

/// Not `async`: as the tool's main function.
private func runLoopHere() -> Int32 {
    EventLoop.shared.runOnCurrentThread { () async -> Int32 in
        await World.real().clock.sleep(for: .milliseconds(1))
        return EventLoop.shared.isCurrentThread ? 42 : 1
    }
}

/// A variable that closures share.
final class Box<Value>: @unchecked Sendable {
    var value: Value

    init(_ value: Value) { self.value = value }
}

import Foundation
import Reactor
import Testing

@testable import Store

/// What was acknowledged outlives a process that is killed in the middle of its writes.
@Suite(.serialized) struct CrashTests {
    @Test(arguments: 0..<6, StoreKind.allCases)
    func acknowledgedRowsSurviveAKill(round: Int, kind: StoreKind) async throws {
        let directory = TemporaryDirectory()
        let path = directory.path
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [path = path as String, round = round as Int, kind = kind.rawValue as String] in
            await writeUntilKilled(path, StoreKind(rawValue: kind) ?? .plain, milliseconds: 40 + 35 * round)
        }
        let acknowledged = try Data(contentsOf: URL(filePath: path + "/acknowledged"))
        let highest = acknowledged.count / 8
        #expect(highest > 0, "the writer got nowhere")
        let (messages, events) = try await spawn {
            let store = try await Store.open(.directory(path), world: .real(), configuration: kind.configuration)
            let found = try await store.read { transaction in
                var messages = 0
                while let _ = try transaction.message("m\(messages)", by: "bob") { messages += 1 }
                return (messages, try transaction.events(after: 0, limit: .max).map(\.seq))
            }
            await store.close()
            return found
        }.value
        #expect(messages >= highest, "acknowledged \(highest), found \(messages)")
        // A message and its event are one write; numbers have no holes.
        #expect(events == Array(1...Int64(messages)))
    }
}

/// Stores messages, notes each one that was acknowledged in a file of its own, and is killed from another thread.
private func writeUntilKilled(_ path: String, _ kind: StoreKind, milliseconds: Int) async {
    do {
        try await spawn {
            let store = try await Store.open(.directory(path), world: .real(), configuration: kind.configuration)
            let descriptor = open(path + "/acknowledged", O_WRONLY | O_CREAT | O_APPEND, 0o600)
            var next = 0
            Thread.detachNewThread {
                usleep(UInt32(milliseconds) * 1000)
                kill(getpid(), SIGKILL)
            }
            while true {
                let tasks = (0..<16).map { offset in
                    let id = "m\(next + offset)"
                    return spawn {
                        try await store.write { transaction in
                            try transaction.add(incoming(id, body: Array(repeating: 1, count: 500)))
                            try transaction.append(event("message"))
                        }
                        var mark: UInt64 = 1
                        _ = write(descriptor, &mark, 8)
                    }
                }
                for task in tasks { try await task.value }
                next += 16
            }
        }.value
    } catch {
        fatalError("\(error)")
    }
}

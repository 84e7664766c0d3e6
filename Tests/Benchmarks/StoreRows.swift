import Crypto
import Foundation
import Reactor
import Store
import Time

/// The store encrypted and in the clear, round by round in turn: what encryption costs. A row's value is the encrypted
/// store's, its note the ratio to the one in the clear.
@NetworkActor struct StoreRows {
    private let world = World.real()
    private let directory: String
    private nonisolated static let rounds = 7
    private nonisolated static let messages = 40_000

    /// How often something was done in a second, of the clock and of the processor.
    private struct Figure {
        let wall: Double
        let processor: Double
    }

    /// One kind of store with what was measured of it.
    @NetworkActor private final class Side {
        let store: Store
        var next = 0
        var figures: [[Figure]] = []

        init(_ store: Store) { self.store = store }
    }

    init() {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("linnet-bench-store-\(getpid())").path
    }

    func run(_ only: String? = nil) async throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let plain = Side(try await open("plain", nil))
        let sealed = Side(try await open("sealed", SecretBytes(copying: [UInt8](repeating: 7, count: 32))))
        let measures: [(String, String, @NetworkActor (Side) async throws -> Figure)] = [
            ("store: messages in bulk", "/s, 1,000 a transaction", inBulk),
            ("store: messages, one by one", "/s, an fsync each", oneByOne),
            ("store: messages, 64 in flight", "/s, group commit", inFlight),
            ("store: reads at random", "/s", atRandom),
            ("store: pages of a chat", "/s, 50 messages each", pages),
            ("store: full-text search", "/s", search),
            ("store: scan of all bodies", "/s", scan),
            ("store: sort of all messages", "/s", sort),
        ]
        for side in [plain, sealed] {
            try await fill(side)
            side.figures = Array(repeating: [], count: measures.count)
        }
        for (index, measure) in measures.enumerated() {
            if let only, !measure.0.contains(only) { continue }
            for round in 0..<Self.rounds {
                for side in round % 2 == 0 ? [plain, sealed] : [sealed, plain] {
                    side.figures[index].append(try await measure.2(side))
                }
            }
            let (clear, encrypted) = (plain.figures[index], sealed.figures[index])
            let wall = zip(clear, encrypted).map { $0.wall / $1.wall }.median
            let processor = zip(clear, encrypted).map { $0.processor / $1.processor }.median
            Table.add(
                Row(
                    measure.0, encrypted.map(\.wall).median.figure + measure.1, aim: "<= 1.15",
                    note: "x \(wall.figure) in time, x \(processor.figure) in CPU; in the clear "
                        + clear.map(\.wall).median.figure))
        }
        await plain.store.close()
        await sealed.store.close()
    }

    private func open(_ name: String, _ key: SecretBytes?) async throws -> Store {
        var configuration = StoreConfiguration()
        configuration.key = key
        return try await Store.open(.directory(directory + "/" + name), world: world, configuration: configuration)
    }

    private nonisolated static func message(_ number: Int) -> NewMessage {
        // An id as the engine makes them, time first; a body as people write them.
        let random = String(UInt64(truncatingIfNeeded: number) &* 0x9e37_79b9_7f4a_7c15, radix: 32).uppercased()
        let id = "01M7" + String(1_000_000 + number / 3, radix: 32).uppercased() + random
        let words = ["river", "stone", "linnet", "evening", "harbour", "letter", "winter", "song", "bridge", "window"]
        let body = (0..<24).map { words[(number * 31 + $0 * $0 * 7) % 10] }.joined(separator: " ") + " \(number)"
        return NewMessage(
            id: id, author: "12D3KooWPVErauthor\(number % 50)", chat: "12D3KooWPVErchat\(number % 50)",
            isOutgoing: number % 2 == 0, sentAt: Timestamp(milliseconds: Int64(number)),
            storedAt: Timestamp(milliseconds: Int64(number)), contentType: "text/plain", body: Array(body.utf8),
            state: number % 2 == 0 ? .accepted : .received, digest: Array(id.utf8),
            signature: [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 64))
    }

    private nonisolated static func event(_ number: Int) -> NewEvent {
        NewEvent(
            type: "message", time: Timestamp(milliseconds: Int64(number)), chat: "12D3KooWPVErchat\(number % 50)",
            payload: Array("\"message\":\"\(number)\",\"text\":\"something was said\"".utf8))
    }

    /// Stores `count` messages and their events in one transaction.
    private func add(_ count: Int, to side: Side) async throws {
        let first = side.next
        side.next += count
        try await side.store.write { transaction in
            for number in first..<first + count {
                _ = try transaction.insert(Self.message(number))
                try transaction.append(Self.event(number))
            }
        }
    }

    private func fill(_ side: Side) async throws {
        for _ in 0..<Self.messages / 1_000 { try await add(1_000, to: side) }
        try await side.store.write { transaction in
            try transaction.execute(
                script: """
                    CREATE VIRTUAL TABLE search USING fts5 (body);
                    INSERT INTO search (rowid, body) SELECT position, CAST(body AS TEXT) FROM messages;
                    """)
        }
    }

    private func rate(_ count: Int, _ body: @NetworkActor () async throws -> Void) async rethrows -> Figure {
        let (begin, used) = (ContinuousClock.now, Self.processorSeconds())
        try await body()
        return Figure(
            wall: Double(count) / ((ContinuousClock.now - begin) / .seconds(1)),
            processor: Double(count) / (Self.processorSeconds() - used))
    }

    /// What this process has used, all threads together.
    private nonisolated static func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private func inBulk(_ side: Side) async throws -> Figure {
        try await rate(5_000) {
            for _ in 0..<5 { try await add(1_000, to: side) }
        }
    }

    private func oneByOne(_ side: Side) async throws -> Figure {
        try await rate(300) {
            for _ in 0..<300 { try await add(1, to: side) }
        }
    }

    private func inFlight(_ side: Side) async throws -> Figure {
        try await rate(6_400) {
            let tasks = (0..<64).map { _ in
                spawn {
                    for _ in 0..<100 { try await self.add(1, to: side) }
                }
            }
            for task in tasks { try await task.value }
        }
    }

    private func atRandom(_ side: Side) async throws -> Figure {
        try await rate(20_000) {
            for batch in 0..<200 {
                _ = try await side.store.read { transaction in
                    for index in 0..<100 {
                        let position = (batch * 100 + index) &* 7919 % Self.messages
                        _ = try transaction.message(at: Int64(position) + 1)
                    }
                }
            }
        }
    }

    private func pages(_ side: Side) async throws -> Figure {
        try await rate(200) {
            for index in 0..<200 {
                _ = try await side.store.read {
                    try $0.messages(in: "12D3KooWPVErchat\(index % 50)", .before(Int64(index) * 150 + 500), limit: 50)
                }
            }
        }
    }

    private func search(_ side: Side) async throws -> Figure {
        try await rate(20) {
            for _ in 0..<20 {
                _ = try await side.store.read {
                    try $0.integer("SELECT count(*) FROM search WHERE search MATCH 'harbour winter'")
                }
            }
        }
    }

    private func scan(_ side: Side) async throws -> Figure {
        try await rate(3) {
            for _ in 0..<3 {
                _ = try await side.store.read {
                    try $0.integer("SELECT count(*) FROM messages WHERE instr(body, x'736f6e6720627269646765') > 0")
                }
            }
        }
    }

    private func sort(_ side: Side) async throws -> Figure {
        try await rate(2) {
            for _ in 0..<2 {
                _ = try await side.store.read {
                    try $0.integer("SELECT position FROM messages ORDER BY body DESC LIMIT 1 OFFSET 20000")
                }
            }
        }
    }
}

import Foundation
import TestSupport
import Testing
import Time

@testable import Yamux

/// Two sessions under a random schedule against a model: what is written to a stream is what is read from it, in
/// order, however the calls, the buffers and the wire are cut.
@Suite struct PairModelTests {
    @Test(arguments: 0..<24 as Range<UInt64>)
    func bytesInAreBytesOut(seed: UInt64) throws {
        let model = PairModel(seed: seed)
        for _ in 0..<600 { try model.step() }
        try model.finish()
        #expect(model.left.streamCount == 0 && model.right.streamCount == 0)
        #expect(model.bytesRead == model.bytesWritten)
        #expect(model.closedByLeft == model.opened && model.closedByRight == model.opened)
        #expect(model.bytesWritten > 0 && model.opened > 0)
    }

    /// Both write 10 MiB on 100 streams before either reads (rust-yamux discussion 5410: both sides blocked).
    @Test func bothSidesWriteBeforeTheyRead() throws {
        let (dialer, listener) = pair()
        var ids: [UInt32] = []
        for index in 0..<100 { ids.append(try (index % 2 == 0 ? dialer : listener).open()) }
        try exchange(dialer, listener)
        let total = 10 << 20
        let chunk = [UInt8](repeating: 9, count: total)
        for side in [dialer, listener] {
            for id in ids { try side.write(chunk, to: id) }
        }
        try exchange(dialer, listener)
        #expect(!dialer.hasOutput && !listener.hasOutput, "every window is full")
        var unread = Dictionary(uniqueKeysWithValues: ids.map { ($0, 2 * total) })
        while unread.values.contains(where: { $0 > 0 }) {
            var progress = 0
            for side in [dialer, listener] {
                for id in ids {
                    while let bytes = try side.read(id) {
                        unread[id, default: 0] -= bytes.count
                        progress += bytes.count
                    }
                }
            }
            try exchange(dialer, listener)
            guard progress > 0 else {
                Issue.record("stuck")
                return
            }
        }
        #expect(unread.values.allSatisfy { $0 == 0 })
    }
}

/// Two endpoints, the bytes between them, and what should come out.
private final class PairModel {
    let left: Endpoint
    let right: Endpoint
    private(set) var opened = 0
    private(set) var bytesWritten = 0
    private(set) var bytesRead = 0
    private(set) var closedByLeft = 0
    private(set) var closedByRight = 0

    private var random: SeededRandom
    private var wire: [[UInt8]] = [[], []]
    private var streams: [UInt32] = []
    /// Position of the next byte, by side and stream.
    private var written: [[UInt32: Int]] = [[:], [:]]
    private var read: [[UInt32: Int]] = [[:], [:]]
    private var closed: [Set<UInt32>] = [[], []]
    /// A byte's value follows from its position: period 251, so that no power of two hides a shift.
    private static let pattern = (0..<400_000).map { UInt8($0 % 251) }

    init(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let limit = [2_000, 100_000, 1 << 20].randomElement(using: &random) ?? 0
        let payload = [40, 1_000, 16_384, 65_536].randomElement(using: &random) ?? 0
        self.random = random
        (left, right) = pair {
            $0.sendQueueLimit = limit
            $0.maximumFramePayload = payload
            $0.maximumWindow = 1 << 20
            $0.windowBudget = 2 << 20
        }
    }

    private func side(_ index: Int) -> Endpoint { index == 0 ? left : right }

    private func size() -> Int {
        let bound = [2, 20, 600, 5_000, 100_000].randomElement(using: &random) ?? 2
        return Int.random(in: 1..<bound, using: &random)
    }

    func step() throws {
        let index = Int.random(in: 0...1, using: &random)
        switch Int.random(in: 0..<14, using: &random) {
        case 0 where streams.count < 12 && opened < 60:
            streams.append(try side(index).open())
            opened += 1
        case 1, 2, 3: try write(index)
        case 4, 5, 6: try readSome(index, limit: Bool.random(using: &random) ? .max : size())
        case 7, 8: transmit(index, size: 13 + size())
        case 9, 10: try deliver(index, count: size())
        case 11: side(index).ping()
        case 12 where Int.random(in: 0..<4, using: &random) == 0:
            if let id = streams.randomElement(using: &random), side(index).contains(id) { close(index, id) }
        default:
            let duration = Duration.microseconds(Int.random(in: 0..<3_000, using: &random))
            left.wait(duration)
            right.wait(duration)
        }
        left.checkInvariants()
        right.checkInvariants()
    }

    /// Closes everything and runs until both sides have let go of every stream.
    func finish() throws {
        var rounds = 0
        while !streams.isEmpty || left.hasOutput || right.hasOutput || !wire[0].isEmpty || !wire[1].isEmpty {
            for index in 0...1 {
                for id in streams where side(index).contains(id) && !closed[index].contains(id) { close(index, id) }
                transmit(index, size: 65_519)
                try deliver(index, count: .max)
                for _ in 0..<streams.count { try readSome(index, limit: .max) }
            }
            rounds += 1
            try #require(rounds < 20_000, "stuck with \(streams)")
        }
    }

    private func close(_ index: Int, _ id: UInt32) {
        side(index).closeWrite(id)
        closed[index].insert(id)
    }

    private func write(_ index: Int) throws {
        guard let id = streams.randomElement(using: &random), side(index).contains(id) else { return }
        let count = min(size(), side(index).sendRoom(id))
        guard count > 0 else { return }
        let position = written[index][id, default: 0]
        let start = position % 251
        try side(index).write(Array(Self.pattern[start..<start + count]), to: id)
        written[index][id] = position + count
        bytesWritten += count
    }

    private func readSome(_ index: Int, limit: Int) throws {
        guard let id = streams.randomElement(using: &random), side(index).contains(id) else { return }
        while let bytes = try side(index).read(id, max: limit) {
            #expect(!bytes.isEmpty && bytes.count <= limit)
            let position = read[index][id, default: 0]
            let start = position % 251
            let isSame = isPattern(bytes, from: start)
            try #require(isSame, "stream \(id) at \(position)")
            read[index][id] = position + bytes.count
            bytesRead += bytes.count
            if limit != .max { break }
        }
    }

    /// Compares in one go: byte by byte takes too long without the optimizer.
    private func isPattern(_ bytes: [UInt8], from start: Int) -> Bool {
        Data(bytes) == Data(Self.pattern[start..<min(start + bytes.count, Self.pattern.count)])
    }

    private func transmit(_ index: Int, size: Int) {
        let bytes = side(index).transmit(size)
        #expect(bytes.count <= size)
        wire[index] += bytes
        note(index)
    }

    private func deliver(_ index: Int, count: Int) throws {
        let part = wire[index].prefix(count)
        try side(1 - index).receive(part)
        wire[index].removeFirst(part.count)
        note(1 - index)
    }

    /// Counts what has ended; a stream ends on both sides, after every byte was read.
    private func note(_ index: Int) {
        for case .closed(let id) in side(index).takeEvents() {
            if index == 0 { closedByLeft += 1 } else { closedByRight += 1 }
            #expect(read[index][id, default: 0] == written[1 - index][id, default: 0])
        }
        streams.removeAll {
            !left.contains($0) && !right.contains($0) && closed[0].contains($0) && closed[1].contains($0)
        }
    }
}

import Engine
import Reactor

/// Lets so many lines through, and no more.
@NetworkActor final class LineCount: LineSink {
    private let sink: any LineSink
    /// How many may still come; nil for all.
    private(set) var left: Int?

    init(_ limit: Int?, to sink: any LineSink) {
        left = limit
        self.sink = sink
    }

    var isSpent: Bool { left == 0 }

    func write(_ lines: [UInt8], done: @escaping @NetworkActor (Bool) -> Void) {
        guard let limit = left else { return sink.write(lines, done: done) }
        var (count, end) = (0, 0)
        for (index, byte) in lines.enumerated() where byte == UInt8(ascii: "\n") && count < limit {
            count += 1
            end = index + 1
        }
        left = limit - count
        sink.write(Array(lines.prefix(end)), done: done)
    }
}

import Reactor

/// Lets events through to a reader, but not the lines of the engine's own life.
@NetworkActor public final class EventSink: LineSink {
    private static let hidden = ["started", "stopped", "ok"].map { Array("{\"type\":\"\($0)\"".utf8) }

    private let sink: any LineSink

    /// Passes events on to `sink`.
    public init(to sink: any LineSink) {
        self.sink = sink
    }

    /// Passes on what the reader asked for.
    public func write(_ lines: [UInt8], done: @escaping @NetworkActor (Bool) -> Void) {
        var text: [UInt8] = []
        for line in lines.split(separator: UInt8(ascii: "\n")) where !Self.hidden.contains(where: line.starts(with:)) {
            text += line
            text.append(UInt8(ascii: "\n"))
        }
        if text.isEmpty { done(true) } else { sink.write(text, done: done) }
    }
}

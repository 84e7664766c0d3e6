import Reactor

/// Lets events through to a reader, but not the lines of the engine's own life.
@NetworkActor public final class EventSink: LineSink {
    private static let hidden = ["started", "stopped", "ok"].map { Array("{\"type\":\"\($0)\"".utf8) }

    private static let answer = Array("{\"type\":\"ok\"".utf8)

    private let sink: any LineSink
    private var isSubscribing: Bool

    /// Passes events on to `sink`.
    ///
    /// - Parameter isSubscribing: Whether the first line that counts is the answer to a subscription.
    public init(to sink: any LineSink, isSubscribing: Bool = false) {
        self.sink = sink
        self.isSubscribing = isSubscribing
    }

    /// Passes on what the reader asked for.
    public func write(_ lines: [UInt8], done: @escaping @NetworkActor (Bool) -> Void) {
        var text: [UInt8] = []
        for line in lines.split(separator: UInt8(ascii: "\n")) {
            if isSubscribing { isSubscribing = !line.starts(with: Self.answer) }
            if isSubscribing || Self.hidden.contains(where: line.starts(with:)) { continue }
            text += line
            text.append(UInt8(ascii: "\n"))
        }
        if text.isEmpty { done(true) } else { sink.write(text, done: done) }
    }
}

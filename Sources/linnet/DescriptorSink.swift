import Engine
import Reactor
import Wire

/// An engine's lines on their way to another process: a child's stdin, or a socket.
@NetworkActor final class DescriptorSink: LineSink {
    private let writer: DescriptorWriter
    /// Whether the other process has stopped reading.
    private(set) var isGone = false

    init(_ writer: DescriptorWriter) {
        self.writer = writer
    }

    func write(_ lines: [UInt8], done: @escaping @NetworkActor (Bool) -> Void) {
        spawn { [self] in
            do {
                try await writer.write(lines)
            } catch {
                isGone = true
            }
            // There may have been a secret among them.
            lines.erase()
            done(!isGone)
        }
    }

    /// Lets the other process see the end. What it has not taken is let go.
    func close() {
        writer.close()
    }
}

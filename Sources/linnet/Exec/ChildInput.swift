import Engine
import Reactor

/// An engine's lines on their way to a child's stdin.
@NetworkActor final class ChildInput: LineSink {
    private let writer: DescriptorWriter
    /// Whether the child has stopped reading.
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
            done(!isGone)
        }
    }

    /// Lets the child see the end. What it has not taken is let go.
    func close() {
        writer.close()
    }
}

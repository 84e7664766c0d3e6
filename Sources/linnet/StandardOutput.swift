import Engine
import Reactor
import Wire

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Whole lines to stdout, by a thread of its own that may block as long as the reader likes.
@NetworkActor final class StandardOutput: LineSink {
    private let worker: any SerialWorker
    private let descriptor: Int32

    /// Whether a person looks at what is written.
    nonisolated static var isTerminal: Bool { isatty(1) == 1 }

    init(world: World, descriptor: Int32 = 1) {
        worker = world.serialWorker(named: "stdout")
        self.descriptor = descriptor
    }

    func write(_ lines: [UInt8], done: @escaping @NetworkActor (Bool) -> Void) {
        let descriptor = descriptor
        worker.submit {
            let isOpen = lines.withUnsafeBytes { Self.write($0, to: descriptor) }
            // There may have been a secret among them.
            lines.erase()
            EventLoop.shared.execute { done(isOpen) }
        }
    }

    /// Writes all bytes; false if the reader has gone or the descriptor is broken.
    nonisolated static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Bool {
        var offset = 0
        while offset < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[offset...])
            #if canImport(Darwin)
                let result = Darwin.write(descriptor, rest.baseAddress, rest.count)
            #else
                let result = Glibc.write(descriptor, rest.baseAddress, rest.count)
            #endif
            if result >= 0 {
                offset += result
                continue
            }
            switch errno {
            case EINTR: continue
            case EAGAIN: awaitReadiness(of: descriptor, POLLOUT)
            default: return false
            }
        }
        return true
    }
}

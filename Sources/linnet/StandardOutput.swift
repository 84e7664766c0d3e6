import CPlatform
import Engine
import Reactor
import Wire

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Whole lines to stdout, by a thread of its own that may block as long as the reader likes.
///
/// Only the reader's leaving is a good end: a pipe or a socket that nobody reads. Whatever else keeps a line from being
/// written is a failure, which the process must not conceal.
@NetworkActor final class StandardOutput: LineSink {
    /// Called once, when nobody takes lines any more, whether or not there is one to be written.
    var onClosed: (@NetworkActor () -> Void)? {
        didSet { if !isOpen { tellClosed() } }
    }
    /// The errno of the write that failed; nil while all is well, and when the reader has just left.
    private(set) var failure: Int32?
    /// False once nobody takes lines any more.
    private(set) var isOpen = true
    private let worker: any SerialWorker
    private let descriptor: Int32
    private var watch: HangupWatch?

    init(world: World, descriptor: Int32 = 1) {
        worker = world.serialWorker(named: "stdout")
        self.descriptor = descriptor
        watch = HangupWatch(descriptor) { [weak self] in self?.hungUp() }
    }

    func write(_ lines: [UInt8], done: @escaping @NetworkActor (Bool) -> Void) {
        guard isOpen else {
            lines.erase()
            return done(false)
        }
        let descriptor = descriptor
        worker.submit {
            let code = lines.withUnsafeBytes { Self.write($0, to: descriptor) }
            // There may have been a secret among them.
            lines.erase()
            EventLoop.shared.execute { [self] in
                if code != 0 { close(because: code) }
                done(code == 0)
            }
        }
    }

    /// The other end is gone. What a write would say: EPIPE, but EIO for a terminal.
    private func hungUp() {
        var status = stat()
        // A terminal that was hung up does not say any more that it is one.
        let isDevice = fstat(descriptor, &status) == 0 && UInt32(status.st_mode) & UInt32(S_IFMT) == UInt32(S_IFCHR)
        close(because: isDevice ? EIO : EPIPE)
    }

    private func close(because code: Int32) {
        guard isOpen else { return }
        isOpen = false
        if !Self.isReaderGone(code) { failure = code }
        watch?.cancel()
        watch = nil
        tellClosed()
    }

    private func tellClosed() {
        let action = onClosed
        guard action != nil else { return }
        onClosed = nil
        action?()
    }

    /// Whether a failed write says no more than that the reader has left.
    nonisolated static func isReaderGone(_ code: Int32) -> Bool {
        code == EPIPE || code == ECONNRESET
    }

    /// Writes all bytes.
    ///
    /// - Returns: 0, or the errno that kept the rest from being written.
    nonisolated static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
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
            case let code: return code
            }
        }
        return 0
    }

    /// Prints a document that is finished already.
    nonisolated static func printed(_ bytes: [UInt8]) -> ExitCode {
        let code = bytes.withUnsafeBytes { write($0, to: 1) }
        if code == 0 || isReaderGone(code) { return .success }
        complain(code)
        return .storage
    }

    /// The status to end with, now that everything has been written: some file systems say only at the end that they
    /// could not keep what they took.
    nonisolated static func settled(_ status: Int32) -> Int32 {
        let code = -platform_close_check(1)
        guard code > 0, status == ExitCode.success.number else { return status }
        complain(code)
        return ExitCode.storage.number
    }

    /// Says on stderr why stdout does not take what is written.
    nonisolated static func complain(_ code: Int32) {
        linnet.complain("cannot write to stdout: \(String(cString: strerror(code)))")
    }
}

import Engine
import Reactor
import Wire

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Bytes from stdin, a chunk at a time: the next one is read when the last one has been taken.
///
/// A thread of its own reads, blocking: that works for pipes, files, terminals and `/dev/null` alike, and leaves the
/// descriptor's flags, which other processes may share, as they are.
@NetworkActor final class StandardInput {
    /// How much is read at once: what a pipe holds.
    private nonisolated static let chunkSize = 65_536

    /// What a read brought.
    enum Chunk: Sendable {
        case bytes([UInt8])
        case end
        case failed(Int32)
    }

    private let worker: any SerialWorker
    private let descriptor: Int32

    init(world: World, descriptor: Int32 = 0) {
        worker = world.serialWorker(named: "stdin")
        self.descriptor = descriptor
    }

    /// Reads to the end.
    ///
    /// - Parameter take: Takes a chunk, and returns when there is room for the next.
    /// - Throws: `input.failed`, if it cannot be read to the end.
    func read(_ take: @NetworkActor ([UInt8]) async -> Void) async throws(CommandFailure) {
        while true {
            switch await next() {
            case .bytes(let bytes):
                await take(bytes)
                // There may have been a secret in it.
                bytes.erase()
            case .end: return
            case .failed(let code): throw Self.failure("stdin", code)
            }
        }
    }

    private func next() async -> Chunk {
        let descriptor = descriptor
        return await withCheckedContinuation { continuation in
            worker.submit { continuation.resume(returning: Self.read(descriptor)) }
        }
    }

    /// What to say of something that cannot be read.
    nonisolated static func failure(_ name: String, _ code: Int32) -> CommandFailure {
        CommandFailure(.inputFailed, "cannot read \(name): \(String(cString: strerror(code)))")
    }

    nonisolated static func read(_ descriptor: Int32) -> Chunk {
        while true {
            var failure: Int32 = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: chunkSize) { buffer, count in
                #if canImport(Darwin)
                    let result = Darwin.read(descriptor, buffer.baseAddress, buffer.count)
                #else
                    let result = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                #endif
                failure = result < 0 ? errno : 0
                count = max(0, result)
            }
            switch failure {
            case 0: return bytes.isEmpty ? .end : .bytes(bytes)
            case EINTR: continue
            case EAGAIN: awaitReadiness(of: descriptor, POLLIN)
            default: return .failed(failure)
            }
        }
    }
}

/// Blocks until a descriptor that somebody made non-blocking is ready.
func awaitReadiness(of descriptor: Int32, _ events: Int32) {
    var poll = pollfd(fd: descriptor, events: Int16(truncatingIfNeeded: events), revents: 0)
    #if canImport(Darwin)
        _ = Darwin.poll(&poll, 1, -1)
    #else
        _ = Glibc.poll(&poll, 1, -1)
    #endif
}

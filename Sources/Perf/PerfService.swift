import Identity
import Reactor
import Swarm
import Time
import Wire

/// Perf on a swarm: measures throughput to a peer, and serves those who measure.
@NetworkActor
public final class PerfService {
    private let swarm: Swarm
    private let configuration: PerfConfiguration
    private let chunk: [UInt8]

    /// A service that serves nobody yet.
    public init(swarm: Swarm, configuration: PerfConfiguration = .init()) {
        configuration.validate()
        self.swarm = swarm
        self.configuration = configuration
        chunk = [UInt8](repeating: 0, count: configuration.chunk)
    }

    /// Begins to serve.
    public func serve() {
        let limits = ProtocolLimits(
            inboundStreams: configuration.servedRuns, perPeer: configuration.servedRunsPerPeer)
        swarm.setHandler(Perf.protocolID, limits: limits) { [weak self] stream in
            await self?.serve(stream)
        }
    }

    /// Serves nobody any more; runs that have begun go on.
    public func stopServing() {
        swarm.removeHandler(Perf.protocolID)
    }

    /// Sends `upload` bytes to a peer, then receives `download` bytes from it, over one stream.
    ///
    /// - Parameter onProgress: called whenever a chunk has moved, so thousands of times a second.
    /// - Throws: ``PerfError``. The stream is reset then, also when the task is cancelled.
    public func run(
        _ peer: PeerID, upload: UInt64, download: UInt64, onProgress: (@NetworkActor (PerfProgress) -> Void)? = nil
    ) async throws(PerfError) -> PerfResult {
        let stream: Stream
        do {
            stream = try await swarm.openStream(to: peer, [Perf.protocolID])
        } catch {
            throw PerfError(error)
        }
        do {
            return try await run(on: stream, upload: upload, download: download, onProgress)
        } catch {
            stream.reset()
            throw error
        }
    }

    private func run(
        on stream: Stream, upload: UInt64, download: UInt64, _ onProgress: (@NetworkActor (PerfProgress) -> Void)?
    ) async throws(PerfError) -> PerfResult {
        let clock = swarm.world.clock
        var stall = StallWatch(timeout: configuration.stallTimeout, stream: stream)
        let start = clock.now
        var received: UInt64 = 0
        var uploaded: Instant
        do {
            var header: [UInt8] = []
            header.appendBigEndian(download)
            try await stream.write(header)
            try await send(upload, on: stream, &stall, onProgress)
            stream.closeWrite()
            let first = try await stream.read()
            uploaded = clock.now
            received = UInt64(first?.count ?? 0)
            while received <= download, let bytes = try await stream.read() {
                received += UInt64(bytes.count)
                stall.moved(now: clock.now)
                onProgress?(PerfProgress(phase: .download, done: received, total: download))
            }
        } catch {
            throw PerfError(error)
        }
        guard received == download else {
            throw PerfError(.wrongCount, "asked for \(download) bytes, got \(received)")
        }
        let end = clock.now
        stream.close()
        return PerfResult(
            uploaded: upload, downloaded: download, upload: uploaded - start, download: end - uploaded)
    }

    private func serve(_ stream: Stream) async {
        var stall = StallWatch(timeout: configuration.stallTimeout, stream: stream)
        do {
            let header = try await stream.read(exactly: 8)
            while try await stream.read() != nil { stall.moved(now: swarm.world.clock.now) }
            let count = header.reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
            try await send(count, on: stream, &stall)
            stream.close()
        } catch {
            stream.reset()
        }
    }

    /// Writes `count` bytes; a write waits as soon as the stream's send queue is full.
    private func send(
        _ count: UInt64, on stream: Stream, _ stall: inout StallWatch,
        _ onProgress: (@NetworkActor (PerfProgress) -> Void)? = nil
    ) async throws(StreamError) {
        var rest = count
        while rest >= UInt64(chunk.count) {
            try await stream.write(chunk)
            rest -= UInt64(chunk.count)
            stall.moved(now: swarm.world.clock.now)
            onProgress?(PerfProgress(phase: .upload, done: count - rest, total: count))
        }
        if rest > 0 { try await stream.write(Array(chunk.prefix(Int(rest)))) }
    }
}

/// Ends a stream on which nothing moves. Setting a timer costs more than moving a chunk, so the deadline is moved on
/// only now and then.
@NetworkActor
private struct StallWatch {
    private let timeout: Duration
    private let stream: Stream
    private var set: Instant

    init(timeout: Duration, stream: Stream) {
        self.timeout = timeout
        self.stream = stream
        set = stream.connection.swarm.world.clock.now
        stream.setDeadline(after: timeout)
    }

    mutating func moved(now: Instant) {
        guard now - set > timeout / 8 else { return }
        set = now
        stream.setDeadline(after: timeout)
    }
}

import Identity
import Reactor
import Swarm
import Time

/// What we send to one peer: what waits to be written, as fast as the peer reads, and the stream that it is written to.
/// When the stream has ended, another is opened, on whatever connection there is.
@NetworkActor
final class OutboundChannel {
    /// Bytes that are handed to the stream at once.
    private static let pieceSize = 64 << 10
    /// From here on those who publish should wait, bytes.
    private static let enough = 256 << 10
    /// A peer that has read nothing for so long is not waited for.
    private static let standstill: Duration = .milliseconds(500)

    let peer: PeerID
    private let swarm: Swarm
    /// Is told when something was written.
    private let progress: Condition
    /// Is called for each stream, before anything is written to it.
    private let opened: @NetworkActor (Stream) -> Void
    /// Is called when the peer speaks no pubsub, or no longer.
    private let refused: @NetworkActor () -> Void

    private var outbox = PeerOutbox()
    private var stream: Stream?
    private var backoff = ReopenBackoff()
    /// What ends a wait for the back-off.
    private let impatience = Condition()
    private var isRunning = false
    /// Whether somebody has asked for a stream while it was running.
    private var isWanted = false
    private var isMoving = false
    private var isClosed = false
    /// Whether something waits that the connection has not taken yet.
    private(set) var isWriting = false
    /// When the connection last took something.
    private var lastMove = Instant(nanoseconds: 0)

    init(
        peer: PeerID, swarm: Swarm, progress: Condition, opened: @escaping @NetworkActor (Stream) -> Void,
        refused: @escaping @NetworkActor () -> Void
    ) {
        self.peer = peer
        self.swarm = swarm
        self.progress = progress
        self.opened = opened
        self.refused = refused
    }

    /// The connection that our stream is on.
    var connection: Connection? { stream?.connection }

    private var now: Instant { swarm.world.clock.now }

    // MARK: The stream

    /// Sees to it that there is a stream, until the peer refuses one or is not connected any more.
    func start() {
        isWanted = true
        guard !isRunning, !isClosed else { return }
        isRunning = true
        spawn { await self.run() }
    }

    /// There is another connection: a wait is over.
    func hurry() {
        backoff.hurry()
        impatience.changed()
    }

    private func run() async {
        defer { isRunning = false }
        while isWanted, !isClosed {
            isWanted = false
            while await waitForTurn(), let opened = await open() {
                begin(opened)
                await tend()
            }
        }
    }

    /// Waits until a stream may be opened.
    ///
    /// - Returns: false if none is to be.
    private func waitForTurn() async -> Bool {
        while !isClosed, let due = backoff.due, due > now {
            await impatience.wait(until: due, on: swarm.world.clock) { isClosed || backoff.due != due }
        }
        return !isClosed
    }

    /// Opens a stream on the best connection that takes one.
    ///
    /// - Returns: nil if the peer speaks no pubsub, or is not connected.
    private func open() async -> Stream? {
        var failed: Set<UInt64> = []
        while !isClosed {
            guard let best = swarm.bestConnection(to: peer) else { break }
            let connections = [best] + swarm.connections(to: peer)
            guard let connection = connections.first(where: { !failed.contains($0.id) }) else {
                failed = []
                backoff.ended(now)
                guard await waitForTurn() else { break }
                continue
            }
            do throws(SwarmError) {
                let stream = try await connection.openStream(GossipSub.protocolIDs)
                guard !isClosed else {
                    stream.reset()
                    break
                }
                return stream
            } catch {
                failed.insert(connection.id)
                guard error.code == .unsupportedProtocol else { continue }
                backoff.ended(now)
                refused()
                break
            }
        }
        return nil
    }

    private func begin(_ stream: Stream) {
        self.stream = stream
        // Each stream begins with what the peer has to know; what was to be said before comes after it.
        let unsaid = outbox.takeControl()
        opened(stream)
        for frame in unsaid { send(frame, .control) }
        startWriting()
    }

    /// Returns when there is no stream any more.
    private func tend() async {
        while let stream {
            let began = now
            // The peer has nothing to say on a stream of ours, but that it ends.
            while let bytes = try? await stream.read(), !bytes.isEmpty {}
            guard self.stream === stream else { continue }
            self.stream = nil
            stream.reset()
            // One that has ended with its connection tells nothing about the others.
            if stream.connection.isOpen { backoff.ended(after: now - began, now) }
        }
    }

    /// Goes over to a newer connection, which the peer has begun to use in place of the one that our stream is on.
    func move(to connection: Connection) {
        guard let former = stream, former.connection.id < connection.id, !isMoving else { return }
        isMoving = true
        spawn { [self] in
            defer { isMoving = false }
            guard let stream = try? await connection.openStream(GossipSub.protocolIDs) else { return }
            guard !isClosed, self.stream === former else { return stream.reset() }
            begin(stream)
            // In good order: what was written to it may still arrive.
            former.close()
        }
    }

    /// Ends the stream, and opens no other; what waits is lost.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        stream?.close()
        stream = nil
        impatience.changed()
        progress.changed()
    }

    // MARK: What is written

    /// Adds a frame to what waits.
    func send(_ frame: [UInt8], _ priority: OutboundPriority) {
        guard !isClosed else { return }
        guard outbox.append(frame, priority, now) else {
            // The peer does not read what it has to know. Another stream begins with that.
            _ = outbox.takeControl()
            stream?.reset()
            return
        }
        startWriting()
    }

    private func startWriting() {
        guard !isWriting, stream != nil, !outbox.isEmpty else { return }
        isWriting = true
        lastMove = now
        spawn { await self.write() }
    }

    private func write() async {
        defer {
            isWriting = false
            progress.changed()
        }
        while !isClosed, let stream, let piece = outbox.next(upTo: Self.pieceSize, now) {
            do throws(StreamError) {
                try await stream.write(piece)
                lastMove = now
                progress.changed()
            } catch {
                // Its end is noticed where it is read.
                stream.reset()
                if self.stream === stream { return }
            }
        }
    }

    /// Until when those who publish should wait, because much waits for a peer that reads, but more slowly than we
    /// write; nil if they should not.
    var isBehindUntil: Instant? {
        guard isWriting, outbox.byteCount > Self.enough else { return nil }
        let end = lastMove + Self.standstill
        return end > now ? end : nil
    }

    /// Frames that were let go because the peer does not read, since this was asked last.
    func takeDropped() -> Int { outbox.takeDropped() }
}

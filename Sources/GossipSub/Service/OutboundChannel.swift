import Identity
import Reactor
import Swarm
import Time

/// Our own stream to one peer: what waits for it is written as fast as it reads.
@NetworkActor
final class OutboundChannel {
    /// Bytes that are handed to the stream at once.
    private static let pieceSize = 64 << 10
    /// From here on those who publish should wait, bytes.
    private static let enough = 256 << 10
    /// A peer that has read nothing for so long is not waited for.
    private static let standstill: Duration = .milliseconds(500)
    /// How often the stream is opened again after it broke (rust-libp2p: 5).
    private static let maximumAttempts = 5

    let peer: PeerID
    private(set) var outbox = PeerOutbox()
    /// What the peer speaks; nil before the stream is there.
    private(set) var version: GossipSub.Version?
    private let swarm: Swarm
    private var stream: Stream?
    /// Whether something waits that the connection has not taken yet.
    private(set) var isWriting = false
    private(set) var isClosed = false
    /// When the connection last took something.
    private var lastMove = Instant(nanoseconds: 0)
    private let ended: @NetworkActor () -> Void

    /// - Parameter ended: is called once, if the peer takes no stream, or no longer.
    init(peer: PeerID, swarm: Swarm, ended: @escaping @NetworkActor () -> Void) {
        self.peer = peer
        self.swarm = swarm
        self.ended = ended
    }

    /// Opens the stream.
    ///
    /// - Returns: what the peer speaks; nil if it takes no stream.
    func open() async -> GossipSub.Version? {
        for attempt in 1...Self.maximumAttempts where !isClosed {
            guard let connection = swarm.connections(to: peer).first else { break }
            do throws(SwarmError) {
                let stream = try await connection.openStream(GossipSub.protocolIDs)
                guard !isClosed else {
                    stream.reset()
                    break
                }
                self.stream = stream
                version = GossipSub.Version(protocolID: stream.protocolID)
                return version
            } catch {
                if error.code == .unsupportedProtocol { break }
                await swarm.world.clock.sleep(for: .milliseconds(Int64(100 << attempt)))
            }
        }
        return nil
    }

    /// Adds a frame to what waits.
    func send(_ frame: [UInt8], _ priority: OutboundPriority) {
        guard !isClosed else { return }
        guard outbox.append(frame, priority, swarm.world.clock.now) else { return fail() }
        guard !isWriting, stream != nil else { return }
        isWriting = true
        lastMove = swarm.world.clock.now
        spawn { await self.write() }
    }

    private func write() async {
        defer { isWriting = false }
        while !isClosed, let stream, let piece = outbox.next(upTo: Self.pieceSize, swarm.world.clock.now) {
            do {
                try await stream.write(piece)
                lastMove = swarm.world.clock.now
            } catch {
                return fail()
            }
        }
    }

    /// Whether much waits for a peer that reads, but more slowly than we write.
    var isBehind: Bool {
        isWriting && outbox.byteCount > Self.enough && swarm.world.clock.now - lastMove < Self.standstill
    }

    /// Frames that were let go because the peer does not read, since this was asked last.
    func takeDropped() -> Int { outbox.takeDropped() }

    private func fail() {
        guard !isClosed else { return }
        close()
        ended()
    }

    /// Ends the stream; what waits is lost.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        stream?.close()
    }
}

import Identity
import Reactor
import Swarm
import Time

/// A peer that speaks pubsub, for as long as there is any connection to it: our way to it, and its streams to us.
@NetworkActor
final class PeerLink {
    let peer: PeerID
    let channel: OutboundChannel
    /// Whether the state knows the peer: since our own stream was there for the first time.
    var isKnown = false { didSet { changes.changed() } }
    /// Whether the last connection has ended. What came before, and was not read yet, still counts.
    private(set) var isLeaving = false
    /// The peer's own streams, one for each connection.
    private var inbound: [UInt64: Inbound] = [:]
    private var hadInbound = false
    /// Changes of the above.
    private let changes = Condition()
    /// When we told last what we are subscribed to.
    private var introduced: Instant?
    private var introduction: Timer?

    /// From one time that we tell what we are subscribed to, because the peer has a new stream, to the next.
    private static let introductionGap: Duration = .seconds(1)

    /// A stream of the peer.
    private struct Inbound {
        let stream: Stream
        /// Whether nothing has been read yet.
        var isFresh = true
        /// What it has said that it is subscribed to; nil if it did not begin with that.
        var topics: Set<GossipSub.Topic>?
    }

    init(_ channel: OutboundChannel) {
        peer = channel.peer
        self.channel = channel
    }

    // MARK: The peer's streams

    /// Takes a stream of the peer, in place of the one on the same connection.
    ///
    /// - Returns: Whether it is the first.
    func add(_ stream: Stream) -> Bool {
        let former = inbound.updateValue(Inbound(stream: stream), forKey: stream.connection.id)
        former?.stream.reset(.supplanted)
        defer { hadInbound = true }
        return !hadInbound
    }

    /// Whether a stream is one of those that are there.
    func has(_ stream: Stream) -> Bool { inbound[stream.connection.id]?.stream === stream }

    /// Whether there are any.
    var hasInbound: Bool { !inbound.isEmpty }

    /// Whether there is one on a connection.
    func hasInbound(on connection: UInt64) -> Bool { inbound[connection] != nil }

    /// A stream of the peer has ended.
    func remove(_ stream: Stream) {
        if has(stream) { inbound[stream.connection.id] = nil }
    }

    /// Ends the peer's streams: it has to begin anew.
    func resetInbound() {
        let streams = inbound.sorted { $0.key < $1.key }
        inbound = [:]
        for (_, entry) in streams { entry.stream.reset() }
        changes.changed()
    }

    /// Takes note of what a stream says about subscriptions. A stream begins with all of them, in most programs, with
    /// an empty message if there are none: one that does not goes on where the one before has ended.
    ///
    /// - Parameter limit: How many are remembered.
    /// - Returns: Whether ``topics`` may be less than before.
    func note(_ rpc: RPC, on stream: Stream, limit: Int) -> Bool {
        let id = stream.connection.id
        guard has(stream), let isFresh = inbound[id]?.isFresh else { return false }
        inbound[id]?.isFresh = false
        if isFresh, !rpc.subscriptions.isEmpty || rpc.isEmpty { inbound[id]?.topics = [] }
        for subscription in rpc.subscriptions {
            if !subscription.isSubscribing {
                for key in inbound.keys { inbound[key]?.topics?.remove(subscription.topic) }
            } else if inbound[id]?.topics.map({ $0.count < limit }) == true {
                inbound[id]?.topics?.insert(subscription.topic)
            }
        }
        return isFresh
    }

    /// What the peer is subscribed to, as far as its streams say all of it; nil if they do not.
    var topics: Set<GossipSub.Topic>? {
        guard hasInbound else { return nil }
        var all: Set<GossipSub.Topic> = []
        for entry in inbound.values {
            guard let topics = entry.topics else { return nil }
            all.formUnion(topics)
        }
        return all
    }

    // MARK: Coming and going

    /// Suspends until the state knows the peer, which it has to before it can be told what the peer says.
    ///
    /// - Returns: false if that does not happen within `patience`, or the stream is not wanted any more.
    func isReady(for stream: Stream, within patience: Duration, _ clock: any MonotonicClock) async -> Bool {
        await changes.wait(until: clock.now + patience, on: clock) {
            isKnown || isLeaving || !has(stream)
        }
        return isKnown && has(stream)
    }

    /// The last connection has ended.
    func leave() {
        isLeaving = true
        introduction?.cancel()
        channel.close()
        changes.changed()
    }

    /// Calls `body`, which tells the peer what we are subscribed to: now, or a moment after the last time. Whoever
    /// opens one stream after the other is not told each time.
    func introduce(_ clock: any MonotonicClock, _ body: @escaping @NetworkActor () -> Void) {
        guard introduction?.isPending != true else { return }
        let due = introduced.map { $0 + Self.introductionGap } ?? clock.now
        guard due > clock.now else {
            introduced = clock.now
            return body()
        }
        introduction = clock.schedule(at: due) { [weak self] in
            guard let self, !isLeaving else { return }
            introduced = clock.now
            body()
        }
    }
}

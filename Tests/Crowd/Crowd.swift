import Crypto
import GossipSub
import Identity
import TestSupport
import Time
import Wire

/// Many nodes of pubsub in one topic, without sockets: their states, and links that take time. One seed gives one run.
///
/// Links lose nothing and keep order, as connections do; a node that is killed, or cut off, is noticed at once.
/// Signatures are looked at once for each message, not once for each node.
public final class Crowd {
    /// The one topic.
    public static let topic: GossipSub.Topic = "crowd"

    /// What happens.
    enum Event {
        case frame(RPC, to: Int, from: Int, link: Int)
        case heartbeat(Int)
    }

    struct Link {
        let latency: Int64
        /// Frames of a link that was cut do not come over the one that took its place.
        let number: Int
    }

    /// A node.
    struct Node {
        var state: GossipSubState<SeededRandom>
        let key: KeyPair
        let address: String
        let isSybil: Bool
        var isAlive = true
        var links: [Int: Link] = [:]
        /// Over how many links each message came.
        var hops: [MessageID: Int] = [:]
        /// When each message came.
        var times: [MessageID: Int64] = [:]
        var sequence: UInt64 = 0
    }

    var nodes: [Node] = []
    private var indices: [PeerID: Int] = [:]
    private var events = EventQueue<Event>()
    private var verdicts: [MessageID: Bool] = [:]
    private var now: Int64 = 1_000_000_000_000
    private var linkCount = 0
    var random: SeededRandom
    private let configuration: GossipSubConfiguration

    /// Honest nodes, each with links to `degree` others that it has dialed, which take 5 to 60 ms one way.
    public init(count: Int, degree: Int = 8, seed: UInt64, configuration: GossipSubConfiguration = .init()) throws {
        random = SeededRandom(seed: seed)
        self.configuration = configuration
        for index in 0..<count { try add(isSybil: false, address: "10.0.\(index >> 8).\(index & 255)") }
        for index in 1..<count {
            connect(index, to: random.next(below: index))
            for _ in 1..<degree { connect(index, to: random.next(below: count)) }
        }
    }

    /// The time since the start.
    public var elapsed: Duration { .nanoseconds(now - 1_000_000_000_000) }

    /// The honest nodes that live.
    public var honest: [Int] { nodes.indices.filter { nodes[$0].isAlive && !nodes[$0].isSybil } }

    private var instant: Instant { Instant(nanoseconds: UInt64(now)) }

    // MARK: The world

    func add(isSybil: Bool, address: String) throws {
        let index = nodes.count
        let seed = SHA256.hash([UInt8(index >> 8 & 255), UInt8(index & 255), isSybil ? 1 : 0])
        let key = KeyPair(seed: SecretBytes(copying: seed))
        let state = GossipSubState(
            localPeer: key.peerID, configuration: configuration, random: SeededRandom(seed: random.next()))
        nodes.append(Node(state: state, key: key, address: address, isSybil: isSybil))
        indices[key.peerID] = index
        if !isSybil {
            try nodes[index].state.subscribe(Self.topic, instant)
        }
        events.push(.heartbeat(index), at: now + Int64(random.next(below: 1_000_000_000)))
    }

    /// Connects a node to another that it dials, unless they are.
    func connect(_ dialer: Int, to listener: Int) {
        guard dialer != listener, nodes[dialer].links[listener] == nil else { return }
        linkCount += 1
        let link = Link(latency: Int64(5_000_000 + random.next(below: 55_000_000)), number: linkCount)
        nodes[dialer].links[listener] = link
        nodes[listener].links[dialer] = link
        for (node, other, isOutbound) in [(dialer, listener, true), (listener, dialer, false)] {
            guard !nodes[node].isSybil else {
                var hello = RPC()
                hello.subscriptions = [RPC.Subscription(Self.topic)]
                send(hello, from: node, to: other)
                continue
            }
            nodes[node].state.peerConnected(
                nodes[other].key.peerID, version: .v1_2, isOutbound: isOutbound, address: nodes[other].address)
            settle(node)
        }
    }

    func cut(_ left: Int, _ right: Int) {
        for (node, other) in [(left, right), (right, left)] {
            guard nodes[node].links.removeValue(forKey: other) != nil, !nodes[node].isSybil else { continue }
            nodes[node].state.peerDisconnected(nodes[other].key.peerID, instant)
            settle(node)
        }
    }

    /// Ends a node.
    public func kill(_ node: Int) {
        nodes[node].isAlive = false
        for other in nodes[node].links.keys.sorted() { cut(node, other) }
    }

    /// Cuts every link between two halves of the nodes.
    ///
    /// - Returns: the links that were cut, for ``heal(_:)``.
    public func partition() -> [(Int, Int)] {
        let cutLinks = nodes.indices.flatMap { node in
            nodes[node].links.keys.sorted().filter { $0 > node && $0 % 2 != node % 2 }.map { (node, $0) }
        }
        for (left, right) in cutLinks { cut(left, right) }
        return cutLinks
    }

    /// Makes links anew.
    public func heal(_ links: [(Int, Int)]) {
        for (left, right) in links { connect(left, to: right) }
    }

    // MARK: What happens

    /// Lets so much time pass.
    public func run(for duration: Duration) {
        let end = now + duration.nanosecondsClamped
        while let next = events.next, next <= end {
            now = next
            if let event = events.pop() { happen(event) }
        }
        now = end
    }

    /// Lets time pass until something holds, which is looked at every `step`.
    ///
    /// - Returns: how long it took; nil if it was longer than `limit`.
    public func run(until condition: () -> Bool, step: Duration = .milliseconds(20), limit: Duration) -> Duration? {
        let start = elapsed
        while !condition() {
            guard elapsed - start < limit else { return nil }
            run(for: step)
        }
        return elapsed - start
    }

    private func happen(_ event: Event) {
        switch event {
        case .heartbeat(let node):
            guard nodes[node].isAlive else { return }
            events.push(.heartbeat(node), at: now + 1_000_000_000)
            if nodes[node].isSybil { return misbehave(node) }
            nodes[node].state.heartbeat(instant)
            settle(node)
        case .frame(let rpc, let node, let sender, let link):
            guard nodes[node].links[sender]?.number == link, !nodes[node].isSybil else { return }
            nodes[node].state.receive(rpc, from: nodes[sender].key.peerID, instant)
            settle(node)
        }
    }

    /// Carries out what a node wants.
    private func settle(_ node: Int) {
        while true {
            let actions = nodes[node].state.takeActions()
            if actions.isEmpty { return }
            for action in actions { perform(action, node) }
        }
    }

    private func perform(_ action: GossipSubAction, _ node: Int) {
        switch action {
        case .send(let frame, let peers, _):
            var reader = ByteReader(frame)
            guard let payload = try? reader.lengthPrefixed(limit: frame.count), let rpc = try? RPC(payload) else {
                return
            }
            for peer in peers { if let other = indices[peer] { send(rpc, from: node, to: other) } }
        case .verify(let id, let message):
            let isValid = verdicts[id] ?? message.hasValidSignature
            verdicts[id] = isValid
            nodes[node].state.verified(id, isValid, instant)
        case .validate(let id, _, let sender):
            if let from = indices[sender] { nodes[node].hops[id] = (nodes[from].hops[id] ?? 0) + 1 }
            nodes[node].times[id] = now
            nodes[node].state.validated(id, .accept, instant)
        case .dial, .reconnect, .membership: break
        }
    }

    func send(_ rpc: RPC, from node: Int, to other: Int) {
        guard let link = nodes[node].links[other] else { return }
        events.push(.frame(rpc, to: other, from: node, link: link.number), at: now + link.latency)
    }

    // MARK: Talking

    /// A message, as it is followed through the crowd.
    public struct Said {
        let id: MessageID
        let author: Int
        let time: Int64
    }

    /// Lets a node say something of 256 bytes.
    public func publish(_ node: Int) throws -> Said {
        nodes[node].sequence += 1
        let message = PubsubMessage.signed(
            [UInt8](repeating: 7, count: 256), to: Self.topic, sequence: nodes[node].sequence, by: nodes[node].key)
        let id = configuration.messageID.compute(message)
        nodes[node].hops[id] = 0
        nodes[node].times[id] = now
        _ = try nodes[node].state.publish(message, instant)
        settle(node)
        return Said(id: id, author: node, time: now)
    }
}

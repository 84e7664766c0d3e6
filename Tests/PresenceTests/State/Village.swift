import GossipSub
import Identity
import TestSupport
import Time

@testable import Presence

/// States of presence in virtual time, over a pubsub that loses nothing unless it is told to.
///
/// `links` are connections, each to a member of the topic; what is published reaches whoever is connected through them.
final class Village {
    typealias State = PresenceState<SeededRandom>

    /// How a node is.
    enum Health {
        case well
        /// Its process is there and does nothing: who asks it waits.
        case frozen
        /// Its process is gone: who asks it is refused.
        case gone
        /// It hears and is asked, but what it publishes gets nowhere.
        case unheard
    }

    private(set) var nodes: [State] = []
    private(set) var now = Instant(nanoseconds: 1_000_000_000_000)
    private var links: [Set<Int>] = []
    private(set) var health: [Health] = []
    /// What each has been told, and when.
    private(set) var told: [[(at: Duration, PeerPresence)]] = []
    /// When each has published.
    private(set) var published: [[Duration]] = []
    private(set) var said: [[ForeignWord]] = []
    /// How often each was asked.
    private(set) var questions: [Int] = []
    /// How far each wall clock is off.
    var clocks: [Duration] = []
    private var events: [(at: Instant, order: Int, run: (Village) -> Void)] = []
    private var order = 0
    private let configuration: PresenceConfiguration
    private let started = Instant(nanoseconds: 1_000_000_000_000)

    init(_ count: Int, _ change: (inout PresenceConfiguration) -> Void = { _ in }) {
        var configuration = PresenceConfiguration()
        change(&configuration)
        self.configuration = configuration
        for _ in 0..<count { add() }
    }

    static func peer(_ node: Int) -> PeerID { KeyPair.test(UInt8(node + 1)).peerID }

    /// The time since the beginning.
    var time: Duration { now - started }

    @discardableResult
    func add(clock: Duration = .zero) -> Int {
        let node = nodes.count
        clocks.append(clock)
        nodes.append(fresh(node))
        links.append([])
        health.append(.well)
        told.append([])
        published.append([])
        said.append([])
        questions.append(0)
        return node
    }

    private func fresh(_ node: Int) -> State {
        var state = State(
            localPeer: Self.peer(node), configuration: configuration, random: SeededRandom(seed: UInt64(node)),
            moment(node))
        state.set(.online, text: nil, nick: "n\(node)", moment(node))
        return state
    }

    func moment(_ node: Int) -> PresenceMoment {
        PresenceMoment(now: now, wall: Timestamp(milliseconds: 1_700_000_000_000) + time + clocks[node])
    }

    // MARK: What happens

    func link(_ left: Int, _ right: Int) {
        guard left != right, links[left].insert(right).inserted else { return }
        links[right].insert(left)
        for (node, other) in [(left, right), (right, left)] {
            nodes[node].peerConnected(Self.peer(other))
            nodes[node].neighbour(Self.peer(other), isMember: true, moment(node))
            perform(node)
        }
    }

    /// Each knows the one before it and some others.
    func linkAll(degree: Int = 4) {
        var random = SeededRandom(seed: 42)
        for node in nodes.indices.dropFirst() {
            link(node, node - 1)
            for _ in 1..<degree { link(node, random.next(below: nodes.count)) }
        }
    }

    func become(_ health: Health, _ node: Int) { self.health[node] = health }

    /// Ends a process: its connections end a moment later.
    func kill(_ node: Int, onPurpose: Bool = false) {
        health[node] = .gone
        for other in links[node].sorted() {
            links[other].remove(node)
            at(.milliseconds(5)) { village in
                village.nodes[other].peerDisconnected(Self.peer(node), onPurpose: onPurpose, village.moment(other))
                village.perform(other)
            }
        }
        links[node] = []
    }

    func restart(_ node: Int) {
        nodes[node] = fresh(node)
        health[node] = .well
    }

    /// Does something to one state, and what it wants after that.
    func with<T>(_ node: Int, _ body: (inout State, PresenceMoment) -> T) -> T {
        defer { perform(node) }
        return body(&nodes[node], moment(node))
    }

    /// Says goodbye, and ends.
    func leave(_ node: Int) {
        with(node) { $0.end($1) }
        kill(node, onPurpose: true)
    }

    func pass(_ duration: Duration) {
        let end = now + duration
        while true {
            let running = nodes.indices.filter { isRunning($0) }
            let deadline = running.map { nodes[$0].deadline }.min() ?? .distantFuture
            let next = min(events.first?.at ?? .distantFuture, deadline)
            guard next <= end else { break }
            now = max(now, next)
            while let first = events.first, first.at <= now {
                events.removeFirst()
                first.run(self)
            }
            for node in running where isRunning(node) && nodes[node].deadline <= now {
                nodes[node].tick(moment(node))
                perform(node)
            }
        }
        now = end
    }

    // MARK: What is to be seen

    /// What a node has been told of another, in order.
    func story(_ node: Int, of other: Int) -> [PresenceStatus] {
        told[node].filter { $0.1.peer == Self.peer(other) }.map(\.1.status)
    }

    /// When a node was told last of another.
    func lastTold(_ node: Int, of other: Int) -> Duration? {
        told[node].last { $0.1.peer == Self.peer(other) }?.at
    }

    func knows(_ node: Int, _ other: Int) -> Bool {
        let known = nodes[node][Self.peer(other)]
        return known?.nick == "n\(other)" && known?.status != .offline
    }

    // MARK: The network

    private func isRunning(_ node: Int) -> Bool { health[node] == .well || health[node] == .unheard }

    private func at(_ delay: Duration, _ run: @escaping (Village) -> Void) {
        let time = now + delay
        order += 1
        let index = events.firstIndex { $0.at > time } ?? events.endIndex
        events.insert((time, order, run), at: index)
    }

    private func perform(_ node: Int) {
        for action in nodes[node].takeActions() {
            switch action {
            case .publish(let bytes):
                published[node].append(time)
                guard health[node] != .unheard else { continue }
                deliver(message(node, bytes), from: node)
            case .say(let word): said[node].append(word)
            case .ask(let peer, let request): ask(node, peer, request)
            case .verify(let messages):
                at(.milliseconds(1)) { village in
                    village.nodes[node].verified(messages, village.moment(node))
                    village.perform(node)
                }
            case .tell(let presence): told[node].append((time, presence))
            }
        }
    }

    /// What a node publishes; the signature is taken for granted.
    func message(_ node: Int, _ bytes: [UInt8]) -> PubsubMessage {
        var message = PubsubMessage(topic: Presence.topic, data: bytes)
        message.from = Self.peer(node).bytes
        return message
    }

    private func deliver(_ message: PubsubMessage, from author: Int) {
        var (reached, edge) = (Set([author]), [author])
        while let node = edge.popLast() {
            for other in links[node].sorted() where isRunning(other) && reached.insert(other).inserted {
                edge.append(other)
                at(.milliseconds(20)) { village in
                    _ = village.nodes[other].receive(message, village.moment(other))
                    village.perform(other)
                }
            }
        }
    }

    private func ask(_ node: Int, _ peer: PeerID, _ request: [UInt8]) {
        guard let other = nodes.indices.first(where: { Self.peer($0) == peer }) else {
            return answer(node, peer, .none, after: .milliseconds(5))
        }
        questions[other] += 1
        switch health[other] {
        case .gone: answer(node, peer, .none, after: .milliseconds(5))
        case .frozen: answer(node, peer, .none, after: configuration.probeTimeout)
        case .well, .unheard:
            at(.milliseconds(10)) { village in
                let response = village.with(other) { $0.answer(request, from: Self.peer(node), $1) }
                village.answer(node, peer, response.map(PresenceAnswer.greeting) ?? .alive, after: .milliseconds(10))
            }
        }
    }

    private func answer(_ node: Int, _ peer: PeerID, _ answer: PresenceAnswer, after delay: Duration) {
        at(delay) { village in
            village.nodes[node].asked(peer, answer, village.moment(node))
            village.perform(node)
        }
    }
}

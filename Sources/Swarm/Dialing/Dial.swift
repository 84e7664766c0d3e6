import Identity
import Multiformats
import Reactor
import Time

/// One dial: resolves names, ranks addresses, begins attempts as the schedule says, and gives the first connection to
/// everyone who waits for it.
@NetworkActor
final class Dial {
    /// The most addresses that names may resolve to (go-libp2p's number).
    private static let maximumCandidates = 100

    let addresses: [Multiaddr]
    /// Dials in the order of their beginning.
    let order: UInt64
    private let swarm: Swarm
    private let peer: PeerID?
    private let exemptFromBackoff: Set<Multiaddr>

    private var hasStarted = false
    private var result: Result<Connection, SwarmError>?
    private var waiters: [Waiter] = []

    private var candidates: [DialCandidate] = []
    private var schedule = DialSchedule(staggers: [], concurrency: 1)
    private var timer: Timer?
    private var running: [Int: PendingConnection] = [:]
    private var failures: [DialAttempt] = []
    private var notable: UpgradeFailure?
    private var notableAddress: Multiaddr?

    init(
        swarm: Swarm, peer: PeerID?, addresses: [Multiaddr], exemptFromBackoff: Set<Multiaddr> = [], order: UInt64
    ) {
        self.swarm = swarm
        self.peer = peer
        self.addresses = addresses
        self.exemptFromBackoff = exemptFromBackoff
        self.order = order
    }

    /// Waits for the result. Cancelling the task leaves the dial to the others who wait, or ends it.
    func connect() async throws(SwarmError) -> Connection {
        if !hasStarted {
            hasStarted = true
            start()
        }
        let waiter = Waiter()
        waiters.append(waiter)
        defer { waiters.removeAll { $0 === waiter } }
        while true {
            if let result { return try result.get() }
            if Task.isCancelled {
                if waiters.count == 1 { cancel() }
                throw .cancelled
            }
            await waiter.wait()
        }
    }

    /// Gives up.
    func cancel() { end(.failure(swarm.isClosed ? .swarmClosed : .cancelled)) }

    /// The peer has connected to us meanwhile. Attempts that run go on: the other side may be counting on them.
    func joined(by connection: Connection) {
        guard connection.direction == .inbound else { return }
        end(.success(connection), abandoning: false)
    }

    // MARK: Candidates

    private func start() {
        let now = swarm.world.clock.now
        var names: [(Multiaddr, String, AddressFamily?, UInt16)] = []
        for address in addresses {
            if let peer, !exemptFromBackoff.contains(address),
                let wait = swarm.addressBook.backoff(peer, address).remaining(now: now)
            {
                fail(address, .backedOff, "failed lately, is left alone for another \(wait.rounded)", retryAfter: wait)
                continue
            }
            switch TransportAddress(address) {
            case nil:
                fail(address, .unsupportedAddress, "no transport for it")
            case .socket(let socket):
                guard AddressScope(socket) != nil else {
                    fail(address, .invalidAddress, "port 0, unspecified or multicast")
                    continue
                }
                if isOwn(socket) {
                    fail(address, .invalidAddress, "this node itself listens there")
                    continue
                }
                candidates.append(DialCandidate(origin: address, address: address, target: socket))
            case .name(let host, let family, let port):
                names.append((address, host, family, port))
            }
        }
        guard !names.isEmpty else { return begin() }
        let group = names
        spawn { [self] in
            for (address, host, family, port) in group { await resolve(address, host, family, port) }
            begin()
        }
    }

    /// An address of ours that another peer claims would only lead back here.
    private func isOwn(_ socket: SocketAddress) -> Bool {
        peer != nil && swarm.listenAddresses.contains(swarm.multiaddr(socket))
    }

    /// Whether a name may lead into the local network or this machine. One that was learned from peers may not: it
    /// would lead wherever they want, past the bounds that hold for the addresses they give.
    private func mayLeadInside(_ name: Multiaddr) -> Bool {
        guard let peer, !exemptFromBackoff.contains(name) else { return true }
        let entry = swarm.addressBook.entries(of: peer).first { $0.address == name }
        return entry?.source != .exchange && entry?.source != .identify
    }

    private func resolve(_ address: Multiaddr, _ host: String, _ family: AddressFamily?, _ port: UInt16) async {
        let lookup = NameLookup(swarm.world, host, family)
        switch await lookup.result(within: swarm.configuration.connectTimeout) {
        case .success(let found):
            let nearest = mayLeadInside(address) ? AddressScope.memory : .global
            let targets = found.map { SocketAddress.ip($0, port: port) }.filter { target in
                AddressScope(target).map { $0 >= nearest } == true && !isOwn(target)
            }
            if targets.isEmpty { fail(address, .unresolved, "\(host) has no address that can be dialed") }
            for target in targets where candidates.count < Self.maximumCandidates {
                candidates.append(
                    DialCandidate(origin: address, address: swarm.multiaddr(target), target: target))
            }
        case .failure(let error):
            fail(address, .unresolved, "\(error)")
        }
    }

    // MARK: Attempts

    private func begin() {
        guard result == nil else { return }
        candidates = AddressRanking.rank(candidates)
        let configuration = swarm.configuration
        let staggers = candidates.map { candidate in
            candidate.scope == .global ? configuration.publicDialStagger : configuration.privateDialStagger
        }
        schedule = DialSchedule(staggers: staggers, concurrency: configuration.concurrentDialsPerPeer)
        perform(schedule.advance(now: swarm.world.clock.now))
    }

    private func perform(_ action: DialSchedule.Action) {
        guard result == nil else { return }
        timer?.cancel()
        timer = nil
        switch action {
        case .exhausted:
            end(.failure(error()))
        case .begin(let attempts, let next):
            if let next {
                timer = swarm.world.clock.schedule(at: next) { [weak self] in
                    guard let self else { return }
                    perform(schedule.advance(now: swarm.world.clock.now))
                }
            }
            for attempt in attempts { begin(attempt) }
        }
    }

    private func begin(_ attempt: Int, fromAnyPort: Bool = false) {
        guard result == nil, candidates.indices.contains(attempt) else { return }
        let candidate = candidates[attempt]
        let pending = swarm.attempt(candidate, expecting: peer, fromAnyPort: fromAnyPort) { [self] outcome in
            running[attempt] = nil
            switch outcome {
            case .success(let connection): succeeded(candidate, connection)
            case .failure(let failure) where failure.isSourceTaken && !fromAnyPort: begin(attempt, fromAnyPort: true)
            case .failure(let failure): failed(attempt, candidate, failure)
            }
        }
        if let pending { running[attempt] = pending }
    }

    private func succeeded(_ candidate: DialCandidate, _ connection: Connection) {
        swarm.addressBook.dialSucceeded(connection.remotePeer, candidate.origin)
        if result == nil { swarm.counters.dialsSucceeded += 1 }
        end(.success(connection))
    }

    private func failed(_ attempt: Int, _ candidate: DialCandidate, _ failure: UpgradeFailure) {
        guard failure.reason != .cancelled else { return }
        // A limit of our own says nothing about the address.
        if let peer, failure.reason != .limitExceeded { swarm.addressBook.dialFailed(peer, candidate.origin) }
        let via = candidate.address == candidate.origin ? "" : " (\(candidate.address))"
        fail(candidate.origin, failure.reason, failure.detail + via)
        if let peer, failure.reason == .wrongPeer, let actual = failure.actualPeer {
            for observer in swarm.observers.all {
                observer.wrongPeerAnswered(actual, insteadOf: peer, at: candidate.origin)
            }
        }
        if notable == nil, failure.reason == .wrongPeer || failure.isSelf || failure.limit != nil {
            (notable, notableAddress) = (failure, candidate.origin)
        }
        guard result == nil else { return }
        perform(schedule.failed(attempt, now: swarm.world.clock.now))
    }

    private func fail(
        _ address: Multiaddr, _ reason: DialFailure, _ detail: String, retryAfter: Duration? = nil
    ) {
        failures.append(DialAttempt(address: address, reason: reason, detail: detail, retryAfter: retryAfter))
    }

    // MARK: The end

    private func end(_ result: Result<Connection, SwarmError>, abandoning: Bool = true) {
        guard self.result == nil else { return }
        self.result = result
        if case .failure(let error) = result, error != .cancelled, error != .swarmClosed {
            swarm.counters.dialsFailed += 1
        }
        timer?.cancel()
        timer = nil
        if let peer, swarm.dials[peer] === self { swarm.dials[peer] = nil }
        if abandoning {
            let abandoned = running.sorted { $0.key < $1.key }
            running = [:]
            for entry in abandoned { entry.value.cancel() }
        }
        for waiter in waiters { waiter.wake() }
    }

    private func error() -> SwarmError {
        let target = peer.map { "peer \($0)" } ?? "the address"
        let list = failures.map(\.description).joined(separator: "; ")
        if let notable, let address = notableAddress, failures.allSatisfy({ $0.address == address }) {
            if notable.isSelf {
                return SwarmError(.selfDial, "\(address) is this node itself", attempts: failures)
            }
            if let limit = notable.limit {
                return SwarmError(.limitExceeded, limit.description, attempts: failures, limit: limit)
            }
        }
        if let notable, let address = notableAddress, let expected = notable.expectedPeer,
            let actual = notable.actualPeer
        {
            return SwarmError(
                .wrongPeer, "\(address) is peer \(actual), expected \(expected)", expectedPeer: expected,
                actualPeer: actual, attempts: failures)
        }
        return SwarmError(.dialFailed, "\(target) could not be dialed: \(list)", attempts: failures)
    }
}

extension Duration {
    /// The duration for people: `12.3 seconds`.
    fileprivate var rounded: String {
        let tenths = (millisecondsClamped + 50) / 100
        return "\(tenths / 10).\(tenths % 10) s"
    }
}

import CPlatform
import Time

/// A network of hosts inside the process, with virtual time: the clock stands still while anything is left to do, and
/// then jumps to the next timer. Hours pass in milliseconds, and one seed always gives one run.
///
/// What runs in it must be started by `spawn` and must wait for nothing outside: then the loop knows when nothing is
/// left to do. Several simulations may run at a time, on the one loop, without an effect on each other.
@NetworkActor public final class SimulatedWorld {
    /// Midnight, 1 January 2026, UTC.
    nonisolated static let wallClockStart = Timestamp(milliseconds: 1_767_225_600_000)
    /// Real time without anything to do after which a simulation counts as stuck.
    private static let stallNanoseconds: UInt64 = 5_000_000_000
    /// How often the loop looks whether one is, while there is nothing to do.
    nonisolated static let stallCheckNanoseconds: Int64 = 1_000_000_000
    /// Not zero, so that "ten seconds ago" exists.
    private static let origin: UInt64 = 1_000_000_000_000

    /// The seed of all that is random here.
    public let seed: UInt64
    /// Whether `trace` is kept. Off at first.
    public var recordsTrace = false
    /// Every event of the network, in order, with its virtual time in nanoseconds. Two runs with equal traces moved
    /// the same bytes at the same times.
    public private(set) var trace: [String] = []

    let timers = TimerQueue()
    let networkRandom: SeededRandomSource
    var endOfTurn: [@NetworkActor () -> Void] = []
    private(set) var nanoseconds = SimulatedWorld.origin
    private(set) var hosts: [SimulatedHost] = []
    private(set) var links: [Int: SimulatedLink] = [:]
    private(set) var connections: [Int: SimulatedConnection] = [:]
    var defaultConditions = LinkConditions()
    private var connectionCount = 0
    private var memoryNetwork: MemoryNetwork?
    private let limit: UInt64
    private var isOver = false
    private var giveUp: (@NetworkActor (SimulationError) -> Void)?
    private var idle: (since: UInt64, rounds: UInt64)?

    private init(seed: UInt64, limit: Duration) {
        self.seed = seed
        self.limit = Self.origin + limit.nanosecondsClamped.magnitude
        networkRandom = SeededRandomSource(seed: seed, stream: "network")
    }

    // MARK: Running

    /// Runs `body` in a simulation of its own, and ends the simulation when it returns or throws.
    ///
    /// - Parameters:
    ///   - seed: all that is random follows from it.
    ///   - limit: virtual time after which the run is given up.
    /// - Throws: what the body throws, or `SimulationError` if it would never return. Tasks that the body left behind
    ///   stay suspended where they are.
    public nonisolated static func run<T: Sendable>(
        seed: UInt64, limit: Duration = .seconds(7 * 86_400),
        _ body: @escaping @NetworkActor (SimulatedWorld) async throws -> T
    ) async throws -> T {
        let task = spawn {
            try await SimulatedWorld(seed: seed, limit: limit).run(body)
        }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    private func run<T: Sendable>(
        _ body: @escaping @NetworkActor (SimulatedWorld) async throws -> T
    ) async throws -> T {
        EventLoop.shared.simulations.append(self)
        defer { end() }
        let main = spawn { try await body(self) }
        return try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { (continuation: UnsafeContinuation<T, any Error>) in
                var waiting: UnsafeContinuation<T, any Error>? = continuation
                giveUp = { error in
                    main.cancel()
                    waiting?.resume(throwing: error)
                    waiting = nil
                }
                spawn {
                    let result = await main.result
                    waiting?.resume(with: result)
                    waiting = nil
                }
            }
        } onCancel: {
            main.cancel()
        }
    }

    private func end() {
        isOver = true
        giveUp = nil
        EventLoop.shared.simulations.removeAll { $0 === self }
        // Whoever waits for the network hears that it is gone, and can end; those who sleep will not wake.
        for number in connections.keys.sorted() { connections[number]?.cut() }
        timers.removeAll()
        endOfTurn = []
        links = [:]
        hosts = []
        memoryNetwork = nil
    }

    /// Called by the loop when it has no job left: does the next thing that is due. False if there is none.
    func step() -> Bool {
        if isOver { return false }
        if !endOfTurn.isEmpty {
            let due = endOfTurn
            endOfTurn = []
            idle = nil
            for action in due { action() }
            return true
        }
        guard let timer = timers.popFirst() else {
            checkStall()
            return false
        }
        idle = nil
        nanoseconds = max(nanoseconds, timer.deadline)
        guard nanoseconds <= limit else {
            timer.detach()
            giveUp?(.timeLimit(.nanoseconds(Int64(clamping: limit - Self.origin))))
            isOver = true
            return true
        }
        timer.fire()
        return true
    }

    private func checkStall() {
        let now = platform_monotonic_nanoseconds()
        let rounds = EventLoop.shared.roundsWithWork
        guard let idle, idle.rounds == rounds else {
            idle = (now, rounds)
            return
        }
        if now - idle.since >= Self.stallNanoseconds {
            isOver = true
            giveUp?(.stalled)
        }
    }

    // MARK: Time

    /// Virtual time since the simulation began.
    public var elapsed: Duration { .nanoseconds(Int64(clamping: nanoseconds - Self.origin)) }

    @discardableResult
    func schedule(after delay: Duration, _ action: @escaping @NetworkActor () -> Void) -> Timer {
        schedule(at: (now + delay).nanoseconds, action)
    }

    /// Deadlines that have passed are now.
    @discardableResult
    func schedule(at deadline: UInt64, _ action: @escaping @NetworkActor () -> Void) -> Timer {
        let timer = timers.schedule(at: max(deadline, nanoseconds), action)
        if isOver { timer.cancel() }
        return timer
    }

    var now: Instant { Instant(nanoseconds: nanoseconds) }

    func record(_ event: @autoclosure () -> String) {
        if recordsTrace { trace.append("\(nanoseconds - Self.origin) \(event())") }
    }

    // MARK: Hosts

    /// Adds a host and gives its view of the world. Other hosts find it by `ip`, or by its name through `resolve`.
    /// - Parameters:
    ///   - name: not used before; also the name of its stream of random numbers.
    ///   - ip: not used before; nil picks one of 10.0.0.0/8.
    public func host(_ name: String, ip: IPAddress? = nil) -> World {
        let index = hosts.count
        let address =
            ip ?? IPAddress(v4: 10, UInt8(index / 62_500 % 256), UInt8(index / 250 % 250), UInt8(index % 250 + 1))
        precondition(host(named: name) == nil, "there is a host '\(name)' already")
        precondition(host(at: address) == nil, "there is a host with address \(address) already")
        let host = SimulatedHost(name: name, index: index, address: address)
        hosts.append(host)
        return World(
            clock: SimulatedClock(world: self), wallClock: SimulatedWallClock(world: self),
            steadyClock: SimulatedWallClock(world: self),
            random: SeededRandomSource(seed: seed, stream: "host \(name)"),
            network: SimulatedNetwork(host: host, world: self), workers: SimulatedWorkers(world: self),
            processUsage: { nil }, turn: SimulatedTurn(world: self),
            makeSerialWorker: { [self] _ in SimulatedSerialWorker(world: self) })
    }

    /// A port of a host, by the host's name, which must have been added.
    public func address(of name: String, port: UInt16) -> SocketAddress {
        guard let host = host(named: name) else { preconditionFailure("no host '\(name)' in the simulation") }
        return .ip(host.addresses[0], port: port)
    }

    func host(named name: String) -> SimulatedHost? {
        hosts.first { $0.name == name }
    }

    func host(at address: IPAddress) -> SimulatedHost? {
        hosts.first { $0.addresses[0] == address || $0.interfaceCount > 2 && $0.addresses.contains(address) }
    }

    // MARK: Links

    /// The memory addresses of the simulation.
    var memory: MemoryNetwork {
        if let memoryNetwork { return memoryNetwork }
        let made = MemoryNetwork { [self] action in schedule(after: .zero, action) }
        memoryNetwork = made
        return made
    }

    func link(from sender: SimulatedHost, to receiver: SimulatedHost) -> SimulatedLink {
        let key = sender.index << 32 | receiver.index
        if let link = links[key] { return link }
        let link = SimulatedLink(from: sender, to: receiver, conditions: defaultConditions, world: self)
        links[key] = link
        return link
    }

    func nextConnectionNumber() -> Int {
        connectionCount += 1
        return connectionCount
    }

    func add(_ connection: SimulatedConnection) {
        connections[connection.number] = connection
    }

    func remove(_ connection: SimulatedConnection) {
        connections[connection.number] = nil
    }
}

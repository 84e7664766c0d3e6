/// The outside world as a set of capabilities: the only way to the time, to randomness, to the network and to other
/// threads. Made by `World.real()` or by `SimulatedWorld.host`.
public struct World: Sendable {
    /// The time for deadlines and durations.
    public var clock: any MonotonicClock
    /// The time for people and other machines.
    public var wallClock: any WallClock
    /// The time for what is kept for a while: the wall clock's at the beginning, and from then on it does not jump.
    public var steadyClock: any WallClock
    /// Where all random numbers come from.
    public var random: any RandomSource
    /// Sockets.
    public var network: any Network
    /// Threads for work that takes longer than about 100 µs.
    public var workers: any WorkerPool
    /// What the process takes of the machine; nil in a simulation, where nothing may depend on it. Takes some tens of
    /// microseconds.
    public var processUsage: @Sendable () -> ProcessUsage?
    var turn: any Turn
    var makeSerialWorker: @Sendable @NetworkActor (String) -> any SerialWorker

    /// A thread of its own that runs jobs one after the other. `name` is seen in debuggers; 15 bytes of it.
    @NetworkActor public func serialWorker(named name: String) -> any SerialWorker {
        makeSerialWorker(name)
    }

    /// Runs `action` once, when this turn of the loop has no more jobs to run (or has run its share of them). For work
    /// that many callers ask for and that is cheaper done once: flushing a connection, committing a transaction.
    @NetworkActor public func atEndOfTurn(_ action: @escaping @NetworkActor () -> Void) {
        turn.atEndOfTurn(action)
    }

    /// This machine. Each call gives the same capabilities but a fresh worker pool, whose threads start when needed.
    public static func real() -> World {
        World(
            clock: SystemClock(), wallClock: SystemWallClock(), steadyClock: SystemSteadyClock(),
            random: SystemRandomSource(),
            network: SystemNetwork(), workers: ThreadPool(name: "worker", capacity: ThreadPool.defaultCapacity),
            processUsage: { ProcessUsage.measured() }, turn: EventLoopTurn(),
            makeSerialWorker: { SerialThread(name: $0) })
    }
}

/// Where the end of a turn is.
@NetworkActor protocol Turn: AnyObject, Sendable {
    func atEndOfTurn(_ action: @escaping @NetworkActor () -> Void)
}

final class EventLoopTurn: Turn {
    nonisolated init() {}

    func atEndOfTurn(_ action: @escaping @NetworkActor () -> Void) {
        EventLoop.shared.atEndOfTurn(action)
    }
}

import Time

/// The virtual clock.
final class SimulatedClock: MonotonicClock {
    private let world: SimulatedWorld

    init(world: SimulatedWorld) { self.world = world }

    var now: Instant { world.now }

    func schedule(at deadline: Instant, _ action: @escaping @NetworkActor () -> Void) -> Timer {
        world.schedule(at: deadline.nanoseconds, action)
    }
}

/// Wall-clock time that begins at a fixed date and goes with the virtual clock.
final class SimulatedWallClock: WallClock {
    private let world: SimulatedWorld

    init(world: SimulatedWorld) { self.world = world }

    var now: Timestamp { SimulatedWorld.wallClockStart + world.elapsed }
}

/// Work that runs on the loop, each piece as an event of its own.
final class SimulatedWorkers: WorkerPool {
    private let world: SimulatedWorld

    init(world: SimulatedWorld) { self.world = world }

    func run<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await withUnsafeThrowingContinuation { continuation in
            world.schedule(after: .zero) { continuation.resume(with: Result(catching: body)) }
        }
    }
}

/// A serial worker without a thread.
final class SimulatedSerialWorker: SerialWorker {
    private let world: SimulatedWorld
    private var isClosed = false

    init(world: SimulatedWorld) { self.world = world }

    func submit(_ job: @escaping @Sendable () -> Void) {
        if !isClosed { world.schedule(after: .zero) { job() } }
    }

    func close() { isClosed = true }
}

/// Turns end when the simulation has nothing left to do at this instant.
final class SimulatedTurn: Turn {
    private let world: SimulatedWorld

    init(world: SimulatedWorld) { self.world = world }

    func atEndOfTurn(_ action: @escaping @NetworkActor () -> Void) {
        world.endOfTurn.append(action)
    }
}

@testable import Reactor

/// A world whose store can be held up: what is given to the disk then waits until it goes on.
@NetworkActor final class StalledDisk {
    /// Whether nothing gets to the disk.
    var isStalled = false {
        didSet { if !isStalled { worker?.goOn() } }
    }
    fileprivate weak var worker: StallingWorker?

    nonisolated init() {}

    /// The same world, on this disk.
    func world(_ world: World) -> World {
        var world = world
        let make = world.makeSerialWorker
        world.makeSerialWorker = { [self] name in
            guard name == "store" else { return make(name) }
            let worker = StallingWorker(make(name), self)
            self.worker = worker
            return worker
        }
        return world
    }
}

@NetworkActor private final class StallingWorker: SerialWorker {
    private let worker: any SerialWorker
    private let disk: StalledDisk
    private var held: [@Sendable () -> Void] = []

    init(_ worker: any SerialWorker, _ disk: StalledDisk) {
        self.worker = worker
        self.disk = disk
    }

    func submit(_ job: @escaping @Sendable () -> Void) {
        if disk.isStalled { held.append(job) } else { worker.submit(job) }
    }

    func close() { worker.close() }

    func goOn() {
        let jobs = held
        held = []
        for job in jobs { worker.submit(job) }
    }
}

import Reactor

/// A look-up of a host name that is waited for only so long; the system may take much longer.
@NetworkActor
final class NameLookup {
    private var outcome: Result<[IPAddress], NetworkError>?
    private let waiter = Waiter()
    private let world: World

    init(_ world: World, _ host: String, _ family: AddressFamily?) {
        self.world = world
        spawn { [self] in
            do throws(NetworkError) {
                end(.success(try await world.network.resolve(host, family: family)))
            } catch {
                end(.failure(error))
            }
        }
    }

    /// The addresses, or why there are none.
    func result(within timeout: Duration) async -> Result<[IPAddress], NetworkError> {
        let timer = world.clock.schedule(after: timeout) { [weak self] in self?.end(.failure(.timedOut)) }
        defer { timer.cancel() }
        while true {
            if let outcome { return outcome }
            guard !Task.isCancelled else { return .failure(.timedOut) }
            await waiter.wait()
        }
    }

    private func end(_ result: Result<[IPAddress], NetworkError>) {
        guard outcome == nil else { return }
        outcome = result
        waiter.wake()
    }
}

import Reactor

@testable import Swarm

/// Keeps the errors of connections that a swarm did not take.
@NetworkActor
final class InboundFailures: SwarmObserver {
    private(set) var errors: [SwarmError] = []

    init(of swarm: Swarm) { swarm.addObserver(self) }

    func inboundConnectionFailed(_ error: SwarmError) { errors.append(error) }
}

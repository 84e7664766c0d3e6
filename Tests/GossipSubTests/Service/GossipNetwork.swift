import Identify
import Identity
import Reactor
import Swarm
import TestSupport
import Time

@testable import GossipSub

/// Hosts of a simulation that speak pubsub, each in one topic.
@NetworkActor
final class GossipNetwork {
    static let topic: GossipSub.Topic = "t"

    let network: TestNetwork
    let services: [GossipSubService]
    private let identify: [IdentifyService]
    /// What each has received, as text.
    private(set) var received: [[String]]
    /// What the application says to a message.
    var verdict: @NetworkActor (_ node: Int, PubsubMessage) -> ValidationResult = { _, _ in .accept }

    init(
        _ simulation: SimulatedWorld, count: Int, _ configuration: GossipSubConfiguration = .init()
    ) throws {
        network = try TestNetwork(simulation, count: count)
        received = Array(repeating: [], count: count)
        identify = network.peers.map { IdentifyService(swarm: $0.swarm, agentVersion: "test/1") }
        services = network.peers.map { GossipSubService(swarm: $0.swarm, configuration: configuration) }
        for index in 0..<count {
            identify[index].start()
            services[index].start()
            try services[index].subscribe(Self.topic) { [unowned self] message, _, _ in
                received[index].append(String(decoding: message.data, as: UTF8.self))
                return verdict(index, message)
            }
        }
    }

    /// Connects each host to so many random ones, and none to none.
    func connect(degree: Int, seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        for index in 1..<services.count {
            try await network.connect(index, random.next(below: index))
            for _ in 1..<degree {
                let other = random.next(below: services.count)
                if other != index { try await network.connect(index, other) }
            }
        }
    }

    func pass(_ duration: Duration) async {
        await network[0].world.clock.sleep(for: duration)
    }

    func publish(_ node: Int, _ text: String) throws {
        try services[node].publish(Array(text.utf8), to: Self.topic)
    }

    /// The part of `texts` that the nodes but the author have.
    func delivery(of texts: [String], besides authors: [Int], among nodes: [Int]? = nil) -> Double {
        var (have, want) = (0, 0)
        for (text, author) in zip(texts, authors) {
            for node in nodes ?? Array(services.indices) where node != author {
                want += 1
                if received[node].contains(text) { have += 1 }
            }
        }
        return want == 0 ? 1 : Double(have) / Double(want)
    }

    func close() async {
        for service in services { service.stop() }
        await network.close()
    }
}

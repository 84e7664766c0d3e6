import Crypto
import Identity
import Multiformats
import Reactor
import Swarm

extension KeyPair {
    /// A key pair that is the same in every run: its seed is `number`, over and over.
    public static func test(_ number: UInt8) -> KeyPair {
        KeyPair(seed: SecretBytes(copying: [UInt8](repeating: number, count: 32)))
    }
}

extension Multiaddr {
    /// An address of a test, known to be one.
    public static func test(_ text: String) -> Multiaddr {
        do {
            return try Multiaddr(text)
        } catch {
            preconditionFailure("\(text): \(error)")
        }
    }
}

extension SwarmConfiguration {
    /// Without limits: for tests of other things than limits.
    public static var unlimited: SwarmConfiguration {
        var configuration = SwarmConfiguration()
        configuration.limits = .unlimited
        return configuration
    }
}

/// A swarm of a test with the address that it listens on.
@NetworkActor
public struct TestPeer {
    /// The swarm.
    public let swarm: Swarm
    /// Where it listens, with `/p2p`.
    public let address: Multiaddr

    /// Its id.
    public var id: PeerID { swarm.localPeer }

    /// A swarm that listens in `world` on `address`: port 4001 of all interfaces unless said otherwise.
    public init(
        _ world: World, key: UInt8, listen address: String = "/ip4/0.0.0.0/tcp/4001",
        configuration: SwarmConfiguration = .init()
    ) throws {
        swarm = Swarm(world: world, identity: .test(key), configuration: configuration)
        let addresses = try swarm.listen(on: .test(address))
        // The host's own address comes before loopback in the simulated world.
        guard let first = addresses.first else { preconditionFailure("\(address) gave no address") }
        self.address = first.appending(peer: swarm.localPeer)
    }
}

/// Several connected or connectable swarms, one to a host of a simulation: `peer0` with key 1, `peer1` with key 2, ….
@NetworkActor
public struct TestNetwork {
    /// The swarms, in order.
    public let peers: [TestPeer]

    /// Makes `count` hosts, each with a swarm that listens on port 4001.
    public init(_ simulation: SimulatedWorld, count: Int, configuration: SwarmConfiguration = .init()) throws {
        peers = try (0..<count).map { index in
            let world = simulation.host("peer\(index)")
            return try TestPeer(world, key: UInt8(index + 1), configuration: configuration)
        }
    }

    /// One of the swarms.
    public subscript(index: Int) -> Swarm { peers[index].swarm }

    /// Connects one to another by dialing.
    @discardableResult
    public func connect(_ from: Int, _ to: Int) async throws -> Connection {
        try await peers[from].swarm.dial(peers[to].address)
    }

    /// Closes all of them.
    public func close() async {
        for peer in peers { await peer.swarm.close() }
    }
}

/// A handler that sends back what comes, to the end.
public let echoHandler: @NetworkActor (Stream) async -> Void = { stream in
    do {
        while let bytes = try await stream.read() { try await stream.write(bytes) }
        stream.closeWrite()
    } catch {
        stream.reset()
    }
}

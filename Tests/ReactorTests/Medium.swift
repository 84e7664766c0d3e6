import Reactor
import Testing

/// The networks that must behave alike.
enum Medium: String, CaseIterable, CustomTestStringConvertible {
    case tcp
    case tcp6
    case memory
    case simulated
    case simulatedMemory

    var testDescription: String { rawValue }

    /// Runs a test between two hosts. `address` is for the server to listen on.
    func run<T: Sendable>(
        _ body: @escaping @NetworkActor (_ server: World, _ client: World, _ address: SocketAddress) async throws -> T
    ) async throws -> T {
        switch self {
        case .tcp:
            return try await real(.ip(.loopback4, port: 0), body)
        case .tcp6:
            return try await real(.ip(.loopback6, port: 0), body)
        case .memory:
            return try await real(.memory(0), body)
        case .simulated:
            return try await SimulatedWorld.run(seed: 1) { simulation in
                try await body(simulation.host("server"), simulation.host("client"), .ip(Medium.serverIP, port: 0))
            }
        case .simulatedMemory:
            return try await SimulatedWorld.run(seed: 1) { simulation in
                try await body(simulation.host("server"), simulation.host("client"), .memory(0))
            }
        }
    }

    private func real<T: Sendable>(
        _ address: SocketAddress,
        _ body: @escaping @NetworkActor (_ server: World, _ client: World, _ address: SocketAddress) async throws -> T
    ) async throws -> T {
        let world = World.real()
        return try await spawn { try await body(world, world, address) }.value
    }

    /// What the simulation gives its first host.
    private static let serverIP = IPAddress(bytes: [10, 0, 0, 1]) ?? .any4
}

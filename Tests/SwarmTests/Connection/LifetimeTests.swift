import Identity
import Multiformats
import Reactor
import TestSupport
import Testing

@testable import Swarm

/// Writes down what happens.
@NetworkActor
final class Recorder: SwarmObserver {
    var events: [String] = []
    func peerConnected(_ peer: PeerID, _ connection: Connection) { events.append("connected") }
    func peerDisconnected(_ peer: PeerID) { events.append("disconnected") }
    func connectionOpened(_ connection: Connection) { events.append("opened") }
    func connectionClosed(_ connection: Connection, reason: ConnectionCloseReason) {
        events.append("closed: \(reason.name)")
    }
    func listenAddressesChanged() { events.append("addresses") }
    func inboundConnectionFailed(_ error: SwarmError) { events.append("failed: \(error.code.rawValue)") }
}

@Suite("The life of a connection")
struct LifetimeTests {
    @Test("idle for 300 s, it is closed, and both sides say why")
    func idle() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let network = try TestNetwork(simulation, count: 2)
            let (one, other) = (Recorder(), Recorder())
            network[0].addObserver(one)
            network[1].addObserver(other)
            try await network.connect(0, 1)
            await network[0].world.clock.sleep(for: .seconds(299))
            #expect(network[0].isConnected(network[1].localPeer))
            await network[0].world.clock.sleep(for: .seconds(3))
            #expect(!network[0].isConnected(network[1].localPeer))
            #expect(Set([one.events.dropFirst(2).first, other.events.dropFirst(2).first]).contains("closed: idle"))
            for events in [one.events, other.events] {
                #expect(events.prefix(2) == ["opened", "connected"])
                #expect(events.last == "disconnected")
            }
            #expect(network[0].resources.system == ResourceUsage())
            #expect(network[1].resources.system == ResourceUsage())
            await network.close()
        }
    }

    @Test("a stream or a tag keeps it")
    func kept() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let network = try TestNetwork(simulation, count: 2)
            network[1].setHandler("/echo/1.0.0", echoHandler)
            let connection = try await network.connect(0, 1)
            let stream = try await connection.openStream(["/echo/1.0.0"])
            await network[0].world.clock.sleep(for: .seconds(3600))
            #expect(connection.isOpen)
            try await stream.write([1])
            #expect(try await stream.read() == [1])
            stream.close()
            connection.protect("favourite")
            for other in network[1].connections { other.protect("favourite") }
            await network[0].world.clock.sleep(for: .seconds(3600))
            #expect(connection.isOpen)
            connection.unprotect("favourite")
            await network[0].world.clock.sleep(for: .seconds(301))
            #expect(!connection.isOpen)
            await network.close()
        }
    }

    @Test("a peer that vanishes is noticed by the keep-alive")
    func vanished() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let network = try TestNetwork(simulation, count: 2)
            let connection = try await network.connect(0, 1)
            connection.protect("test")
            simulation.partition(["peer0"], ["peer1"])
            await network[0].world.clock.sleep(for: .seconds(61))
            guard case .unresponsive = connection.closeReason else {
                return #expect(Bool(false), "\(String(describing: connection.closeReason))")
            }
            await network.close()
        }
    }

    @Test("the round trip is measured")
    func roundTrip() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            simulation.setConditions(LinkConditions(latency: .milliseconds(40), jitter: .zero))
            let network = try TestNetwork(simulation, count: 2)
            let connection = try await network.connect(0, 1)
            connection.protect("test")
            await network[0].world.clock.sleep(for: .seconds(31))
            let time = try #require(connection.roundTripTime)
            #expect((.milliseconds(80) ... .milliseconds(90)).contains(time))
            #expect(network[0].peers[network[1].localPeer]?.roundTripTime == time)
            await network.close()
        }
    }

    @Test("what was written before close still arrives, behind a slow link")
    func flushed() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            simulation.setConditions(LinkConditions(bandwidth: 1 << 20, socketBuffer: 16 << 10))
            let network = try TestNetwork(simulation, count: 2)
            let bytes = SeededRandom.bytes(200_000)
            network[1].setHandler("/gift/1.0.0") { stream in
                try? await stream.write(bytes)
                stream.closeWrite()
                stream.connection.close()
            }
            let connection = try await network.connect(0, 1)
            let stream = try await connection.openStream(["/gift/1.0.0"])
            #expect(try await stream.readToEnd(limit: 1 << 20) == bytes)
            await network.close()
        }
    }

    @Test("closing a swarm ends its streams and connections, and is done within 2 s whatever the peer does")
    func closing() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let network = try TestNetwork(simulation, count: 2)
            let recorder = Recorder()
            network[1].addObserver(recorder)
            network[1].setHandler("/echo/1.0.0", echoHandler)
            let connection = try await network.connect(0, 1)
            let stream = try await connection.openStream(["/echo/1.0.0"])
            try await stream.write([1])
            _ = try await stream.read()
            await network[0].close()
            #expect(simulation.elapsed < .seconds(1))
            await #expect(throws: StreamError.connectionClosed) { try await stream.read() }
            await #expect(throws: StreamError.connectionClosed) { try await stream.write([1]) }
            await #expect(throws: SwarmError.swarmClosed) {
                _ = try await network[0].dial(network.peers[1].address)
            }
            await network[1].world.clock.sleep(for: .seconds(1))
            #expect(recorder.events.contains("closed: remote_closed"))

            let other = Swarm(world: simulation.host("other"), identity: .test(9))
            _ = try await other.dial(network.peers[1].address)
            simulation.partition(["other"], ["peer1"])
            let start = simulation.elapsed
            await other.close()
            #expect(simulation.elapsed - start <= .seconds(2))
            await network.close()
        }
    }

    @Test("listening: concrete addresses, taken ports, names, unknown shapes")
    func listening() async throws {
        try await spawn {
            let swarm = Swarm(world: .real(), identity: .test(1))
            let recorder = Recorder()
            swarm.addObserver(recorder)
            let addresses = try swarm.listen(on: .test("/ip4/0.0.0.0/tcp/0"))
            #expect(!addresses.isEmpty)
            for address in addresses {
                #expect(!address.description.contains("0.0.0.0"))
                #expect(!address.description.hasSuffix("/tcp/0"))
            }
            #expect(swarm.listenAddresses == addresses)
            let taken = try #require(addresses.first)
            let second = Swarm(world: .real(), identity: .test(2))
            #expect(throws: SwarmError(.invalidAddress, "")) { try second.listen(on: .test("/dns4/localhost/tcp/0")) }
            #expect(throws: SwarmError(.unsupportedAddress, "")) {
                try second.listen(on: .test("/ip4/127.0.0.1/udp/0/quic-v1"))
            }
            #expect(throws: SwarmError(.listenFailed, "")) { try second.listen(on: .test("/ip4/192.0.2.1/tcp/0")) }
            swarm.stopListening(on: taken)
            #expect(swarm.listenAddresses.isEmpty)
            #expect(recorder.events == ["addresses", "addresses"])
            await swarm.close()
            await second.close()
        }.value
    }
}

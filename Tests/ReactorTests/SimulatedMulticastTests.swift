import Reactor
import Testing
import Time

@Suite(.timeLimit(.minutes(1))) struct SimulatedMulticastTests {
    private static let group = SocketAddress.ip(IPAddress("224.0.0.251") ?? .any4, port: 5353)

    /// What a host has heard in a group on its first interface.
    @NetworkActor private final class Ear {
        let socket: any MulticastSocket
        var heard: [Datagram] = []
        var texts: [[UInt8]] { heard.map(\.bytes) }

        init(_ host: World, on interface: UInt32 = 2) throws {
            socket = try host.network.multicast(SimulatedMulticastTests.group)
            try socket.join(interface)
            socket.onReceive = { [unowned self] in heard.append($0) }
        }
    }

    @Test func onlyTheSegmentHears() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let hosts = ["a", "b", "c", "elsewhere"].map { simulation.host($0) }
            for name in ["a", "b", "c"] { simulation.attach(name, to: "lan") }
            simulation.attach("elsewhere", to: "other")
            let ears = try hosts.map { try Ear($0) }
            try ears[0].socket.send([1, 2, 3], on: 2)
            await hosts[0].clock.sleep(for: .seconds(1))
            #expect(ears[0].texts == [[1, 2, 3]], "what one sends comes back")
            #expect(ears[1].texts == [[1, 2, 3]])
            #expect(ears[1].heard.first?.source == simulation.address(of: "a", port: 5353))
            #expect(ears[1].heard.first?.interface == 2)
            #expect(ears[2].texts == [[1, 2, 3]])
            #expect(ears[3].heard.isEmpty)
        }
    }

    @Test func aHostThatIsNowhereHasNoGroups() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let host = simulation.host("a")
            #expect(try host.network.interfaces().map(\.carriesMulticast) == [true, false])
            let socket = try host.network.multicast(Self.group)
            #expect(throws: NetworkError.addressNotAvailable) { try socket.join(2) }
            #expect(throws: NetworkError.unreachable) { try socket.send([1], on: 2) }
        }
    }

    @Test func loopbackStaysOnTheHost() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let (a, b) = (simulation.host("a"), simulation.host("b"))
            for name in ["a", "b"] { simulation.attach(name, to: "lan") }
            let (own, other) = (try Ear(a, on: 1), try Ear(b, on: 1))
            try own.socket.send([7], on: 1)
            await a.clock.sleep(for: .seconds(1))
            #expect(own.texts == [[7]])
            #expect(own.heard.first?.source.ip == .loopback4)
            #expect(other.heard.isEmpty)
        }
    }

    @Test func datagramsAreLostAndArriveTwice() async throws {
        try await SimulatedWorld.run(seed: 7) { simulation in
            let (a, b) = (simulation.host("a"), simulation.host("b"))
            for name in ["a", "b"] { simulation.attach(name, to: "lan") }
            simulation.setConditions(LinkConditions(loss: 0.3, duplication: 0.2))
            let (mouth, ear) = (try Ear(a), try Ear(b))
            for number in 0..<1000 { try mouth.socket.send([UInt8(number & 0xff), UInt8(number >> 8)], on: 2) }
            await a.clock.sleep(for: .seconds(1))
            #expect(mouth.heard.count == 1000, "loopback loses nothing")
            let different = Set(ear.texts).count
            #expect(600...800 ~= different)
            #expect(ear.heard.count > different + 80, "some came twice")
        }
    }

    @Test func aPartitionKeepsNothingForLater() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let (a, b) = (simulation.host("a"), simulation.host("b"))
            for name in ["a", "b"] { simulation.attach(name, to: "lan") }
            let (mouth, ear) = (try Ear(a), try Ear(b))
            simulation.partition(["a"], ["b"])
            try mouth.socket.send([1], on: 2)
            await a.clock.sleep(for: .seconds(1))
            simulation.heal()
            try mouth.socket.send([2], on: 2)
            await a.clock.sleep(for: .seconds(1))
            #expect(ear.texts == [[2]])
        }
    }

    @Test func interfacesComeAndGo() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let host = simulation.host("a")
            var changes = 0
            let watch = host.network.watchInterfaces { changes += 1 }
            let ip = try #require(IPAddress("192.168.7.1"))
            simulation.attach("a", to: "wifi", ip: ip)
            await host.clock.sleep(for: .seconds(1))
            #expect(changes == 1)
            #expect(try host.network.interfaces().map(\.name) == ["lo", "eth0", "eth1"])
            #expect(host.network.localAddresses().contains(ip))
            let ear = try Ear(host, on: 3)
            try ear.socket.send([1], on: 3)
            simulation.detach("a", from: "wifi")
            await host.clock.sleep(for: .seconds(1))
            #expect(changes == 2)
            #expect(try host.network.interfaces().map(\.name) == ["lo", "eth0"])
            #expect(throws: NetworkError.unreachable) { try ear.socket.send([1], on: 3) }
            watch.close()
            simulation.attach("a", to: "wifi", ip: ip)
            await host.clock.sleep(for: .seconds(1))
            #expect(changes == 2, "a watch that was closed tells nothing")
            #expect(try host.network.interfaces().map(\.index) == [1, 2, 4], "indices are not used again")
        }
    }

    @Test func oneSeedGivesOneTrace() async throws {
        func trace() async throws -> [String] {
            try await SimulatedWorld.run(seed: 5) { simulation in
                simulation.recordsTrace = true
                let hosts = ["a", "b", "c"].map { simulation.host($0) }
                for name in ["a", "b", "c"] { simulation.attach(name, to: "lan") }
                simulation.setConditions(LinkConditions(loss: 0.2, duplication: 0.2))
                let ears = try hosts.map { try Ear($0) }
                for round in 0..<20 {
                    for ear in ears { try ear.socket.send([UInt8(round)], on: 2) }
                    await hosts[0].clock.sleep(for: .milliseconds(3))
                }
                return simulation.trace
            }
        }
        let first = try await trace()
        #expect(first.count > 100)
        #expect(try await trace() == first)
    }
}

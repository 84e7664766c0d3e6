import Identify
import Identity
import Multiformats
import Reactor
import Swarm
import TestSupport
import Testing
import Time
import Wire

/// Exchanges that fail while the peer stays connected, over this connection or another.
@Suite struct IdentifyFailureTests {
    /// A peer with an identify of its own making.
    @NetworkActor private final class Odd {
        let peer: TestPeer
        /// How it answers, the first time and so on; the last answer stays. nil: it resets the stream.
        var answers: [IdentifyMessage?] = []
        /// Whether it takes a push, the first time and so on; from then on it does.
        var takesPush: [Bool] = []
        private(set) var asked: [Instant] = []
        private(set) var pushed: [Instant] = []

        init(_ world: World) throws {
            peer = try TestPeer(world, key: 77)
            peer.swarm.setHandler(Identify.protocolID) { [unowned self] stream in
                asked.append(world.clock.now)
                let answer = answers.count > 1 ? answers.removeFirst() : answers.first ?? nil
                guard let answer else { return stream.reset() }
                try? await stream.write(LengthPrefix.frame(answer.encoded))
            }
            peer.swarm.setHandler(Identify.pushProtocolID) { [unowned self] stream in
                pushed.append(world.clock.now)
                guard takesPush.isEmpty || takesPush.removeFirst() else { return stream.reset() }
                _ = try? await stream.readToEnd(limit: 1 << 16)
            }
        }

        func message(sequence: UInt64? = nil, _ addresses: [Multiaddr] = []) -> IdentifyMessage {
            var message = IdentifyMessage()
            message.protocols = [Identify.protocolID, Identify.pushProtocolID]
            message.listenAddresses = addresses
            message.signedPeerRecord = sequence.map { sequence in
                PeerRecord(peerID: peer.id, sequence: sequence, addresses: addresses).seal(with: .test(77)).encoded
            }
            return message
        }
    }

    @Test("a peer that does not answer the first time is asked again, and no more than a few times")
    func askedAgain() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let peers = try IdentifiedPeers(simulation, count: 1)
            let odd = try Odd(simulation.host("odd"))
            _ = try await peers[0].dial(odd.peer.address)
            await peers.pass(.seconds(600))
            #expect(odd.asked.count == 4)
            odd.answers = [nil, odd.message()]
            peers[0].disconnect(odd.peer.id)
            _ = try await peers[0].dial(odd.peer.address)
            await peers.pass(.seconds(20))
            #expect(odd.asked.count == 6)
            #expect(peers[0].peers[odd.peer.id]?.protocols.contains(Identify.pushProtocolID) == true)
            await odd.peer.swarm.close()
            await peers.network.close()
        }
    }

    @Test("a push that was not taken is made again, and no more than a few times")
    func pushedAgain() async throws {
        try await SimulatedWorld.run(seed: 2) { simulation in
            let peers = try IdentifiedPeers(simulation, count: 1)
            let odd = try Odd(simulation.host("odd"))
            odd.answers = [odd.message()]
            _ = try await peers[0].dial(odd.peer.address)
            await peers.pass(.seconds(2))
            odd.takesPush = [false, false]
            peers[0].setHandler("/one", echoHandler)
            await peers.pass(.seconds(100))
            #expect(odd.pushed.count == 3)
            odd.takesPush = Array(repeating: false, count: 100)
            peers[0].setHandler("/two", echoHandler)
            await peers.pass(.seconds(1000))
            #expect(odd.pushed.count == 7)
            await odd.peer.swarm.close()
            await peers.network.close()
        }
    }

    @Test("a push that was on its way over a connection that ends goes over the other")
    func otherConnection() async throws {
        try await SimulatedWorld.run(seed: 3) { simulation in
            let peers = try IdentifiedPeers(simulation, count: 1)
            let odd = try Odd(simulation.host("odd"))
            odd.answers = [odd.message()]
            _ = try await odd.peer.swarm.dial(peers.network.peers[0].address)
            await peers.pass(.seconds(2))
            // Whoever connects is expected to ask, and needs no push of what it is told then. This one does not ask.
            peers[0].setHandler("/one", echoHandler)
            let second = try await odd.peer.swarm.dial(peers.network.peers[0].address, reuse: false)
            await peers.pass(.seconds(2))
            #expect(odd.pushed.isEmpty)
            second.close()
            await peers.pass(.seconds(2))
            #expect(odd.pushed.count == 1)
            await odd.peer.swarm.close()
            await peers.network.close()
        }
    }

    @Test("what is learned over a second connection takes nothing away")
    func secondConnection() async throws {
        try await SimulatedWorld.run(seed: 4) { simulation in
            let peers = try IdentifiedPeers(simulation, count: 1)
            let odd = try Odd(simulation.host("odd"))
            let address = Multiaddr.test("/ip4/10.0.0.2/tcp/4001")
            // A node has one record for each audience, and says the older one where it is asked later.
            odd.answers = [odd.message(sequence: 2, [address]), odd.message(sequence: 1, [address])]
            _ = try await peers[0].dial(odd.peer.address)
            await peers.pass(.seconds(1))
            let record = peers[0].peers[odd.peer.id]?.signedPeerRecord
            #expect(record != nil)
            _ = try await peers[0].dial(odd.peer.address, reuse: false)
            await peers.pass(.seconds(1))
            #expect(odd.asked.count == 2)
            #expect(peers[0].peers[odd.peer.id]?.listenAddresses == [address])
            #expect(peers[0].peers[odd.peer.id]?.signedPeerRecord == record)
            await odd.peer.swarm.close()
            await peers.network.close()
        }
    }
}

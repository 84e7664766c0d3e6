import Identity
import Multiformats
import Reactor
import TestSupport
import Testing

@testable import Swarm

@Suite("Address book")
struct AddressBookTests {
    private let peer = KeyPair.test(9).peerID

    @NetworkActor
    private func makeBook(_ simulation: SimulatedWorld, addresses: Int = 64, peers: Int = 100) -> AddressBook {
        AddressBook(clock: simulation.host("a").clock, maximumAddresses: addresses, maximumPeers: peers)
    }

    @Test("drops /p2p, other peers' addresses and what cannot be dialed")
    func filters() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let book = makeBook(simulation)
            let good = Multiaddr.test("/ip4/192.0.2.1/tcp/1")
            book.add(
                peer,
                [
                    good.appending(peer: peer), good,
                    .test("/ip4/192.0.2.2/tcp/1").appending(peer: KeyPair.test(8).peerID),
                    .test("/ip4/0.0.0.0/tcp/1"), .test("/ip4/192.0.2.1/tcp/0"),
                ], source: .manual)
            #expect(book.addresses(of: peer) == [good])
        }
    }

    @Test("keeps at most so many of a peer, the trusted ones")
    func bounded() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let book = makeBook(simulation, addresses: 64)
            book.add(peer, [.test("/ip4/192.0.2.1/tcp/9")], source: .manual)
            for port in 1...1000 { book.add(peer, [.test("/ip4/198.51.100.1/tcp/\(port)")], source: .exchange) }
            #expect(book.addresses(of: peer).count == 64)
            #expect(book.addresses(of: peer).first == .test("/ip4/192.0.2.1/tcp/9"))
        }
    }

    @Test("keeps at most so many peers; those named by the person and those connected stay")
    func boundedPeers() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let book = makeBook(simulation, peers: 20)
            book.add(KeyPair.test(1).peerID, [.test("/ip4/192.0.2.1/tcp/1")], source: .manual)
            book.add(KeyPair.test(2).peerID, [.test("/ip4/192.0.2.1/tcp/2")], source: .exchange)
            book.isConnected = { $0 == KeyPair.test(2).peerID }
            for key in 10...200 {
                book.add(KeyPair.test(UInt8(key)).peerID, [.test("/ip4/192.0.2.1/tcp/3")], source: .exchange)
            }
            #expect(book.peers.count <= 20)
            #expect(!book.addresses(of: KeyPair.test(1).peerID).isEmpty)
            #expect(!book.addresses(of: KeyPair.test(2).peerID).isEmpty)
        }
    }

    @Test("an address is forgotten after its source's lifetime, unless it is heard of again")
    func lifetimes() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let world = simulation.host("b")
            let book = AddressBook(clock: world.clock, maximumAddresses: 64, maximumPeers: 10)
            let address = Multiaddr.test("/ip4/192.0.2.1/tcp/1")
            book.add(peer, [address], source: .exchange)
            await world.clock.sleep(for: .seconds(10 * 60))
            book.add(peer, [address], source: .exchange)
            await world.clock.sleep(for: .seconds(10 * 60))
            #expect(book.addresses(of: peer) == [address])
            await world.clock.sleep(for: .seconds(6 * 60))
            #expect(book.addresses(of: peer).isEmpty)
        }
    }

    @Test("nothing local is learned from afar")
    func scopes() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let book = makeBook(simulation)
            let all = [
                "/ip4/127.0.0.1/tcp/1", "/ip4/192.168.1.1/tcp/1", "/ip4/198.51.100.1/tcp/1", "/memory/1",
            ].map(Multiaddr.test)
            book.add(peer, all, source: .identify, heardFrom: .test("/ip4/203.0.113.1/tcp/4"))
            #expect(book.addresses(of: peer) == [all[2]])
            book.add(peer, all, source: .identify, heardFrom: .test("/ip4/192.168.1.7/tcp/4"))
            #expect(Set(book.addresses(of: peer)) == Set(all[1...2]))
            book.add(peer, all, source: .identify, heardFrom: .test("/ip4/127.0.0.1/tcp/4"))
            #expect(Set(book.addresses(of: peer)) == Set(all[0...2]))
        }
    }

    @Test("a newer record replaces what was certified; an older one changes nothing")
    func records() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let book = makeBook(simulation)
            let (one, two) = (Multiaddr.test("/ip4/192.0.2.1/tcp/1"), Multiaddr.test("/ip4/192.0.2.2/tcp/1"))
            book.add(PeerRecord(peerID: peer, sequence: 2, addresses: [one]), source: .identify)
            #expect(book.entries(of: peer).map(\.isCertified) == [true])
            book.add(PeerRecord(peerID: peer, sequence: 1, addresses: [two]), source: .identify)
            #expect(book.addresses(of: peer) == [one])
            book.add(PeerRecord(peerID: peer, sequence: 3, addresses: [two]), source: .identify)
            #expect(book.addresses(of: peer) == [two])
        }
    }
}

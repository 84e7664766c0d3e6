import Identity
import Multiformats
import Reactor
import TestSupport
import Testing
import Time

@testable import LocalDiscovery

@Suite("The table of peers") struct PeerTableTests {
    private func table(_ change: (inout LocalDiscoveryConfiguration) -> Void = { _ in }) -> PeerTable {
        var configuration = LocalDiscoveryConfiguration()
        configuration.nameDelay = .zero
        change(&configuration)
        return PeerTable(configuration, now: Samples.start)
    }

    private func mdns(
        _ peer: PeerID, _ addresses: [Multiaddr] = [Samples.address], from: String? = nil, instance: String = "x",
        interface: UInt32 = 2, lifetime: Duration = .seconds(360)
    ) -> Sighting {
        Sighting(
            peer: peer, source: .mdns, interface: interface, interfaceName: "eth0", from: from.map(Samples.ip),
            instance: instance, addresses: addresses, lifetime: lifetime)
    }

    private func gigi(
        _ peer: PeerID, _ address: Multiaddr = Samples.address, nickname: String = "bob", proof: Int64? = nil,
        from: String? = nil, lifetime: Duration = .seconds(360)
    ) -> Sighting {
        Sighting(
            peer: peer, source: .gigi, interface: 2, interfaceName: "eth0", from: from.map(Samples.ip),
            addresses: [address], nickname: nickname, capabilities: ["chat"], proof: proof, lifetime: lifetime)
    }

    private func seconds(_ count: Double) -> Instant { Samples.start + .milliseconds(Int64(count * 1000)) }

    private let bob = Samples.peer(2)

    /// The events in short: their kind, and what the peer is called.
    private func told(_ table: inout PeerTable) -> [String] {
        table.takeEvents().map { event in
            switch event {
            case .discovered(let peer): "discovered \(peer.nickname ?? "-")\(peer.isVerified ? "!" : "")"
            case .updated(let peer): "updated \(peer.nickname ?? "-")\(peer.isVerified ? "!" : "")"
            case .expired(let peer): "expired \(peer.nickname ?? "-")\(peer.isVerified ? "!" : "")"
            }
        }
    }

    @Test("found once, however often it is heard of, by whatever way")
    func findsOnce() {
        var table = table()
        table.observe(gigi(bob, proof: 1), seconds(0))
        table.observe(mdns(bob), seconds(0.1))
        table.observe(gigi(bob, proof: 2), seconds(15))
        table.observe(mdns(bob), seconds(16))
        #expect(told(&table) == ["discovered bob!"])
        #expect(table.peers.map(\.addresses) == [[Samples.address]])
        #expect(table.peers.map(\.source) == [.gigi])
        #expect(table.peers.map(\.interface) == ["eth0"])
    }

    @Test("its name may come a moment later; without one it is told then; who goes meanwhile was never there")
    func waitsForName() {
        var table = table { $0.nameDelay = .milliseconds(300) }
        table.observe(mdns(bob), seconds(0))
        table.observe(mdns(Samples.peer(3), instance: "c"), seconds(0))
        table.observe(mdns(Samples.peer(4), instance: "d"), seconds(0))
        #expect(table.peers.isEmpty)
        table.observe(gigi(bob, proof: 1), seconds(0.1))
        table.left(instance: "d", seconds(0.2))
        #expect(told(&table) == ["discovered bob!"])
        #expect(table.nextDeadline == seconds(0.3))
        #expect(table.isWaitingForName(Samples.peer(3)))
        table.advance(seconds(0.3))
        #expect(!table.isWaitingForName(Samples.peer(3)))
        #expect(told(&table) == ["discovered -"])
        table.observe(gigi(Samples.peer(3), nickname: "late", proof: 1), seconds(0.4))
        #expect(told(&table).count == 1, "a name that was not known is told at once")
        table.observe(gigi(Samples.peer(3), nickname: "later", proof: 2), seconds(0.5))
        #expect(told(&table).isEmpty, "another one is not")
        var alone = self.table {
            $0.nameDelay = .milliseconds(300)
            $0.sources = [.mdns]
        }
        alone.observe(mdns(bob), seconds(0))
        #expect(told(&alone) == ["discovered -"])
    }

    @Test("it expires when nobody has told of it for its time to live")
    func expires() {
        var table = table()
        table.observe(mdns(bob, lifetime: .seconds(10)), seconds(0))
        table.observe(gigi(bob, lifetime: .seconds(20)), seconds(0))
        #expect(told(&table) == ["discovered -", "updated bob"])
        #expect(table.nextDeadline == seconds(10))
        table.advance(seconds(10))
        #expect(told(&table).isEmpty, "gigi-dns still tells of it")
        table.advance(seconds(20))
        #expect(told(&table) == ["expired bob"])
        #expect(table.nextDeadline == nil && table.peers.isEmpty)
    }

    @Test("changes are told a second apart, the last one counts, and none that was taken back")
    func updates() {
        var table = table()
        table.observe(gigi(bob, nickname: "a", proof: 1), seconds(0))
        table.observe(gigi(bob, nickname: "b", proof: 2), seconds(0.2))
        table.observe(gigi(bob, nickname: "c", proof: 3), seconds(0.4))
        #expect(told(&table) == ["discovered a!"])
        table.advance(seconds(0.9))
        #expect(told(&table).isEmpty)
        table.advance(seconds(1))
        #expect(told(&table) == ["updated c!"])
        table.observe(gigi(bob, nickname: "d", proof: 4), seconds(1.1))
        table.observe(gigi(bob, nickname: "c", proof: 5), seconds(1.2))
        table.advance(seconds(5))
        #expect(told(&table).isEmpty)
        table.observe(gigi(bob, nickname: "e", proof: 6), seconds(6))
        #expect(told(&table) == ["updated e!"])
    }

    @Test("mDNS tells all addresses, gigi-dns one at a time")
    func addresses() {
        var table = table()
        table.observe(mdns(bob, [Samples.address, Samples.otherAddress]), seconds(0))
        table.observe(mdns(bob, [Samples.otherAddress]), seconds(2))
        #expect(table.peers.first?.addresses == [Samples.otherAddress])
        table.observe(gigi(bob, Samples.address), seconds(4))
        #expect(table.peers.first?.addresses == [Samples.otherAddress, Samples.address])
        table.left(bob, Samples.address, proof: nil, seconds(6))
        #expect(table.peers.first?.nickname == "bob", "its other goodbye may be on its way")
        table.advance(seconds(7))
        #expect(table.peers.first?.addresses == [Samples.otherAddress])
        table.left(instance: "x", seconds(8))
        #expect(table.peers.isEmpty)
        #expect(told(&table).last == "expired -")
    }

    @Test("a goodbye of another instance, or of a stranger to the table, changes nothing")
    func strangeGoodbyes() {
        var table = table()
        table.observe(mdns(bob), seconds(0))
        table.left(instance: "y", seconds(1))
        table.left(Samples.peer(3), Samples.address, proof: nil, seconds(1))
        table.left(bob, Samples.address, proof: nil, seconds(1))
        #expect(told(&table) == ["discovered -"])
    }

    @Test("what a peer has signed is replaced by nothing unsigned, and by nothing older")
    func verified() {
        var table = table()
        table.observe(gigi(bob, nickname: "bob", proof: 100), seconds(0))
        table.observe(gigi(bob, nickname: "mallory"), seconds(2))
        table.observe(gigi(bob, Samples.otherAddress, nickname: "old", proof: 99), seconds(4))
        table.left(bob, Samples.address, proof: nil, seconds(6))
        table.left(bob, Samples.address, proof: 99, seconds(6))
        #expect(told(&table) == ["discovered bob!"])
        #expect(table.peers.first?.addresses == [Samples.address])
        #expect(table.counts.unproved == 4)
        table.left(bob, Samples.address, proof: 101, seconds(8))
        #expect(told(&table) == ["expired bob!"])
        // Neither is believed what was said before the goodbye.
        table.observe(gigi(bob, nickname: "ghost", proof: 100), seconds(9))
        table.observe(gigi(bob, nickname: "ghost"), seconds(9))
        #expect(told(&table).isEmpty)
        table.observe(gigi(bob, nickname: "bob", proof: 102), seconds(10))
        #expect(told(&table) == ["discovered bob!"])
    }

    @Test("what was said in a peer's name is gone once it signs")
    func signsLater() {
        var table = table()
        table.observe(gigi(bob, Samples.otherAddress, nickname: "mallory"), seconds(0))
        table.observe(gigi(bob, Samples.address, nickname: "bob", proof: 1), seconds(2))
        #expect(told(&table) == ["discovered mallory", "updated bob!"])
        #expect(table.peers.first?.addresses == [Samples.address])
    }

    @Test("with an interface go those who were heard on it alone")
    func interfaceGoes() {
        var table = table()
        table.observe(mdns(bob, interface: 2), seconds(0))
        table.observe(mdns(bob, interface: 3), seconds(0))
        table.observe(mdns(Samples.peer(3), instance: "z", interface: 3), seconds(0))
        _ = table.takeEvents()
        table.left(interface: 3, seconds(1))
        #expect(told(&table) == ["expired -"])
        #expect(table.peers.map(\.peer) == [bob])
    }

    @Test("addresses are bounded; signed ones come in, unsigned ones do not")
    func addressBound() throws {
        var table = table()
        let many = (1...100).map { Multiaddr.test("/ip4/10.0.0.\($0)/tcp/4001") }
        table.observe(mdns(bob, many), seconds(0))
        #expect(table.peers.first?.addresses.count == 16)
        table.observe(gigi(bob, Samples.otherAddress.encapsulating(.test("/tcp/1"))), seconds(2))
        #expect(table.peers.first?.addresses.count == 16)
        let signed = Multiaddr.test("/ip4/10.9.9.9/tcp/4001")
        table.observe(gigi(bob, signed, proof: 1), seconds(4))
        #expect(table.peers.first?.addresses.count == 16)
        #expect(table.peers.first?.addresses.contains(signed) == true)
    }

    // MARK: Floods

    /// Peers that nobody has ever seen.
    private func fake(_ number: Int) throws -> PeerID {
        try PeerID(bytes: [0x12, 0x20] + (0..<32).map { UInt8(truncatingIfNeeded: number >> ($0 % 4 * 8)) })
    }

    @Test("ten thousand invented peers fill no more than their part, and take room from each other alone")
    func spoofedFlood() throws {
        var table = table()
        table.observe(gigi(bob, proof: 1, from: "10.0.0.2", lifetime: .seconds(9999)), seconds(0))
        var told = 0
        for number in 0..<10_000 {
            // A hundred a second, of twenty senders.
            let source = "10.7.7.\(number % 20)"
            table.observe(mdns(try fake(number), from: source, instance: "f\(number)"), seconds(Double(number) / 100))
            told += table.takeEvents().count
            if number == 9000 {
                table.observe(mdns(Samples.peer(3), from: "10.0.0.3", instance: "c"), seconds(90))
            }
        }
        #expect(table.peers.count <= 256)
        #expect(table.peers.contains { $0.peer == bob }, "nobody's peer gives way to the twentieth of another")
        #expect(table.peers.contains { $0.peer == Samples.peer(3) }, "who comes in the midst of it is found")
        #expect(told <= 2 * (20 * 32 + 20 * 50) + 2, "events are bounded by the rate of new peers of each sender")
        #expect(table.counts.refused > 8000)
    }

    @Test("senders without number are bounded together")
    func spoofedSenders() throws {
        var table = table()
        var told = 0
        for number in 0..<10_000 {
            let source = "10.\(number % 200).\(number / 200 % 200).1"
            table.observe(mdns(try fake(number), from: source, instance: "f\(number)"), seconds(Double(number) / 100))
            told += table.takeEvents().count
        }
        #expect(table.peers.count <= 256)
        #expect(told <= 2 * (256 + 32 * 100))
    }

    @Test("programs of this host find each other in the midst of a flood")
    func localPrograms() throws {
        var table = table()
        for number in 0..<10_000 {
            table.observe(
                mdns(try fake(number), from: "10.7.\(number / 250).\(number % 250)", instance: "f\(number)"), seconds(1)
            )
        }
        #expect(table.peers.count == 256)
        table.observe(mdns(bob, from: nil), seconds(1))
        #expect(table.peers.contains { $0.peer == bob })
        #expect(table.peers.count == 256)
    }

    @Test("one sender has room for 32, and takes none from others")
    func oneSource() throws {
        var table = table()
        for number in 0..<200 {
            table.observe(mdns(try fake(number), from: "10.0.0.6", instance: "f\(number)"), seconds(Double(number)))
        }
        #expect(table.peers.count == 32)
        table.observe(gigi(bob, proof: 1, from: "10.0.0.2"), seconds(200))
        #expect(table.peers.contains { $0.peer == bob })
    }

    @Test("those that could not be reached give way first")
    func givingWay() throws {
        var table = table {
            $0.maximumPeers = 8
            $0.newPeers = (burst: 100, perSecond: 100)
        }
        for number in 0..<8 {
            table.observe(mdns(try fake(number), instance: "f\(number)"), seconds(Double(number) / 10))
        }
        table.observe(mdns(bob, instance: "b"), seconds(2))
        #expect(table.peers.count == 8 && !table.peers.contains { $0.peer == bob }, "all are safe for a while")
        table.failed(try fake(5))
        table.observe(mdns(bob, instance: "b"), seconds(3))
        #expect(table.peers.contains { $0.peer == bob })
        #expect(!table.peers.contains { $0.peer == (try? fake(5)) })
        for number in 0..<8 { table.reached((try? fake(number)) ?? bob) }
        table.observe(mdns(Samples.peer(3), instance: "c"), seconds(40))
        #expect(!table.peers.contains { $0.peer == bob }, "the only one that was never reached")
        table.observe(mdns(Samples.peer(4), instance: "d"), seconds(41))
        #expect(!table.peers.contains { $0.peer == Samples.peer(4) })
    }

    @Test("the same sightings give the same events, in any run", arguments: 0..<4)
    func determinism(_ seed: UInt64) throws {
        func run() throws -> [DiscoveryEvent] {
            var random = SeededRandom(seed: seed)
            var table = table { $0.maximumPeers = 16 }
            var events: [DiscoveryEvent] = []
            for step in 0..<2000 {
                let now = seconds(Double(step) / 10)
                let peer = try fake(random.next(below: 40))
                switch random.next(below: 6) {
                case 0: table.left(instance: "f\(random.next(below: 40))", now)
                case 1: table.failed(peer)
                case 2: table.advance(now)
                case 3:
                    table.observe(
                        gigi(
                            peer, nickname: "n\(random.next(below: 3))", lifetime: .seconds(random.next(below: 90) + 1)),
                        now)
                default:
                    table.observe(
                        mdns(
                            peer, instance: "f\(random.next(below: 40))", lifetime: .seconds(random.next(below: 90) + 1)
                        ),
                        now)
                }
                #expect(table.peers.count <= 16)
                events += table.takeEvents()
            }
            return events
        }
        let events = try run()
        #expect(events.count > 100)
        #expect(try run() == events)
        // Whoever is told to be there was not; whoever is told to go was there.
        var there: Set<PeerID> = []
        for event in events {
            switch event {
            case .discovered(let peer): #expect(there.insert(peer.peer).inserted)
            case .updated(let peer): #expect(there.contains(peer.peer))
            case .expired(let peer): #expect(there.remove(peer.peer) != nil)
            }
        }
    }
}

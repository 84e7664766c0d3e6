import Identity
import TestSupport
import Testing
import Time

@testable import GossipSub

/// What has been done to other implementations, by the names under which it is known.
@Suite struct GossipSubAttackTests {
    /// CVE-2026-33040, CVE-2026-34219: back-offs that overflow, at once or when they are looked at.
    @Test(arguments: [UInt64.max, 1 << 63, 9_223_372_036_854_674_580, 3601, 0])
    func pruneBackoffIsClamped(_ seconds: UInt64) throws {
        var node = Node()
        try node.state.subscribe("t", node.now)
        node.connect(1...1)
        node.receive(1) { $0.control.prune = [RPC.Prune("t", backoff: seconds)] }
        let end = try #require(node.state.backoffs.end(Node.peer(1), "t"))
        #expect(end == node.now + (seconds == 0 ? .seconds(60) : .seconds(3600)))
        node.heartbeat(20)
        node.now += .seconds(10 * 365 * 86_400)
        node.heartbeat(20)
        #expect(node.state.backoffs.count == 0)
        #expect(node.state.mesh(of: "t") == [Node.peer(1)])
    }

    @Test func aBackoffIsNeverShortened() throws {
        var node = Node()
        try node.state.subscribe("t", node.now)
        node.connect(1...1)
        node.receive(1) { $0.control.prune = [RPC.Prune("t", backoff: 100)] }
        node.receive(1) { $0.control.prune = [RPC.Prune("t", backoff: 1)] }
        #expect(node.state.backoffs.end(Node.peer(1), "t") == node.now + .seconds(100))
    }

    @Test func spamIWANT() throws {
        var node = Node()
        try node.state.subscribe("t", node.now)
        node.connect(1...2)
        let message = PubsubMessage.signed([1], to: "t", sequence: 1, by: .test(100))
        node.receive(1) { $0.messages = [message] }
        _ = node.take()
        let id = MessageIDFunction.authorAndSequence.compute(message)
        for _ in 0..<100 { node.receive(2) { $0.control.iWant = [Array(repeating: id, count: 10)] } }
        #expect(node.take().count { !$0.rpc.messages.isEmpty } == 3)
    }

    @Test func spamIHAVE() throws {
        var node = Node()
        try node.state.subscribe("t", node.now)
        node.connect(1...1)
        _ = node.take()
        func ids(_ round: Int) -> [MessageID] {
            (0..<1000).map { MessageID([UInt8(round), UInt8($0 >> 8), UInt8($0 & 255)]) }
        }
        for round in 0..<50 { node.receive(1) { $0.control.iHave = [RPC.IHave("t", ids(round))] } }
        let asked = node.take().flatMap { $0.rpc.control.iWant.joined() }
        #expect(asked.count == 5000)
        #expect(node.state.peers[Node.peer(1)]?.iHaveMessages == 10)
        // It answers none of them: promises are broken, the score falls, it is heard no more.
        for round in 0..<30 {
            node.heartbeat()
            for part in 0..<10 {
                node.receive(1) { $0.control.iHave = [RPC.IHave("t", ids(60 + (round * 10 + part) % 190))] }
            }
        }
        #expect(node.score(1) < -10)
        _ = node.take()
        node.receive(1) { $0.control.iHave = [RPC.IHave("t", [MessageID([255])])] }
        #expect(node.take().isEmpty)
    }

    @Test func graftNonExistentTopic() {
        var node = Node()
        node.connect(1...1)
        _ = node.take()
        for number in 0..<1000 { node.receive(1) { $0.control.graft = ["topic\(number)"] } }
        #expect(node.take().isEmpty)
        #expect(node.state.mesh.isEmpty && node.state.backoffs.count == 0)
    }

    @Test func graftDuringBackoff() throws {
        var node = Node()
        try node.state.subscribe("t", node.now)
        node.connect(1...1)
        node.state.prune(Node.peer(1), "t", node.now, namesPeers: false)
        node.run()
        _ = node.take()
        node.receive(1) { $0.control.graft = ["t"] }
        #expect(node.take().first?.rpc.control.prune.first?.topic == "t")
        #expect(node.state.score.peers[Node.peer(1)]?.behaviour == 2, "so early counts twice")
        node.now += .seconds(30)
        node.receive(1) { $0.control.graft = ["t"] }
        #expect(node.state.score.peers[Node.peer(1)]?.behaviour == 3)
        for _ in 0..<10 { node.receive(1) { $0.control.graft = ["t"] } }
        #expect(node.score(1) < -80)
        _ = node.take()
        node.receive(1) { $0.control.graft = ["t"] }
        #expect(node.take().isEmpty, "it is not heard any more")
    }

    @Test func invalidMessageSpam() throws {
        var node = Node()
        try node.state.subscribe("t", node.now)
        node.connect(1...2)
        for sequence in 1...100 as ClosedRange<UInt64> {
            var message = PubsubMessage.signed([1], to: "t", sequence: sequence, by: .test(100))
            message.signature?[0] ^= 1
            node.receive(1) { $0.messages = [message] }
        }
        #expect(node.score(1) < -80 && node.score(2) >= 0)
        #expect(node.state.counts.graylisted > 0 && node.state.counts.delivered == 0)
        #expect(node.state.pending.isEmpty)
    }

    /// A message with a broken signature under the id of a good one, which comes before it, with it or after it.
    @Test(arguments: [[1, 0], [1, 1, 0, 1], [0, 1], [1, 0, 0]])
    func aForgedCopySilencesNobody(_ order: [Int]) throws {
        var node = Node()
        try node.state.subscribe("t", node.now)
        node.connect(1...4)
        let good = PubsubMessage.signed(Array(repeating: 7, count: 2000), to: "t", sequence: 1, by: .test(100))
        var forged = good
        forged.data[0] ^= 1
        _ = node.take()
        // One after the other, and all before the first is looked at.
        for isAtOnce in [false, true] {
            var node = node
            for (number, isForged) in order.enumerated() {
                var rpc = RPC()
                rpc.messages = [isForged == 1 ? forged : good]
                node.state.receive(rpc, from: Node.peer(UInt8(number + 1)), node.now)
                if !isAtOnce { node.run() }
            }
            node.run()
            #expect(node.state.counts.delivered == 1)
            #expect(node.state.pending.isEmpty)
            for (number, isForged) in order.enumerated() {
                let isBlamed = node.score(UInt8(number + 1)) < 0
                // What comes after the good one, or with it, is looked at no more.
                let isLate = isAtOnce ? order[0] == 0 : order.prefix(number).contains(0)
                #expect(isBlamed == (isForged == 1 && !isLate), "\(order), peer \(number + 1), at once: \(isAtOnce)")
            }
            let sent = node.take()
            #expect(sent.filter { !$0.rpc.messages.isEmpty }.allSatisfy { $0.rpc.messages == [good] })
            let refusals = sent.filter { !$0.rpc.control.iDontWant.isEmpty }
            #expect(refusals.count == 3, "others are asked to keep theirs once it is known to be the author's")
        }
    }

    @Test func spamIDONTWANT() throws {
        var node = Node()
        try node.state.subscribe("t", node.now)
        node.connect(1...1)
        for round in 0..<5000 {
            let ids = (0..<100).map { MessageID([UInt8(round >> 8), UInt8(round & 255), UInt8($0)]) }
            node.receive(1) { $0.control.iDontWant = [ids] }
        }
        let peer = try #require(node.state.peers[Node.peer(1)])
        #expect(peer.iDontWantMessages == 1000 && peer.unwanted.count == 10_000)
        node.heartbeat(3)
        #expect(node.state.peers[Node.peer(1)]?.unwanted.isEmpty == true)
    }

    @Test func subscriptionFlood() {
        var node = Node { $0.maximumTopicsPerPeer = 100 }
        node.connect(1...1, topic: nil)
        for number in 0..<5000 { node.receive(1) { $0.subscriptions = [RPC.Subscription("topic\(number)")] } }
        #expect(node.state.subscribers.count == 100)
        node.state.peerDisconnected(Node.peer(1), node.now)
        #expect(node.state.subscribers.isEmpty)
    }

    @Test func messageReplayAfterItIsForgotten() throws {
        var node = Node()
        try node.state.subscribe("t", node.now)
        node.connect(1...2)
        node.receive(1, author: 100, 7)
        node.receive(1, author: 100, 6)
        #expect(node.state.counts.delivered == 2, "messages overtake each other")
        node.now += .seconds(1000)
        node.receive(2, author: 100, 7)
        node.receive(2, author: 100, 6)
        #expect(node.state.counts.delivered == 2)
        node.receive(2, author: 100, 8)
        #expect(node.state.counts.delivered == 3)
    }

    @Test func selfOriginForgery() throws {
        var node = Node()
        try node.state.subscribe("t", node.now)
        node.connect(1...2)
        let own = PubsubMessage.signed([1], to: "t", sequence: 1, by: node.key)
        _ = try node.state.publish(own, node.now)
        node.receive(1) { $0.messages = [own] }
        #expect(node.score(1) >= 0, "our own message on its way back")
        var forged = PubsubMessage.signed([1], to: "t", sequence: 2, by: node.key)
        forged.data = [2]
        node.receive(2) { $0.messages = [forged] }
        #expect(node.score(2) < 0)
        // Who has just started again may be reminded of what it said before.
        let earlier = PubsubMessage.signed([1], to: "t", sequence: 3, by: node.key)
        node.receive(1) { $0.messages = [earlier] }
        #expect(node.score(1) >= 0)
        #expect(node.state.counts.delivered == 0)
    }

    @Test func peerExchangePoisoning() throws {
        var node = Node()
        try node.state.subscribe("t", node.now)
        node.connect(1...2)
        let named = (50..<90).map { RPC.PeerInfo(Node.peer(UInt8($0)).bytes, record: [1]) }
        node.receive(1) { $0.control.prune = [RPC.Prune("t", peers: named, backoff: 1)] }
        _ = node.takeOther().filter { if case .membership = $0 { false } else { true } }
        #expect(node.takeOther().isEmpty, "nothing from whom has not earned it")
        node.state.score.setApplicationScore(Node.peer(2), 10)
        node.receive(2) { $0.control.prune = [RPC.Prune("t", peers: named, backoff: 1)] }
        #expect(node.takeOther().count == 16)
        let bogus = [RPC.PeerInfo([1, 2, 3], record: [1]), RPC.PeerInfo(node.key.peerID.bytes, record: [1])]
        node.receive(2) { $0.control.prune = [RPC.Prune("t", peers: bogus, backoff: 1)] }
        #expect(node.takeOther().isEmpty)
    }

    @Test func validationFlood() throws {
        var state = GossipSubState(
            localPeer: Node.peer(200),
            configuration: {
                var value = GossipSubConfiguration(); value.validationCapacity = 10; return value
            }(),
            random: SeededRandom(seed: 1))
        let now = Instant(nanoseconds: 1_000_000)
        try state.subscribe("t", now)
        state.peerConnected(Node.peer(1), version: .v1_2, isOutbound: false, address: nil)
        for sequence in 1...100 as ClosedRange<UInt64> {
            var rpc = RPC()
            rpc.messages = [.signed([1], to: "t", sequence: sequence, by: .test(100))]
            state.receive(rpc, from: Node.peer(1), now)
        }
        #expect(state.pending.count == 10 && state.counts.ignored == 90)
        #expect(state.score.score(of: Node.peer(1), now) >= 0)
    }
}

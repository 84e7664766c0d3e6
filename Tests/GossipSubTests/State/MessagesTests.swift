import Identity
import TestSupport
import Testing
import Time

@testable import GossipSub

@Suite struct MessagesTests {
    @Test func ownMessagesGoToEverybody() throws {
        var node = Node()
        node.connect(1...20)
        try node.state.subscribe("t", node.now)
        let message = PubsubMessage.signed([1], to: "t", sequence: 1, by: node.key)
        let recipients20 = try node.state.publish(message, node.now)
        #expect(recipients20 == 20)
        #expect(throws: GossipSubError(.duplicate, "")) { _ = try node.state.publish(message, node.now) }
    }

    @Test func nobodyToSendToIsAnErrorAndKeepsNothing() throws {
        var node = Node()
        try node.state.subscribe("t", node.now)
        let message = PubsubMessage.signed([1], to: "t", sequence: 1, by: node.key)
        #expect(throws: GossipSubError(.noPeers, "")) { _ = try node.state.publish(message, node.now) }
        node.connect(1...1)
        let recipients1 = try node.state.publish(message, node.now)
        #expect(recipients1 == 1)
    }

    @Test func othersMessagesGoToTheMeshOnce() throws {
        var node = Node()
        try node.state.subscribe("t", node.now)
        node.connect(1...6)
        _ = node.take()
        // 2 is the author: it knows its message.
        node.receive(1, author: 2, 1)
        #expect(node.takeRecipients() == Set([3, 4, 5, 6].map { Node.peer($0) }))
        node.receive(3, author: 2, 1)
        #expect(node.takeRecipients().isEmpty)
        #expect(node.state.counts.delivered == 1 && node.state.counts.duplicates == 1)
    }

    @Test func messagesOfOtherTopicsAreNotPassedOn() {
        var node = Node()
        node.connect(1...6)
        _ = node.take()
        node.receive(1, author: 2, 1)
        #expect(node.takeRecipients().isEmpty)
        #expect(node.state.counts.delivered == 0)
    }

    @Test func othersAreToldAndGetWhatTheyAskFor() throws {
        var node = Node()
        try node.state.subscribe("t", node.now)
        node.connect(1...20)
        node.receive(1, author: 100, 1)
        _ = node.take()
        node.heartbeat()
        let told = node.take().filter { !$0.rpc.control.iHave.isEmpty }
        #expect(told.count == 6)
        #expect(Set(told.map(\.peer)).isDisjoint(with: node.state.mesh(of: "t")))
        let id = try #require(told.first?.rpc.control.iHave.first?.ids.first)
        node.receive(20) { $0.control.iWant = [[id]] }
        #expect(node.takeRecipients() == [Node.peer(20)])
        // A message is told of for three heartbeats, and can be asked for for five.
        node.heartbeat(2)
        #expect(node.take().contains { !$0.rpc.control.iHave.isEmpty })
        node.heartbeat()
        #expect(!node.take().contains { !$0.rpc.control.iHave.isEmpty })
        node.heartbeat(2)
        _ = node.take()
        node.receive(19) { $0.control.iWant = [[id]] }
        #expect(node.takeRecipients().isEmpty)
    }

    @Test func asksForWhatItHasNot() throws {
        var node = Node()
        try node.state.subscribe("t", node.now)
        node.connect(1...6)
        node.receive(1, author: 100, 1)
        let known = MessageIDFunction.authorAndSequence.compute(.signed([1], to: "t", sequence: 1, by: .test(100)))
        _ = node.take()
        node.receive(2) { $0.control.iHave = [RPC.IHave("t", [known, MessageID([7])])] }
        #expect(node.take().map(\.rpc.control.iWant) == [[[MessageID([7])]]])
        node.receive(3) { $0.control.iHave = [RPC.IHave("elsewhere", [MessageID([8])])] }
        #expect(node.take().isEmpty)
    }

    @Test func largeMessagesAreRefusedFromTheOthersAtOnce() throws {
        var node = Node()
        try node.state.subscribe("t", node.now)
        node.connect(1...3)
        node.connect(4...4, version: .v1_1)
        _ = node.take()
        node.receive(1, author: 100, 1, data: [UInt8](repeating: 1, count: 2000))
        let refusals = node.take().filter { !$0.rpc.control.iDontWant.isEmpty }
        #expect(Set(refusals.map(\.peer)) == [Node.peer(2), Node.peer(3)])
        node.receive(1, author: 100, 2)
        #expect(!node.take().contains { !$0.rpc.control.iDontWant.isEmpty })
    }

    @Test func whatAPeerDoesNotWantItDoesNotGet() throws {
        var node = Node()
        try node.state.subscribe("t", node.now)
        node.connect(1...4)
        let message = PubsubMessage.signed([1], to: "t", sequence: 1, by: .test(100))
        let id = MessageIDFunction.authorAndSequence.compute(message)
        node.receive(3) { $0.control.iDontWant = [[id]] }
        _ = node.take()
        node.receive(1) { $0.messages = [message] }
        #expect(node.takeRecipients() == [Node.peer(2), Node.peer(4)])
        node.heartbeat(3)
        #expect(node.state.peers.values.allSatisfy { $0.unwanted.isEmpty })
    }

    @Test func peersOfATopicAreTold() throws {
        var node = Node()
        try node.state.subscribe("t", node.now)
        node.connect(1...1)
        #expect(node.takeOther() == [.membership("t", Node.peer(1), isMember: true)])
        node.receive(1) { $0.subscriptions = [RPC.Subscription("t", isSubscribing: false)] }
        #expect(node.takeOther() == [.membership("t", Node.peer(1), isMember: false)])
        node.receive(1) { $0.subscriptions = [RPC.Subscription("u")] }
        node.state.peerDisconnected(Node.peer(1), node.now)
        node.run()
        #expect(node.takeOther().isEmpty)
        #expect(node.state.subscribers.isEmpty)
    }

    @Test func directPeersGetEverythingAndAreInNoMesh() throws {
        var node = Node { $0.floodPublish = false }
        node.state.setDirect([Node.peer(1), Node.peer(9)])
        try node.state.subscribe("t", node.now)
        node.connect(1...7)
        node.heartbeat()
        #expect(!node.state.mesh(of: "t").contains(Node.peer(1)))
        #expect(node.takeOther().contains(.reconnect(Node.peer(9))))
        _ = node.take()
        node.receive(2, author: 100, 1)
        #expect(node.takeRecipients().contains(Node.peer(1)))
        node.state.score.setApplicationScore(Node.peer(1), -1000)
        node.receive(1, author: 100, 2)
        #expect(node.state.counts.delivered == 2)
        node.receive(1) { $0.control.graft = ["t"] }
        #expect(node.take().contains { $0.peer == Node.peer(1) && !$0.rpc.control.prune.isEmpty })
    }

    @Test func theCacheIsBounded() {
        var cache = MessageCache(history: 5, gossip: 3, capacity: 100_000)
        for number in 0..<10_000 {
            let message = PubsubMessage(topic: "t", data: [UInt8](repeating: 0, count: 1000))
            cache.put(MessageID([UInt8(number >> 8), UInt8(number & 255)]), message, from: nil)
            if number % 700 == 0 { cache.shift() }
            #expect(cache.size <= 100_000)
        }
        for _ in 0..<5 { cache.shift() }
        #expect(cache.size == 0 && cache.count == 0)
    }

    @Test func theSeenCacheForgetsInTime() {
        var seen = SeenCache(ttl: .seconds(120), capacity: 1000)
        let start = Instant(nanoseconds: 1)
        let news = [0, 119, 121, 600].map { seen.insert(MessageID([1]), start + .seconds($0)) }
        #expect(news == [true, false, false, true])
        for number in 0..<10_000 {
            _ = seen.insert(MessageID([UInt8(number >> 8), UInt8(number & 255), 1]), start + .seconds(600))
            #expect(seen.count <= 1001)
        }
    }

    @Test func anOutboxLetsGoOfWhatIsStale() {
        var limits = PeerOutbox.Limits()
        limits.messageBytes = 1000
        limits.controlBytes = 100
        var outbox = PeerOutbox(limits)
        let now = Instant(nanoseconds: 1)
        let frame = [UInt8](repeating: 7, count: 100)
        var isTaken = true
        for _ in 0..<20 { isTaken = outbox.append(frame, .forward, now) && isTaken }
        var dropped = outbox.takeDropped()
        #expect(isTaken && outbox.byteCount == 1000 && dropped == 10)
        isTaken = outbox.append([1], .control, now)
        var piece = outbox.next(upTo: 150, now)
        #expect(isTaken && piece == [1] + frame, "control first")
        isTaken = outbox.append([2], .publish, now)
        piece = outbox.next(upTo: 1000, now + .seconds(2))
        dropped = outbox.takeDropped()
        #expect(isTaken && piece == [2] && dropped == 9, "the others are stale")
        #expect(outbox.isEmpty && outbox.byteCount == 0)
        for _ in 0..<50 { _ = outbox.append([1, 2], .control, now) }
        isTaken = outbox.append([1], .control, now)
        #expect(!isTaken, "a peer that takes no control messages is to be given up")
    }
}

import Identity
import TestSupport
import Testing
import Time

@testable import GossipSub

@Suite struct MeshTests {
    @Test func greetsEveryPeerWithItsTopics() throws {
        var node = Node()
        try node.state.subscribe("b", node.now)
        try node.state.subscribe("a", node.now)
        node.connect(1...1, topic: nil)
        let hello = try #require(node.take().first)
        #expect(hello.rpc.subscriptions == [RPC.Subscription("a"), RPC.Subscription("b")])
        #expect(hello.priority == .control)
    }

    @Test func joinsWithAsManyAsItWants() throws {
        var node = Node()
        node.connect(1...20)
        _ = node.take()
        try node.state.subscribe("t", node.now)
        node.run()
        #expect(node.state.mesh(of: "t").count == 6)
        let grafted = node.take().filter { $0.rpc.control.graft == ["t"] }.map(\.peer)
        #expect(Set(grafted) == Set(node.state.mesh(of: "t")))
    }

    @Test func aNewcomerIsTakenAtOnceIntoAMeshThatLacksPeers() throws {
        var node = Node()
        try node.state.subscribe("t", node.now)
        node.connect(1...1)
        #expect(node.state.mesh(of: "t") == [Node.peer(1)])
    }

    @Test func leavesWithAWordToEveryMember() throws {
        var node = Node()
        node.connect(1...20)
        try node.state.subscribe("t", node.now)
        let members = Set(node.state.mesh(of: "t"))
        node.run()
        _ = node.take()
        node.state.unsubscribe("t", node.now)
        node.run()
        let sent = node.take()
        let pruned = sent.filter { $0.rpc.control.prune.first?.backoff == 10 }.map(\.peer)
        #expect(Set(pruned) == members)
        #expect(sent.count { $0.rpc.subscriptions == [RPC.Subscription("t", isSubscribing: false)] } == 20)
    }

    @Test func thinsAMeshThatIsTooLargeButKeepsThoseItHasChosenItself() throws {
        for seed in 0..<20 as Range<UInt64> {
            var node = Node(seed: seed) { $0.degreeHigh = 8 }
            try node.state.subscribe("t", node.now)
            node.connect(1...2, isOutbound: true)
            node.connect(3...14)
            for number in 3...14 as ClosedRange<UInt8> { node.receive(number) { $0.control.graft = ["t"] } }
            // Outbound peers are always let in.
            node.connect(15...20, isOutbound: true)
            for number in 15...20 as ClosedRange<UInt8> { node.receive(number) { $0.control.graft = ["t"] } }
            #expect(node.state.mesh(of: "t").count > 8)
            node.heartbeat()
            let mesh = node.state.mesh(of: "t")
            #expect(mesh.count == 6)
            #expect(mesh.count { node.state.peers[$0]?.isOutbound == true } >= 2)
        }
    }

    @Test func refillsAMeshThatHasBecomeSmall() throws {
        var node = Node()
        try node.state.subscribe("t", node.now)
        node.connect(1...20)
        for peer in node.state.mesh(of: "t").prefix(4) { node.state.peerDisconnected(peer, node.now) }
        node.heartbeat()
        #expect(node.state.mesh(of: "t").count == 6)
    }

    @Test func refusesToGrowBeyondItsBound() throws {
        var node = Node()
        try node.state.subscribe("t", node.now)
        node.connect(1...30)
        for number in 1...30 as ClosedRange<UInt8> { node.receive(number) { $0.control.graft = ["t"] } }
        #expect(node.state.mesh(of: "t").count == 12)
        _ = node.take()
    }

    @Test func prunedPeersStayOutForTheirBackoff() throws {
        var node = Node()
        try node.state.subscribe("t", node.now)
        node.connect(1...1)
        node.receive(1) { $0.control.prune = [RPC.Prune("t", backoff: 5)] }
        #expect(node.state.mesh(of: "t").isEmpty)
        node.heartbeat(4)
        #expect(node.state.mesh(of: "t").isEmpty)
        node.heartbeat(3)
        #expect(node.state.mesh(of: "t") == [Node.peer(1)])
    }

    @Test func badPeersLoseTheirPlace() throws {
        var node = Node()
        try node.state.subscribe("t", node.now)
        node.connect(1...6)
        node.state.score.setApplicationScore(Node.peer(3), -1)
        node.heartbeat()
        #expect(!node.state.mesh(of: "t").contains(Node.peer(3)))
        node.receive(3) { $0.control.graft = ["t"] }
        #expect(!node.state.mesh(of: "t").contains(Node.peer(3)))
    }

    @Test func mediocreMeshesGetBetterPeers() throws {
        var node = Node { $0.opportunisticGraftTicks = 2 }
        try node.state.subscribe("t", node.now)
        node.connect(1...6)
        node.connect(7...12)
        for number in 7...12 as ClosedRange<UInt8> { node.state.score.setApplicationScore(Node.peer(number), 5) }
        node.heartbeat(2)
        #expect(node.state.mesh(of: "t").count == 8)
    }

    @Test func floodsubPeersAreNeverInAMesh() throws {
        var node = Node { $0.floodPublish = false }
        try node.state.subscribe("t", node.now)
        node.connect(1...3, version: .floodsub)
        node.connect(4...9)
        node.heartbeat(3)
        #expect(Set(node.state.mesh(of: "t")).isDisjoint(with: (1...3).map { Node.peer($0) }))
        _ = node.take()
        node.receive(4, author: 50, 1)
        #expect(node.takeRecipients() == Set([1, 2, 3, 5, 6, 7, 8, 9].map { Node.peer($0) }))
    }

    /// rust-libp2p once computed "how many to choose" below zero with few peers.
    @Test func anyNumberOfPeersWithAnyParameters() throws {
        var random = SeededRandom(seed: 11)
        for _ in 0..<200 {
            let low = 1 + random.next(below: 6)
            let degree = low + random.next(below: 4)
            let high = degree + random.next(below: 6)
            var node = Node(seed: random.next()) { configuration in
                configuration.degreeLow = low
                configuration.degree = degree
                configuration.degreeHigh = high
                configuration.degreeOut = min(low - 1, degree / 2)
                configuration.degreeScore = min(4, degree)
                configuration.degreeLazy = 3
                configuration.prunePeers = 4
            }
            try node.state.subscribe("t", node.now)
            let count = UInt8(random.next(below: 30))
            for number in 0..<count {
                node.connect(number...number, isOutbound: random.next(below: 3) == 0)
                node.state.setRecord([1], of: Node.peer(number))
            }
            for number in 0..<count where random.next(below: 2) == 0 {
                node.receive(number) { $0.control.graft = ["t"] }
            }
            for step in 0..<10 {
                node.receive(UInt8(step % max(1, Int(count))), author: 100, UInt64(step + 1))
                node.heartbeat()
                #expect(node.state.mesh(of: "t").count <= high + node.state.configuration.degreeOut)
            }
            node.state.unsubscribe("t", node.now)
            node.run()
        }
    }

    @Test func fanoutServesTopicsThatWeAreNotIn() throws {
        var node = Node { $0.floodPublish = false }
        node.connect(1...20)
        _ = node.take()
        let message = PubsubMessage.signed([1], to: "t", sequence: 1, by: node.key)
        let recipients6 = try node.state.publish(message, node.now)
        #expect(recipients6 == 6)
        node.run()
        let first = node.takeRecipients()
        node.heartbeat()
        _ = node.take()
        let second = PubsubMessage.signed([1], to: "t", sequence: 2, by: node.key)
        _ = try node.state.publish(second, node.now)
        node.run()
        #expect(node.takeRecipients() == first, "the same peers")
        try node.state.subscribe("t", node.now)
        #expect(Set(node.state.mesh(of: "t")) == first, "who become the mesh")
        node.state.unsubscribe("t", node.now)
        node.heartbeat(70)
        #expect(node.state.fanout.isEmpty)
    }
}

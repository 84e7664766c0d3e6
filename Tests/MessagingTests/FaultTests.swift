import Identity
import Reactor
import Store
import TestSupport
import Testing
import Time

@testable import Messaging

/// What a run left behind, to be compared with another run of the same seed.
private struct Outcome: Equatable, Sendable {
    var logs: [[String]]
    var trace: [String]
}

/// Every distributed promise, under faults: shown exactly once, in order, nothing lost, and one seed gives one run.
@Suite("Messages under faults")
struct FaultTests {
    /// Three users write to each other over a bad network, whose connections break, which splits, and whose processes
    /// are killed. In the end all is well again.
    private func storm(seed: UInt64, perPair: Int) async throws -> Outcome {
        try await SimulatedWorld.run(seed: seed, limit: .seconds(30 * 86_400)) { simulation in
            simulation.recordsTrace = true
            simulation.setConditions(LinkConditions(latency: .milliseconds(20), jitter: .milliseconds(30), loss: 0.01))
            let names = ["alice", "bob", "carol"]
            let nodes = names.enumerated().map { Node($1, key: UInt8($0 + 1), in: simulation) }
            for node in nodes { try await node.start() }
            for node in nodes { for other in nodes where other !== node { node.knows(other) } }
            var random = SplitMix64(seed: seed)
            var sent: [String: [String]] = [:]
            var down: Set<Int> = []
            var counts = [0, 0, 0, 0, 0, 0]
            let total = perPair * 6
            while counts.reduce(0, +) < total {
                switch random.next(below: 60) {
                case 0:
                    let pair = random.next(below: 3)
                    simulation.cutConnections(between: names[pair], and: names[(pair + 1) % 3])
                case 1: simulation.partition([names[random.next(below: 3)]], names)
                case 2...3: simulation.heal()
                case 4:
                    let index = random.next(below: 3)
                    if down.insert(index).inserted { await nodes[index].kill() }
                case 5...6:
                    guard let index = down.sorted().first else { break }
                    down.remove(index)
                    try await nodes[index].start()
                    for other in nodes where other !== nodes[index] { nodes[index].knows(other) }
                case 7...12: await nodes[0].pause(.milliseconds(random.next(below: 2000)))
                default:
                    let from = random.next(below: 3)
                    let to = (from + 1 + random.next(below: 2)) % 3
                    let pair = from * 2 + (to > from ? to - 1 : to)
                    guard !down.contains(from), counts[pair] < perPair else { break }
                    counts[pair] += 1
                    let size = random.next(below: 30) == 0 ? 100_000 : random.next(below: 400)
                    let text = "\(from)>\(to) \(counts[pair]) " + String(repeating: ".", count: size)
                    try await nodes[from].send(text, to: nodes[to])
                    sent["\(from)>\(to)", default: []].append(text)
                }
            }
            simulation.heal()
            for index in down.sorted() {
                try await nodes[index].start()
                for other in nodes where other !== nodes[index] { nodes[index].knows(other) }
            }
            var patience = 200
            while nodes.contains(where: { ($0.messaging?.pendingCount.undelivered ?? 1) > 0 }), patience > 0 {
                patience -= 1
                await nodes[0].pause(.seconds(30))
            }
            #expect(patience > 0, "messages are left undelivered")
            for from in 0..<3 {
                for to in 0..<3 where to != from {
                    let shown = nodes[to].shown(from: nodes[from])
                    #expect(shown == sent["\(from)>\(to)"] ?? [], "seed \(seed), \(from) to \(to)")
                }
            }
            for node in nodes {
                #expect(!node.log.contains { $0.hasPrefix("failed") || $0.hasPrefix("expired") })
                await node.kill()
            }
            return Outcome(logs: nodes.map(\.log), trace: simulation.trace)
        }
    }

    @Test("shown exactly once and in order, nothing lost", arguments: 0..<12 as Range<UInt64>)
    func storms(seed: UInt64) async throws {
        _ = try await storm(seed: seed, perPair: 25)
    }

    @Test("one seed, one run")
    func determinism() async throws {
        let first = try await storm(seed: 99, perPair: 15)
        let second = try await storm(seed: 99, perPair: 15)
        #expect(first.logs == second.logs)
        #expect(first.trace.count > 100)
        #expect(first.trace == second.trace)
    }

    @Test("a receiver whose store is full takes nothing and loses nothing")
    func fullStore() async throws {
        try await withTwoNodes { _, alice, bob in
            await bob.kill()
            bob.storeConfiguration.maximumPageCount = 60
            try await bob.start()
            let texts = (0..<60).map { "\($0) " + String(repeating: "x", count: 8000) }
            for text in texts { try await alice.send(text, to: bob) }
            await alice.pause(.seconds(3600))
            let taken = bob.shown(from: alice).count
            #expect(taken > 0 && taken < 60)
            #expect(alice.messaging?.pendingCount.undelivered == 60 - taken)
            await bob.kill()
            bob.storeConfiguration.maximumPageCount = nil
            try await bob.start()
            try await bob.connect(to: alice)
            await alice.pause(.seconds(60))
            #expect(bob.shown(from: alice).count == texts.count)
            #expect(bob.shown(from: alice) == texts)
        }
    }

    @Test("a sender above the receiver's rate is slowed, not lost")
    func rateLimit() async throws {
        try await withTwoNodes { _, alice, bob in
            await bob.kill()
            bob.configuration.inboundMessages = (burst: 10, perSecond: 5)
            try await bob.start()
            for index in 0..<60 { try await alice.send("\(index)", to: bob) }
            let start = alice.world.clock.now
            while alice.messaging?.pendingCount.undelivered != 0 { await alice.pause(.seconds(1)) }
            #expect(alice.world.clock.now - start >= .seconds(9))
            #expect(bob.shown(from: alice) == (0..<60).map(String.init))
        }
    }

    @Test("a sender whose store is full says so and goes on with what it has")
    func fullOutbox() async throws {
        try await withTwoNodes { _, alice, bob in
            await alice.kill()
            alice.storeConfiguration.maximumPageCount = 80
            try await alice.start()
            await bob.kill()
            var accepted: [String] = []
            var refusal: MessagingError?
            while refusal == nil, accepted.count < 200 {
                let text = "\(accepted.count) " + String(repeating: "x", count: 4000)
                do {
                    try await alice.send(text, to: bob)
                    accepted.append(text)
                } catch {
                    refusal = error as? MessagingError
                }
            }
            #expect(refusal?.code == .store && refusal?.storeError?.code == .full)
            #expect(accepted.count > 10 && accepted.count < 200)
            await alice.kill()
            alice.storeConfiguration.maximumPageCount = nil
            try await alice.start()
            try await bob.start()
            try await bob.connect(to: alice)
            await alice.pause(.seconds(10))
            #expect(bob.shown(from: alice).count == accepted.count)
            #expect(bob.shown(from: alice) == accepted)
        }
    }

    @Test("many peers that are away are dialed a few at a time, and none is forgotten")
    func dialing() async throws {
        try await SimulatedWorld.run(seed: 12) { simulation in
            let alice = Node("alice", key: 1, in: simulation)
            alice.configuration.maximumDials = 2
            try await alice.start()
            var others: [Node] = []
            for index in 0..<12 {
                let node = Node("peer\(index)", key: UInt8(index + 2), in: simulation)
                try await node.start()
                alice.knows(node)
                others.append(node)
                if index % 3 == 0 { await node.kill() }
            }
            for node in others { for index in 0..<3 { try await alice.send("\(index)", to: node) } }
            await alice.pause(.seconds(120))
            for (index, node) in others.enumerated() where index % 3 != 0 {
                #expect(node.shown(from: alice) == ["0", "1", "2"])
            }
            #expect(alice.messaging?.pendingCount.undelivered == 12)
            for (index, node) in others.enumerated() where index % 3 == 0 {
                try await node.start()
                try await node.connect(to: alice)
            }
            await alice.pause(.seconds(1))
            #expect(alice.messaging?.pendingCount.undelivered == 0)
            for node in others {
                #expect(node.shown(from: alice) == ["0", "1", "2"])
                await node.kill()
            }
            await alice.kill()
        }
    }
}

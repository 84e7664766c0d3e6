import Identity
import Reactor
import Store
import TestSupport
import Testing
import Time

@testable import Messaging

@Suite("Messages between two peers")
struct DeliveryTests {
    @Test("a message is shown once and its states are told")
    func oneMessage() async throws {
        try await withTwoNodes { _, alice, bob in
            let id = try await alice.send("hi", to: bob)
            #expect(try await alice.messaging?.wait(for: id, state: .accepted) == .accepted)
            #expect(try await alice.messaging?.wait(for: id, state: .delivered) == .delivered)
            #expect(bob.shown(from: alice) == ["hi"])
            #expect(alice.progress(of: id) == ["sent", "delivered"])
            let stored = try await bob.store?.read { [author = alice.id.description] in
                try $0.message(id.description, by: author)
            }
            #expect(stored?.state == .received)
            #expect(stored?.chat == alice.id.description)
            #expect(stored?.content.contentType == "text/plain")
            #expect(stored?.content.signature.count == 64)
            #expect(alice.messaging?.pendingCount.undelivered == 0)
            #expect(alice.messaging?.pendingCount.unsent == 0)
            // Whoever waits for what has happened long ago does not wait.
            #expect(try await alice.messaging?.wait(for: id, state: .sent) == .delivered)
        }
    }

    @Test("many messages of all sizes both ways keep their order")
    func manyMessages() async throws {
        try await withTwoNodes { _, alice, bob in
            var random = SplitMix64(seed: 5)
            var texts: [String] = []
            for index in 0..<300 {
                let size = random.next(below: 20) == 0 ? random.next(below: 260_000) : random.next(below: 300)
                texts.append("\(index) " + String(repeating: "x", count: size))
            }
            for text in texts {
                try await alice.send(text, to: bob)
                try await bob.send(text, to: alice)
            }
            await alice.messaging?.drain(for: .seconds(600))
            await bob.messaging?.drain(for: .seconds(600))
            #expect(bob.shown(from: alice) == texts)
            #expect(alice.shown(from: bob) == texts)
        }
    }

    @Test("messages to a connected peer share the round trip")
    func pipelining() async throws {
        try await withTwoNodes { simulation, alice, bob in
            simulation.setConditions(LinkConditions(latency: .milliseconds(100), jitter: .zero))
            try await alice.connect(to: bob)
            try await alice.send("first", to: bob)
            await alice.messaging?.drain(for: .seconds(60))
            let start = alice.world.clock.now
            for index in 0..<64 { try await alice.send("\(index)", to: bob) }
            await alice.messaging?.drain(for: .seconds(60))
            #expect(alice.world.clock.now - start < .milliseconds(450))
            #expect(bob.shown(from: alice) == ["first"] + (0..<64).map(String.init))
        }
    }

    @Test("what waits for a peer that is away goes out when it can be dialed")
    func awayThenDialable() async throws {
        try await withTwoNodes { _, alice, bob in
            await bob.kill()
            let id = try await alice.send("later", to: bob)
            await alice.pause(.seconds(3600))
            #expect(alice.progress(of: id) == [])
            #expect(alice.messaging?.pendingCount.unsent == 1)
            try await bob.start()
            // Back-off is five minutes at most, and dialing has its own.
            await alice.pause(.seconds(660))
            #expect(bob.shown(from: alice) == ["later"])
            #expect(alice.progress(of: id) == ["sent", "delivered"])
        }
    }

    @Test("it goes out at once when the peer connects by itself")
    func awayThenConnected() async throws {
        try await withTwoNodes { _, alice, bob in
            await bob.kill()
            for index in 0..<5 { try await alice.send("\(index)", to: bob) }
            await alice.pause(.seconds(3600))
            try await bob.start()
            try await bob.connect(to: alice)
            await alice.pause(.milliseconds(500))
            #expect(bob.shown(from: alice) == (0..<5).map(String.init))
        }
    }

    @Test("the outbox outlives the process")
    func restart() async throws {
        try await withTwoNodes { _, alice, bob in
            await bob.kill()
            var ids: [MessageID] = []
            for index in 0..<200 { ids.append(try await alice.send("\(index)", to: bob)) }
            await alice.kill()
            try await bob.start()
            try await alice.start()
            alice.knows(bob)
            #expect(alice.messaging?.pendingCount.undelivered == 200)
            let state = try await alice.messaging?.wait(for: ids[199], state: .delivered)
            #expect(state == .delivered)
            #expect(bob.shown(from: alice) == (0..<200).map(String.init))
            #expect(alice.messaging?.pendingCount.undelivered == 0)
        }
    }

    @Test("a message that nobody takes expires, and what follows it goes on")
    func expiry() async throws {
        try await withTwoNodes { _, alice, bob in
            await bob.kill()
            let short = try await alice.send("short", to: bob, expiresIn: .seconds(60))
            let long = try await alice.send("long", to: bob)
            let state = try await alice.messaging?.wait(for: short, state: .delivered)
            #expect(state == .expired)
            await alice.pause(.seconds(6 * 86_400))
            #expect(alice.progress(of: long) == [])
            let other = try await alice.send("other", to: bob)
            await alice.pause(.seconds(86_400 + 3600))
            #expect(alice.progress(of: short) == ["expired"])
            #expect(alice.progress(of: long) == ["expired"])
            try await bob.start()
            try await bob.connect(to: alice)
            #expect(try await alice.messaging?.wait(for: other, state: .delivered) == .delivered)
            #expect(bob.shown(from: alice) == ["other"])
            #expect(alice.messaging?.pendingCount.undelivered == 0)
        }
    }

    @Test("a wall clock that jumps by a year expires nothing and loses nothing")
    func wallClock() async throws {
        try await SimulatedWorld.run(seed: 3) { simulation in
            let alice = Node("alice", key: 1, in: simulation)
            let bob = Node("bob", key: 2, in: simulation)
            let clock = ShiftedWallClock(alice.world.wallClock)
            alice.world.wallClock = clock
            try await alice.start()
            let waiting = try await alice.send("before", to: bob)
            clock.shift = .seconds(366 * 86_400)
            await alice.pause(.seconds(60))
            #expect(alice.progress(of: waiting) == [])
            try await alice.send("a year ahead", to: bob)
            clock.shift = .seconds(-366 * 86_400)
            try await alice.send("a year behind", to: bob)
            try await bob.start()
            try await bob.connect(to: alice)
            await alice.pause(.seconds(1))
            #expect(bob.shown(from: alice) == ["before", "a year ahead", "a year behind"])
            await alice.kill()
            await bob.kill()
        }
    }

    @Test("what cannot be sent is refused with its reason")
    func refusals() async throws {
        try await withTwoNodes { _, alice, bob in
            guard let messaging = alice.messaging else { return }
            let body = try MessageBody(text: "x")
            let code = { (body: @NetworkActor () async throws -> Void) async -> MessagingError.Code? in
                do {
                    try await body()
                    return nil
                } catch {
                    return (error as? MessagingError)?.code
                }
            }
            #expect(await code { _ = try await messaging.send(body, to: alice.id) } == .ownPeer)
            for expiry in [Duration.zero, .seconds(-5), .seconds(31 * 86_400)] {
                #expect(
                    await code { _ = try await messaging.send(body, to: bob.id, expiresIn: expiry) } == .invalidExpiry)
            }
            let unknown = MessageID(high: 1, low: 1)
            #expect(await code { _ = try await messaging.wait(for: unknown, state: .sent) } == .unknownMessage)
            await bob.kill()
            let id = try await alice.send("x", to: bob)
            let waiting = spawn { await code { _ = try await messaging.wait(for: id, state: .delivered) } }
            await alice.pause(.seconds(1))
            waiting.cancel()
            #expect(await waiting.value == .cancelled)
            let stopped = spawn { await code { _ = try await messaging.wait(for: id, state: .delivered) } }
            await alice.pause(.seconds(1))
            messaging.stop()
            #expect(await stopped.value == .stopped)
            #expect(await code { _ = try await messaging.send(body, to: bob.id) } == .stopped)
        }
    }

    @Test("reading is marked once and told")
    func reading() async throws {
        try await withTwoNodes { _, alice, bob in
            let first = try await alice.send("1", to: bob)
            let last = try await alice.send("2", to: bob)
            _ = try await alice.messaging?.wait(for: last, state: .delivered)
            let chat = alice.id.description
            #expect(try await bob.messaging?.markRead(chat: chat, upTo: first) == 1)
            #expect(try await bob.messaging?.markRead(chat: chat, upTo: first) == 0)
            #expect(try await bob.messaging?.markRead(chat: chat) == 1)
            #expect(bob.log.filter { $0.hasPrefix("read") } == ["read \(chat) 1", "read \(chat) 1"])
            await #expect(throws: MessagingError.self) {
                try await bob.messaging?.markRead(chat: chat, upTo: MessageID(high: 1, low: 1))
            }
        }
    }

    @Test("draining ends at its limit, or at once for a peer that nobody knows the way to")
    func draining() async throws {
        try await withTwoNodes { _, alice, bob in
            await bob.kill()
            try await alice.send("away", to: bob)
            var start = alice.world.clock.now
            await alice.messaging?.drain(for: .seconds(10))
            #expect(alice.world.clock.now - start == .seconds(10))
            alice.swarm.addressBook.remove(bob.id)
            start = alice.world.clock.now
            await alice.messaging?.drain(for: .seconds(10))
            #expect(alice.world.clock.now - start < .milliseconds(600))
            #expect(alice.messaging?.pendingCount.undelivered == 1)
        }
    }

    @Test("a drain tries what has failed before, at once, and again while there is time")
    func drainTriesAgain() async throws {
        try await withTwoNodes { _, alice, bob in
            await bob.kill()
            // Long enough that the next try by itself is minutes away.
            try await alice.send("old", to: bob)
            await alice.pause(.seconds(1800))
            try await bob.start()
            await alice.messaging?.drain(for: .milliseconds(500))
            #expect(bob.shown(from: alice) == ["old"])
            await bob.kill()
            try await alice.send("new", to: bob)
            await alice.pause(.seconds(1800))
            let drain = spawn { await alice.messaging?.drain(for: .seconds(10)) }
            await alice.pause(.seconds(3))
            try await bob.start()
            await alice.pause(.seconds(1))
            #expect(bob.shown(from: alice) == ["old", "new"])
            await drain.value
        }
    }

    @Test("an engine that has just started tries everybody who waits when it drains")
    func drainAfterStart() async throws {
        try await withTwoNodes { _, alice, bob in
            await bob.kill()
            for index in 0..<3 { try await alice.send("\(index)", to: bob) }
            await alice.pause(.seconds(60))
            await alice.kill()
            try await bob.start()
            try await alice.start()
            alice.knows(bob)
            let start = alice.world.clock.now
            try await alice.send("3", to: bob)
            await alice.messaging?.drain(for: .seconds(10))
            #expect(alice.world.clock.now - start < .seconds(1))
            #expect(bob.shown(from: alice) == ["0", "1", "2", "3"])
        }
    }

    @Test("something new is worth a try, whatever the pause")
    func freshMessage() async throws {
        try await withTwoNodes { _, alice, bob in
            await bob.kill()
            try await alice.send("old", to: bob)
            await alice.pause(.seconds(1800))
            try await bob.start()
            try await alice.send("new", to: bob)
            await alice.pause(.seconds(2))
            #expect(bob.shown(from: alice) == ["old", "new"])
        }
    }
}

import Identity
import Reactor
import RequestResponse
import Store
import Swarm
import TestSupport
import Testing
import Time
import Wire

@testable import Messaging

/// A peer that says what it likes in our protocol, to a victim that must show nothing it should not.
@Suite("Hostile messages")
struct HostileTests {
    private func request(
        from author: KeyPair, to recipient: PeerID, id: MessageID = MessageID(high: 5, low: 5), text: String = "hi",
        signedBy signer: KeyPair? = nil, after: MessageID? = nil
    ) throws -> [UInt8] {
        let content = MessageContent(
            id: id, author: author.peerID, recipient: recipient, time: Timestamp(milliseconds: 1),
            body: try MessageBody(text: text)
        ).encoded()
        return MessageRequest(
            content: content, signature: MessageContent.sign(content, with: signer ?? author), after: after
        ).encoded()
    }

    /// Mallory has no messaging of its own, only requests.
    private func withVictim(
        _ body:
            @escaping @NetworkActor (Node, @escaping @NetworkActor ([UInt8]) async throws -> MessageAnswer?)
            async throws -> Void
    ) async throws {
        try await SimulatedWorld.run(seed: 4) { simulation in
            let victim = Node("victim", key: 1, in: simulation)
            let mallory = Node("mallory", key: 2, in: simulation)
            try await victim.start()
            try await mallory.start(messaging: false)
            mallory.knows(victim)
            try await body(victim) { bytes in
                let (_, answer) = try await mallory.requests.request(
                    victim.id, protocols: ["/linnet/message/1.0.0"], body: bytes)
                return MessageAnswer(decoding: answer)
            }
            await victim.kill()
            await mallory.kill()
        }
    }

    private func code(_ answer: MessageAnswer?) -> MessageRefusal.Code? {
        if case .refused(let refusal) = answer { refusal.code } else { nil }
    }

    @Test("a forged author, a foreign signature and a foreign recipient are refused")
    func forgeries() async throws {
        try await withVictim { victim, say in
            let (mallory, carol) = (KeyPair.test(2), KeyPair.test(3))
            let forged = try request(from: carol, to: victim.id)
            #expect(code(try await say(forged)) == .invalid, "carol's message, signed by carol, sent by mallory")
            let unsigned = try request(from: mallory, to: victim.id, signedBy: carol)
            #expect(code(try await say(unsigned)) == .invalid)
            let misdirected = try request(from: mallory, to: carol.peerID)
            #expect(code(try await say(misdirected)) == .recipient)
            #expect(victim.log.isEmpty)
            #expect(try await say(try request(from: mallory, to: victim.id)) == .stored)
            #expect(victim.log.count == 1)
        }
    }

    @Test("a replay is answered and not shown again, the same id with other content is refused")
    func replays() async throws {
        try await withVictim { victim, say in
            let mallory = KeyPair.test(2)
            let first = try request(from: mallory, to: victim.id)
            for _ in 0..<5 { #expect(try await say(first) == .stored) }
            let other = try request(from: mallory, to: victim.id, text: "other")
            #expect(code(try await say(other)) == .conflict)
            #expect(victim.log == ["message \(mallory.peerID) hi"])
        }
    }

    @Test("a message whose predecessor is missing is not stored")
    func order() async throws {
        try await withVictim { victim, say in
            let mallory = KeyPair.test(2)
            let (one, two) = (MessageID(high: 1, low: 1), MessageID(high: 1, low: 2))
            let second = try request(from: mallory, to: victim.id, id: two, text: "2", after: one)
            #expect(code(try await say(second)) == .order)
            #expect(victim.log.isEmpty)
            #expect(try await say(try request(from: mallory, to: victim.id, id: one, text: "1")) == .stored)
            #expect(try await say(second) == .stored)
            #expect(victim.log.count == 2)
            // The predecessor is of the same author: another's message of that id does not count.
            let third = try request(
                from: mallory, to: victim.id, id: MessageID(high: 1, low: 3), after: MessageID(high: 9, low: 9))
            #expect(code(try await say(third)) == .order)
        }
    }

    @Test("malformed requests are answered, oversized ones cut off, and the victim goes on")
    func malformed() async throws {
        try await withVictim { victim, say in
            let mallory = KeyPair.test(2)
            let good = try request(from: mallory, to: victim.id)
            #expect(code(try await say([])) == .invalid)
            #expect(code(try await say([0xa0])) == .invalid)
            #expect(
                code(try await say(CBOR.map(["content": .bytes([]), "signature": .bytes([])]).encoded())) == .invalid)
            await #expect(throws: RequestError.self) {
                try await say(good + Array(repeating: 0, count: MessageRequest.maximumBytes))
            }
            var random = SplitMix64(seed: 11)
            for _ in 0..<300 {
                let answer = try? await say(random.mutate(good))
                #expect(answer != .some(.stored) || victim.log.count <= 1)
            }
            #expect(try await say(try request(from: mallory, to: victim.id, id: MessageID(high: 7, low: 7))) == .stored)
            #expect(victim.log.last == "message \(mallory.peerID) hi")
        }
    }

    @Test("a text of exactly 256 KiB is taken, a longer one refused")
    func size() async throws {
        try await withVictim { victim, say in
            let mallory = KeyPair.test(2)
            let largest = try request(from: mallory, to: victim.id, text: String(repeating: "a", count: 262_144))
            let answer = try await say(largest)
            #expect(answer == .stored)
            let refusal = try await say(oversized(from: mallory, to: victim.id))
            #expect(code(refusal) == .tooLarge)
        }
    }

    /// A text that is a byte too long, which `MessageBody` would not make.
    private func oversized(from author: KeyPair, to recipient: PeerID) -> [UInt8] {
        let content = CBOR.map([
            "id": .bytes(MessageID(high: 2, low: 2).bytes), "author": .bytes(author.peerID.bytes),
            "to": .bytes(recipient.bytes), "conversation": .text("direct"), "time": .unsigned(1),
            "type": .text("text/plain"), "body": .bytes(Array(repeating: 0x61, count: 262_145)),
        ]).encoded()
        return MessageRequest(content: content, signature: MessageContent.sign(content, with: author)).encoded()
    }

    @Test("a peer that refuses for good fails the message, one that is confused does not")
    func refusingPeer() async throws {
        try await SimulatedWorld.run(seed: 6) { simulation in
            let alice = Node("alice", key: 1, in: simulation)
            let mallory = Node("mallory", key: 2, in: simulation)
            try await mallory.start(messaging: false)
            try await alice.start()
            alice.knows(mallory)
            var answers: [[UInt8]] = [
                [], [0xff], MessageAnswer.refused(MessageRefusal(.order, "no")).encoded(),
                MessageAnswer.refused(MessageRefusal(.busy, "wait", retryAfter: .seconds(5))).encoded(),
                MessageAnswer.refusedForUnknownReason("blocked").encoded(),
            ]
            mallory.requests.handle(["/linnet/message/1.0.0"]) { _, _, _ in
                answers.isEmpty ? nil : answers.removeFirst()
            }
            let id = try await alice.send("hi", to: mallory)
            #expect(try await alice.messaging?.wait(for: id, state: .delivered) == .failed)
            #expect(answers.isEmpty)
            #expect(alice.log.last == "failed the peer refused it: blocked \(id)")
            #expect(alice.messaging?.pendingCount.undelivered == 0)
            await alice.kill()
            await mallory.kill()
        }
    }

    @Test("a peer that speaks no protocol of ours fails the message after a few tries")
    func noProtocol() async throws {
        try await SimulatedWorld.run(seed: 7) { simulation in
            let alice = Node("alice", key: 1, in: simulation)
            let other = Node("other", key: 2, in: simulation)
            try await other.start(messaging: false)
            try await alice.start()
            alice.knows(other)
            let id = try await alice.send("hi", to: other)
            #expect(try await alice.messaging?.wait(for: id, state: .delivered) == .failed)
            #expect(alice.progress(of: id) == ["failed"])
            await alice.kill()
            await other.kill()
        }
    }
}

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

/// A peer that speaks gigi's `/direct/1.0.0` alone. The bytes are derived from serde's rules.
@Suite("A gigi peer")
struct GigiTests {
    private func withGigi(
        _ body: @escaping @NetworkActor (Node, Node) async throws -> Void
    ) async throws {
        try await SimulatedWorld.run(seed: 8) { simulation in
            let alice = Node("alice", key: 1, in: simulation)
            let gigi = Node("gigi", key: 2, in: simulation)
            try await gigi.start(messaging: false)
            try await alice.start()
            alice.knows(gigi)
            gigi.knows(alice)
            try await body(alice, gigi)
            await alice.kill()
            await gigi.kill()
        }
    }

    @Test("texts reach it in its own words, one at a time and in order")
    func sending() async throws {
        try await withGigi { alice, gigi in
            var requests: [String] = []
            gigi.requests.handle(["/direct/1.0.0"]) { _, _, bytes in
                requests.append(bytes.hex)
                await gigi.pause(.milliseconds(50))
                return hex("6341636b")
            }
            let first = try await alice.send("hi", to: gigi)
            for index in 0..<5 { try await alice.send("\(index)", to: gigi) }
            #expect(try await alice.messaging?.wait(for: first, state: .delivered) == .delivered)
            await alice.messaging?.drain(for: .seconds(10))
            #expect(requests.first == "a16454657874a1676d657373616765626869")
            #expect(
                requests.dropFirst().map { GigiDirect.Message(decoding: hex($0)) } == (0..<5).map { .text("\($0)") })
            #expect(alice.progress(of: first) == ["sent", "delivered"])
        }
    }

    @Test("its refusal fails the message, and what it has no form for is not sent")
    func refusals() async throws {
        try await withGigi { alice, gigi in
            var count = 0
            gigi.requests.handle(["/direct/1.0.0"]) { _, _, _ in
                count += 1
                return count == 1 ? hex("a1654572726f726178") : hex("6341636b")
            }
            guard let messaging = alice.messaging else { return }
            let refused = try await alice.send("no", to: gigi)
            let taken = try await alice.send("yes", to: gigi)
            let image = try await messaging.send(
                MessageBody([1, 2, 3], contentType: "image/png"), to: gigi.id)
            let long = try await alice.send(String(repeating: "a", count: 100_001), to: gigi)
            #expect(try await messaging.wait(for: refused, state: .delivered) == .failed)
            #expect(alice.log.contains("failed the peer refused it: x \(refused)"))
            #expect(try await messaging.wait(for: taken, state: .delivered) == .delivered)
            #expect(try await messaging.wait(for: image, state: .delivered) == .failed)
            #expect(try await messaging.wait(for: long, state: .delivered) == .failed)
            #expect(count == 2)
        }
    }

    @Test("its messages are stored as what they are")
    func receiving() async throws {
        try await withGigi { alice, gigi in
            let share =
                "a16946696c655368617265a46a73686172655f636f64656861316232633364346866696c656e616d6565612e74787469"
                + "66696c655f73697a65056966696c655f747970656a746578742f706c61696e"
            let group =
                "a16a536861726547726f7570a36867726f75705f696461676a67726f75705f6e616d65616e70696e76697465725f6e69"
                + "636b6e616d6562616c"
            for bytes in ["a16454657874a1676d657373616765626869", share, group] {
                let (_, answer) = try await gigi.requests.request(
                    alice.id, protocols: ["/direct/1.0.0"], body: hex(bytes))
                #expect(answer.hex == "6341636b")
            }
            for bytes in ["", "a0", "6341636b", "a16454657874a1676d65737361676560"] {
                let (_, answer) = try await gigi.requests.request(
                    alice.id, protocols: ["/direct/1.0.0"], body: hex(bytes))
                guard case .error = GigiDirect.Response(decoding: answer) else {
                    Issue.record("\(bytes) was taken")
                    continue
                }
            }
            let chat = gigi.id.description
            let page = try await alice.store?.read { try $0.messages(in: chat, .latest, limit: 10) }
            #expect(
                page?.messages.map(\.content.contentType) == [
                    "text/plain", "application/vnd.gigi.file-share+json", "application/vnd.gigi.share-group+json",
                ])
            #expect(page?.messages.first.map { String(decoding: $0.content.body, as: UTF8.self) } == "hi")
            #expect(page?.messages.allSatisfy { $0.content.signature.isEmpty && $0.author == chat } == true)
            #expect(alice.shown(from: gigi).first == "hi")
        }
    }

    @Test("a peer that becomes a linnet is spoken to as one")
    func upgrade() async throws {
        try await withGigi { alice, gigi in
            gigi.requests.handle(["/direct/1.0.0"]) { _, _, _ in hex("6341636b") }
            let first = try await alice.send("old", to: gigi)
            #expect(try await alice.messaging?.wait(for: first, state: .delivered) == .delivered)
            await gigi.kill()
            try await gigi.start()
            try await gigi.connect(to: alice)
            let second = try await alice.send("new", to: gigi)
            #expect(try await alice.messaging?.wait(for: second, state: .delivered) == .delivered)
            #expect(gigi.shown(from: alice) == ["new"])
        }
    }
}

import Testing
import Wire

@testable import GossipSub

/// A topic is its bytes.
@Suite struct TopicTests {
    private let composed: GossipSub.Topic = "caf\u{e9}"
    private let decomposed: GossipSub.Topic = "cafe\u{301}"

    @Test func lookingTheSameIsNotBeingTheSame() {
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed, "caf\u{e9}"]).count == 2)
        #expect(decomposed < composed, "in the order of the bytes")
        #expect(GossipSub.Topic("\u{212a}") != "K")
    }

    @Test func needsNotBeText() throws {
        let odd = GossipSub.Topic([0xff, 0x00, 0x61])
        var rpc = RPC()
        rpc.subscriptions = [RPC.Subscription(odd), RPC.Subscription(composed)]
        rpc.control.graft = [odd]
        let read = try RPC(rpc.encoded)
        #expect(read.subscriptions.map(\.topic) == [odd, composed])
        #expect(read.control.graft == [odd])
        let message = try PubsubMessage(encoded: PubsubMessage(topic: odd, data: [1]).encoded)
        #expect(message.topic == odd)
    }
}

import Identity
import TestSupport
import Testing

@testable import GossipSub

@Suite struct RPCTests {
    private static func rpc(_ body: (inout RPC) -> Void) -> RPC {
        var rpc = RPC()
        body(&rpc)
        return rpc
    }

    @Test(arguments: [
        ("rpc subscribe test", rpc { $0.subscriptions = [RPC.Subscription("test")] }),
        ("rpc unsubscribe test", rpc { $0.subscriptions = [RPC.Subscription("test", isSubscribing: false)] }),
        ("rpc graft test", rpc { $0.control.graft = ["test"] }),
        ("rpc prune test backoff 60", rpc { $0.control.prune = [RPC.Prune("test", backoff: 60)] }),
        ("rpc ihave test [0102]", rpc { $0.control.iHave = [RPC.IHave("test", [MessageID([1, 2])])] }),
        ("rpc iwant [0102]", rpc { $0.control.iWant = [[MessageID([1, 2])]] }),
        ("rpc idontwant [0102]", rpc { $0.control.iDontWant = [[MessageID([1, 2])]] }),
    ])
    func vectors(_ name: String, _ rpc: RPC) throws {
        #expect(rpc.encoded == Vectors.bytes(name))
        #expect(try RPC(Vectors.bytes(name)) == rpc)
    }

    @Test func signedMessage() throws {
        var message = PubsubMessage(topic: "test", data: Array("hello".utf8))
        message.from = Vectors.bytes("pubsub msgid go").dropLast(8)
        message.sequence = [0, 0, 0, 0, 0, 0, 0, 1]
        #expect(message.encoded == Vectors.bytes("pubsub unsigned"))
        message.signature = Vectors.bytes("pubsub sig")
        #expect(message.hasValidSignature)
        #expect(Self.rpc { $0.messages = [message] }.frame == Vectors.bytes("pubsub framed"))
        #expect(try RPC(Array(Vectors.bytes("pubsub framed").dropFirst(2))).messages == [message])
        #expect(
            MessageIDFunction.authorAndSequence.compute(message).bytes == Vectors.bytes("pubsub msgid go"))
        #expect(
            MessageIDFunction.authorAndSequenceText.compute(message).bytes
                == Array(Vectors.text("pubsub msgid rust default (ascii)").utf8))
        message.data.append(0)
        #expect(!message.hasValidSignature)
    }

    @Test func pruneWithPeers() throws {
        let prune = RPC.Prune("t", peers: [RPC.PeerInfo([1, 2], record: [3]), RPC.PeerInfo([4])], backoff: 10)
        let rpc = Self.rpc { $0.control.prune = [prune] }
        #expect(try RPC(rpc.encoded) == rpc)
    }

    @Test func anythingIsReadOrRefused() {
        let whole = Self.rpc { rpc in
            rpc.subscriptions = [RPC.Subscription("a"), RPC.Subscription("b", isSubscribing: false)]
            rpc.messages = [.signed([1, 2, 3], to: "a", sequence: 7, by: .test(1))]
            rpc.control.iHave = [RPC.IHave("a", [MessageID([1]), MessageID([2])])]
            rpc.control.iWant = [[MessageID([1])]]
            rpc.control.graft = ["a"]
            rpc.control.prune = [RPC.Prune("a", peers: [RPC.PeerInfo([1], record: [2])], backoff: .max)]
            rpc.control.iDontWant = [[MessageID([9])]]
        }.encoded
        var random = SeededRandom(seed: 5)
        for _ in 0..<20_000 {
            guard let rpc = try? RPC(random.mutate(whole)) else { continue }
            // What was read is what is written.
            #expect((try? RPC(rpc.encoded)) == rpc)
        }
    }

    /// rust-libp2p PR 6486: entries that cost a byte or two to send and a hundred to hold.
    @Test func emptyControlEntriesAreRefusedBeforeTheyAreHeld() {
        for field in [UInt8(0x0a), 0x12, 0x1a, 0x22, 0x2a] {
            let control = Array(repeating: [field, 0x00], count: 1 << 19).joined()
            var bytes: [UInt8] = [0x1a]
            var count = control.count
            while count >= 0x80 {
                bytes.append(UInt8(truncatingIfNeeded: count) | 0x80)
                count >>= 7
            }
            bytes.append(UInt8(count))
            bytes += control
            #expect(throws: GossipSubError(.tooLarge, "")) { _ = try RPC(bytes) }
        }
    }

    @Test func moreThanTheLimitsIsRefused() {
        let many = Self.rpc { $0.subscriptions = (0..<513).map { RPC.Subscription("\($0)") } }
        #expect(throws: GossipSubError(.tooLarge, "")) { _ = try RPC(many.encoded) }
        let long = Self.rpc {
            $0.subscriptions = [RPC.Subscription(GossipSub.Topic(String(repeating: "x", count: 1025)))]
        }
        #expect(throws: GossipSubError(.tooLarge, "")) { _ = try RPC(long.encoded) }
        let ids = Self.rpc { $0.control.iWant = [(0..<10_001).map { MessageID([UInt8($0 % 256), UInt8($0 / 256)]) }] }
        #expect(throws: GossipSubError(.tooLarge, "")) { _ = try RPC(ids.encoded) }
    }
}

import Negotiation
import TestSupport
import Testing

private let header = hex("132f6d756c746973747265616d2f312e302e300a")
private let refusal = hex("036e610a")

/// One message as it stands on the wire.
private func message(_ text: String) -> [UInt8] {
    let length = text.utf8.count + 1
    let prefix = length < 128 ? [UInt8(length)] : [UInt8(length & 0x7f | 0x80), UInt8(length >> 7)]
    return prefix + Array(text.utf8) + [0x0a]
}

@Suite struct NegotiationDialogueTests {
    @Test(arguments: [
        ("/noise", "072f6e6f6973650a"),
        ("/yamux/1.0.0", "0d2f79616d75782f312e302e300a"),
        ("/ipfs/id/1.0.0", "0f2f697066732f69642f312e302e300a"),
        ("/ipfs/id/push/1.0.0", "142f697066732f69642f707573682f312e302e300a"),
        ("/ipfs/ping/1.0.0", "112f697066732f70696e672f312e302e300a"),
        ("/perf/1.0.0", "0c2f706572662f312e302e300a"),
        (
            "/libp2p/circuit/relay/0.2.0/stop",
            "212f6c69627032702f636972637569742f72656c61792f302e322e302f73746f700a"
        ),
    ])
    func framesIdsAsTheSpecificationDoes(id: String, wire: String) throws {
        var dialer = NegotiationDialer(protocols: [id])
        #expect(dialer.start() == header + hex(wire))
        #expect(try dialer.receive(header + hex(wire)) == .agreed(id, send: [], leftover: []))
    }

    @Test func dialerAndListenerAgreeInOneRoundTrip() throws {
        var dialer = NegotiationDialer(protocols: ["/noise"])
        var listener = NegotiationListener { $0 == "/noise" }
        let answer = try listener.receive(dialer.start())
        #expect(answer == .agreed("/noise", send: header + message("/noise"), leftover: []))
        #expect(try dialer.receive(header + message("/noise")) == .agreed("/noise", send: [], leftover: []))
    }

    @Test func dialerWalksThroughItsListAfterRefusals() throws {
        var dialer = NegotiationDialer(protocols: ["/a", "/b", "/c"])
        var listener = NegotiationListener { $0 == "/c" }
        #expect(try listener.receive(dialer.start()) == .needMore(send: header + refusal))
        #expect(try dialer.receive(header + refusal) == .needMore(send: message("/b")))
        #expect(try listener.receive(message("/b")) == .needMore(send: refusal))
        #expect(try dialer.receive(refusal) == .needMore(send: message("/c")))
        #expect(try listener.receive(message("/c")) == .agreed("/c", send: message("/c"), leftover: []))
        #expect(try dialer.receive(message("/c")) == .agreed("/c", send: [], leftover: []))
    }

    @Test func dialerReportsWhatThePeerRefused() throws {
        var dialer = NegotiationDialer(protocols: ["/a", "/b"])
        _ = dialer.start()
        #expect(try dialer.receive(header + refusal) == .needMore(send: message("/b")))
        let error = #expect(throws: NegotiationError.self) { try dialer.receive(refusal) }
        #expect(error?.code == .unsupported)
        #expect(error?.detail == "the peer speaks none of: /a, /b")
    }

    @Test func listenerAnswersTheHeaderAlone() throws {
        var listener = NegotiationListener { _ in true }
        #expect(try listener.receive(header) == .needMore(send: header))
        #expect(try listener.receive(message("/a")) == .agreed("/a", send: message("/a"), leftover: []))
    }

    @Test func listIsRefusedLikeAnUnknownProtocol() throws {
        var listener = NegotiationListener { $0 == "/a" }
        #expect(try listener.receive(header + hex("036c730a")) == .needMore(send: header + refusal))
        #expect(try listener.receive(message("/a")) == .agreed("/a", send: message("/a"), leftover: []))
    }

    @Test func lazyDialerMayGoOnAtOnce() throws {
        var dialer = NegotiationDialer(protocols: ["/perf/1.0.0"], lazy: true)
        #expect(dialer.isLazy)
        var listener = NegotiationListener { $0 == "/perf/1.0.0" }
        let step = try listener.receive(dialer.start() + [1, 2, 3])
        #expect(step == .agreed("/perf/1.0.0", send: header + message("/perf/1.0.0"), leftover: [1, 2, 3]))
        #expect(
            try dialer.receive(header + message("/perf/1.0.0") + [9])
                == .agreed("/perf/1.0.0", send: [], leftover: [9]))
    }

    @Test func lazyDialerLearnsOfARefusalAtItsFirstRead() throws {
        var dialer = NegotiationDialer(protocols: ["/a"], lazy: true)
        _ = dialer.start()
        #expect(throws: NegotiationError(code: .unsupported, detail: "")) { try dialer.receive(header + refusal) }
    }

    @Test func severalProtocolsAreNeverLazy() {
        #expect(!NegotiationDialer(protocols: ["/a", "/b"], lazy: true).isLazy)
        #expect(!NegotiationDialer(protocols: ["/a"]).isLazy)
    }

    @Test func idsThatFitNoMessageAreNotProposed() throws {
        let long = "/" + String(repeating: "x", count: 1023)
        var dialer = NegotiationDialer(protocols: ["", "/a\nb", long, "/c"])
        #expect(dialer.start() == header + message("/c"))
        var none = NegotiationDialer(protocols: [""])
        #expect(none.start() == [])
        #expect(throws: NegotiationError(code: .unsupported, detail: "")) { try none.receive(header) }
    }

    @Test func theLongestIdPasses() throws {
        let id = "/" + String(repeating: "x", count: 1022)
        var dialer = NegotiationDialer(protocols: [id])
        var listener = NegotiationListener { $0 == id }
        guard case .agreed(_, let send, _) = try listener.receive(dialer.start()) else {
            Issue.record("the listener did not agree")
            return
        }
        #expect(try dialer.receive(send) == .agreed(id, send: [], leftover: []))
    }
}

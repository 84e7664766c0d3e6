import Negotiation
import TestSupport
import Testing

private let header = hex("132f6d756c746973747265616d2f312e302e300a")

private func expect(_ code: NegotiationError.Code, _ body: () throws -> NegotiationStep) {
    let error = #expect(throws: NegotiationError.self, performing: body)
    #expect(error?.code == code)
}

@Suite struct NegotiationHostilePeerTests {
    @Test func sixtyFourProposalsAreAnsweredAndTheNextIsNot() throws {
        var listener = NegotiationListener { _ in false }
        _ = try listener.receive(header)
        for _ in 0..<64 {
            #expect(try listener.receive(hex("032f610a")) == .needMore(send: hex("036e610a")))
        }
        expect(.tooManyProposals) { try listener.receive(hex("032f610a")) }
        expect(.finished) { try listener.receive(hex("032f610a")) }
    }

    @Test func aRefusalIsThereToBeSentAlthoughWhatFollowsIsNoMessage() {
        var listener = NegotiationListener { $0 == "/a" }
        expect(.malformed) { try listener.receive(header + hex("032f620a 0000")) }
        #expect(listener.mayHaveLazyDialer)
        #expect(listener.unsent == header + hex("036e610a"))
        var other = NegotiationListener { $0 == "/a" }
        expect(.malformed) { try other.receive(header + hex("0000")) }
        #expect(!other.mayHaveLazyDialer)
    }

    @Test func sixtyFiveProposalsInOneSegmentAreRefused() {
        var listener = NegotiationListener { _ in false }
        let flood = (0..<65).flatMap { _ in hex("032f610a") }
        expect(.tooManyProposals) { try listener.receive(header + flood) }
    }

    @Test(arguments: [
        ("8108", NegotiationError.Code.messageTooLarge),  // 1025
        ("8110", .messageTooLarge),  // 2 KiB and a byte
        ("ff80", .messageTooLarge),  // a third byte of length follows
        ("ffffffffffffffffff01", .messageTooLarge),
        ("8080808080808080808001", .messageTooLarge),
        ("00", .malformed),
        ("8100", .malformed),  // 1, not minimal
        ("0161", .malformed),  // no newline
        ("03ff610a", .malformed),  // not UTF-8
        ("03c3280a", .malformed),
        ("032f610a", .wrongHeader),
        ("132f6d756c746973747265616d2f312e302e310a", .wrongHeader),
        ("010a", .wrongHeader),
    ])
    func badFirstMessages(wire: String, code: NegotiationError.Code) {
        var dialer = NegotiationDialer(protocols: ["/a"])
        _ = dialer.start()
        expect(code) { try dialer.receive(hex(wire)) }
        expect(.finished) { try dialer.receive(header) }
        var listener = NegotiationListener { _ in true }
        expect(code) { try listener.receive(hex(wire)) }
        expect(.finished) { try listener.receive(header) }
    }

    @Test func anEmptyOrSplitIdIsRefusedAndTheDialogueGoesOn() throws {
        var listener = NegotiationListener { _ in true }
        #expect(try listener.receive(header + hex("010a")) == .needMore(send: header + hex("036e610a")))
        #expect(try listener.receive(hex("052f610a620a")) == .needMore(send: hex("036e610a")))
        #expect(try listener.receive(hex("032f610a")) == .agreed("/a", send: hex("032f610a"), leftover: []))
    }

    @Test func anEchoOfSomethingElseIsNoAgreement() {
        var dialer = NegotiationDialer(protocols: ["/a", "/b"])
        _ = dialer.start()
        expect(.unexpectedAnswer) { try dialer.receive(header + hex("032f620a")) }
    }

    /// Ids are compared by their bytes: Swift holds "é" in one scalar and in two for equal, the network does not.
    @Test func idsAreComparedByteByByte() {
        var dialer = NegotiationDialer(protocols: ["/\u{e9}"])
        _ = dialer.start()
        expect(.unexpectedAnswer) { try dialer.receive(header + hex("05 2f65cc81 0a")) }
    }

    @Test func theTextOfAPeerIsQuotedShortAndPrintable() {
        var dialer = NegotiationDialer(protocols: ["/a"])
        _ = dialer.start()
        let text = "\u{1b}[31m" + String(repeating: "x", count: 200)
        let wire = [UInt8(0xce), 0x01] + Array(text.utf8) + [0x0a]
        let error = #expect(throws: NegotiationError.self) { try dialer.receive(header + wire) }
        #expect(error?.detail == "proposed /a, got \"?[31m" + String(repeating: "x", count: 59) + "\"")
    }

    @Test func randomBytesNeverTrap() {
        var random = SplitMix64(seed: 6)
        for _ in 0..<20_000 {
            let prefix = Bool.random(using: &random) ? header : []
            let count = Int.random(in: 0...40, using: &random)
            let noise = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            var dialer = NegotiationDialer(protocols: ["/a", "/b"])
            _ = try? dialer.receive(prefix + noise)
            var listener = NegotiationListener { $0 == "/a" }
            _ = try? listener.receive(prefix + noise)
        }
    }
}

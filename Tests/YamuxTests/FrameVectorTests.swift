import TestSupport
import Testing

@testable import Yamux

/// The frames of the wire reference, as a session sends and takes them.
@Suite struct FrameVectorTests {
    @Test(arguments: [
        ("000100010000000100000000", FrameHeader(type: .windowUpdate, flags: .syn, streamID: 1, length: 0)),
        ("000100020000000100000000", FrameHeader(type: .windowUpdate, flags: .ack, streamID: 1, length: 0)),
        ("000000000000000100000005", FrameHeader(type: .data, flags: [], streamID: 1, length: 5)),
        ("000000010000000100000005", FrameHeader(type: .data, flags: .syn, streamID: 1, length: 5)),
        ("000000040000000100000000", FrameHeader(type: .data, flags: .fin, streamID: 1, length: 0)),
        ("000100080000000100000000", FrameHeader(type: .windowUpdate, flags: .rst, streamID: 1, length: 0)),
        ("000100000000000100020000", FrameHeader(type: .windowUpdate, flags: [], streamID: 1, length: 131_072)),
        ("000100010000000200000000", FrameHeader(type: .windowUpdate, flags: .syn, streamID: 2, length: 0)),
        ("000200010000000000000001", FrameHeader(type: .ping, flags: .syn, streamID: 0, length: 1)),
        ("000200020000000000000001", FrameHeader(type: .ping, flags: .ack, streamID: 0, length: 1)),
        ("000300000000000000000000", FrameHeader(type: .goAway, flags: [], streamID: 0, length: 0)),
        ("000300000000000000000001", FrameHeader(type: .goAway, flags: [], streamID: 0, length: 1)),
    ])
    func header(_ text: String, _ expected: FrameHeader) throws {
        let bytes = hex(text)
        let decoded = try bytes.withUnsafeBytes { raw in try FrameHeader(decoding: try #require(raw.baseAddress)) }
        #expect(decoded == expected)
        var encoded = [UInt8](repeating: 0xff, count: FrameHeader.size)
        encoded.withUnsafeMutableBytes { raw in
            if let base = raw.baseAddress { expected.encode(to: base) }
        }
        #expect(encoded.hex == text)
    }

    @Test func dialerOpensWithAWindowUpdate() throws {
        let dialer = Endpoint(.dialer)
        #expect(try dialer.open() == 1)
        #expect(dialer.output().hex == "000100010000000100000000")
    }

    @Test func dialerOpensWithData() throws {
        let dialer = Endpoint(.dialer)
        let id = try dialer.open()
        try dialer.write(Array("hello".utf8), to: id)
        #expect(dialer.output().hex == "00000001000000010000000568656c6c6f")
        try dialer.write(Array("hello".utf8), to: id)
        #expect(dialer.output().hex == "00000000000000010000000568656c6c6f")
    }

    @Test func listenerOpensWithAnEvenID() throws {
        let listener = Endpoint(.listener)
        #expect(try listener.open() == 2)
        #expect(listener.output().hex == "000100010000000200000000")
    }

    @Test func acceptanceIsAnAcknowledgement() throws {
        let listener = Endpoint(.listener)
        try listener.receive(hex("000100010000000100000000"))
        #expect(listener.takeEvents() == [.opened(1)])
        #expect(listener.output().isEmpty)
        try listener.accept(1)
        #expect(listener.output().hex == "000100020000000100000000")
    }

    @Test func acknowledgementRidesOnData() throws {
        let listener = Endpoint(.listener)
        try listener.receive(hex("00000001000000010000000568656c6c6f"))
        #expect(try listener.readAll(1) == Array("hello".utf8))
        try listener.write(Array("hello".utf8), to: 1)
        #expect(listener.output().hex == "00000002000000010000000568656c6c6f")
    }

    @Test func finishAndReset() throws {
        let (dialer, _, id) = try connectedPair()
        dialer.closeWrite(id)
        #expect(dialer.output().hex == "000000040000000100000000")
        dialer.reset(id)
        #expect(dialer.output().hex == "000100080000000100000000")
    }

    @Test func halfAWindowIsGivenBack() throws {
        let (dialer, listener, id) = try connectedPair()
        try dialer.write([UInt8](repeating: 1, count: 131_072), to: id)
        try listener.receive(dialer.output())
        #expect(try listener.readAll(id).count == 131_072)
        // Having no round-trip time yet, it asks for one as well.
        #expect(listener.output().hex == "000200010000000000000001" + "000100000000000100020000")
    }

    @Test func pingAndGoAway() throws {
        let dialer = Endpoint(.dialer)
        dialer.ping()
        #expect(dialer.output().hex == "000200010000000000000001")
        let listener = Endpoint(.listener)
        try listener.receive(hex("000200010000000000000001"))
        #expect(listener.output().hex == "000200020000000000000001")
        listener.goAway()
        #expect(listener.output().hex == "000300000000000000000000")
        #expect(throws: YamuxError.self) { try dialer.receive(hex("010000000000000000000000")) }
        #expect(dialer.output().hex == "000300000000000000000001")
    }

    @Test(arguments: ["ff0000000000000000000000", "000400000000000100000000"])
    func unknownVersionsAndTypesEndTheSession(_ text: String) throws {
        let listener = Endpoint(.listener)
        #expect(throws: YamuxError.violation("")) { try listener.receive(hex(text)) }
        #expect(listener.output() == Frame.goAway(1).bytes)
    }

    @Test func unknownFlagsAreIgnored() throws {
        let listener = Endpoint(.listener)
        try listener.receive(.window(1, flags: 0xfff0 | Frame.syn))
        #expect(listener.takeEvents() == [.opened(1)])
    }
}

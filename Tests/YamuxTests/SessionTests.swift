import Testing
import Time

@testable import Yamux

/// Pings, keep-alive, go away: what belongs to no stream.
@Suite struct SessionTests {
    private let hello = Array("hello".utf8)

    @Test func pingsMeasureTheRoundTrip() throws {
        let (dialer, listener) = pair()
        dialer.ping()
        dialer.ping()
        let request = dialer.output()
        #expect(Frame.parse(request) == [.ping(1, flags: Frame.syn)])
        try listener.receive(request)
        dialer.wait(.milliseconds(30))
        try dialer.receive(.ping(7, flags: Frame.ack), .ping(1, flags: 0))
        #expect(dialer.takeEvents().isEmpty, "answers to nothing we asked")
        try dialer.receive(listener.output())
        #expect(dialer.takeEvents() == [.pong(.milliseconds(30))])
        try dialer.receive(.ping(1, flags: Frame.ack))
        #expect(dialer.takeEvents().isEmpty, "answered already")
        dialer.ping()
        try listener.receive(dialer.output())
        dialer.wait(.milliseconds(10))
        try dialer.receive(listener.output())
        #expect(dialer.roundTripTime == .milliseconds(20))
    }

    @Test func keepAlivePings() throws {
        let (dialer, listener) = pair()
        for _ in 0..<5 {
            let due = try #require(dialer.nextTimeout)
            #expect(due == dialer.now + .seconds(30))
            dialer.now = due
            try dialer.handleTimeout()
            try listener.receive(dialer.output())
            try dialer.receive(listener.output())
        }
        #expect(dialer.takeEvents() == Array(repeating: .pong(.zero), count: 5))
    }

    @Test func timeoutsTooEarlyDoNothing() throws {
        let dialer = Endpoint(.dialer)
        dialer.wait(.seconds(29))
        try dialer.handleTimeout()
        #expect(!dialer.hasOutput)
    }

    @Test func keepAliveCanBeOff() throws {
        let dialer = Endpoint(.dialer) { $0.keepAliveInterval = nil }
        #expect(dialer.nextTimeout == nil)
        dialer.wait(.seconds(3600))
        try dialer.handleTimeout()
        #expect(!dialer.hasOutput)
    }

    /// KeepAlive_Timeout
    @Test func aSilentPeerIsGivenUp() throws {
        let dialer = Endpoint(.dialer)
        dialer.wait(.seconds(30))
        try dialer.handleTimeout()
        _ = dialer.output()
        #expect(dialer.nextTimeout == dialer.now + .seconds(10))
        dialer.wait(.seconds(10))
        #expect(throws: YamuxError.connection(.timedOut, goAway: 2, "")) {
            try dialer.handleTimeout()
        }
        #expect(throws: YamuxError.connection(.timedOut, goAway: 2, "")) { try dialer.open() }
        #expect(dialer.nextTimeout == nil)
    }

    @Test func bytesProveLifeForAWhile() throws {
        let (dialer, _, id) = try connectedPair()
        dialer.wait(.seconds(30))
        try dialer.handleTimeout()
        _ = dialer.output()
        for _ in 0..<4 {
            dialer.wait(.seconds(7))
            try dialer.handleTimeout()
            try dialer.receive(.data(id, hello))
        }
        dialer.wait(.seconds(2))
        #expect(throws: YamuxError.connection(.timedOut, goAway: 2, "")) {
            try dialer.handleTimeout()
        }
    }

    /// ConnectionWriteTimeout
    @Test func aPeerThatTakesNoBytesIsGivenUp() throws {
        let (dialer, _, id) = try connectedPair()
        try dialer.write(hello, to: id)
        dialer.wait(.seconds(30))
        try dialer.handleTimeout()
        dialer.wait(.seconds(10))
        try dialer.receive(.data(id, hello))
        #expect(throws: YamuxError.connection(.timedOut, goAway: 2, "")) {
            try dialer.handleTimeout()
        }
    }

    @Test func goAwayFromThePeer() throws {
        let (dialer, listener, id) = try connectedPair()
        listener.goAway(0x1006)
        try exchange(dialer, listener)
        #expect(dialer.takeEvents() == [.goAway(code: 0x1006)])
        #expect(throws: YamuxError.stream(.goneAway, "")) { try dialer.open() }
        #expect(throws: YamuxError.stream(.goneAway, "")) { try listener.open() }
        try dialer.write(hello, to: id)
        try exchange(dialer, listener)
        #expect(try listener.readAll(id) == hello, "streams that exist finish")
        try listener.receive(.window(3, flags: Frame.syn))
        #expect(listener.output() == Frame.window(3, YamuxResetCode.shutdown, flags: Frame.rst).bytes)
    }

    @Test func goAwayComesAfterWhatIsReady() throws {
        let (dialer, _, id) = try connectedPair()
        dialer.goAway()
        try dialer.write(hello, to: id)
        #expect(Frame.parse(dialer.output()) == [.data(id, hello), .goAway(0)])
        dialer.goAway()
        #expect(!dialer.hasOutput)
    }

    /// SessionCloseDeadlock: go away while both sides are stuck behind full windows.
    @Test func goingAwayWithFullWindows() throws {
        let (dialer, listener, id) = try connectedPair()
        try dialer.write([UInt8](repeating: 1, count: 500_000), to: id)
        try listener.write([UInt8](repeating: 1, count: 500_000), to: id)
        try exchange(dialer, listener)
        dialer.goAway()
        listener.goAway()
        try exchange(dialer, listener)
        #expect(dialer.events.last == .goAway(code: 0) && listener.events.last == .goAway(code: 0))
        #expect(try dialer.readAll(id).count == 262_144)
        dialer.reset(id)
        try exchange(dialer, listener)
        #expect(dialer.streamCount == 0 && listener.streamCount == 0)
    }

    @Test func afterAFailureEverythingSaysSo() throws {
        let (dialer, listener, id) = try connectedPair()
        try dialer.write(hello, to: id)
        listener.ping()
        try listener.receive(dialer.output())
        let expected = YamuxError.violation("")
        #expect(listener.failure(receiving: .window(1, flags: Frame.syn)) == expected)
        #expect(throws: expected) { try listener.receive(hello) }
        #expect(throws: expected) { try listener.open() }
        #expect(throws: expected) { try listener.write(hello, to: id) }
        #expect(throws: expected) { try listener.handleTimeout() }
        #expect(listener.sendRoom(id) == 0)
        listener.goAway()
        #expect(listener.transmit(5).isEmpty)
        #expect(listener.output() == Frame.goAway(1).bytes)
        #expect(!listener.hasOutput)
        #expect(try listener.readAll(id) == hello)
        #expect(!listener.hasOutput)
    }

    @Test func errorsTellWhatHappened() {
        let error = YamuxError.connection(.windowExceeded, goAway: 1, "a frame")
        #expect(error.severity == .connection(goAway: 1))
        #expect("\(error)" == "yamux windowExceeded: a frame")
        #expect(YamuxError.stream(.goneAway, "a") == YamuxError.stream(.goneAway, "b"))
    }
}

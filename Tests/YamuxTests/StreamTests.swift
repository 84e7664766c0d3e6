import Testing
import Time

@testable import Yamux

/// The life of streams. Where go-yamux has a test of the same matter, its name stands in the comment.
@Suite struct StreamTests {
    private let hello = Array("hello".utf8)

    @Test func bothWays() throws {
        let (dialer, listener, id) = try connectedPair()
        try dialer.write(hello, to: id)
        try listener.write(hello.reversed(), to: id)
        try exchange(dialer, listener)
        #expect(listener.takeEvents() == [.readable(id)])
        #expect(try listener.readAll(id) == hello)
        #expect(try dialer.readAll(id) == hello.reversed())
        #expect(try dialer.read(id) == nil)
        #expect(!dialer.isAtEnd(id))
    }

    @Test func acknowledgementIsToldOnce() throws {
        let (dialer, listener) = pair()
        let id = try dialer.open()
        try exchange(dialer, listener)
        #expect(dialer.takeEvents().isEmpty)
        try listener.accept(id)
        try exchange(dialer, listener)
        #expect(dialer.takeEvents() == [.acknowledged(id)])
        try dialer.receive(.window(id, 0, flags: Frame.ack))
        #expect(dialer.takeEvents().isEmpty)
        #expect(dialer.unacknowledgedCount == 0)
    }

    /// HalfClose
    @Test func halfClose() throws {
        let (dialer, listener, id) = try connectedPair()
        try dialer.write(hello, to: id)
        dialer.closeWrite(id)
        #expect(throws: YamuxError.stream(.writeAfterClose, "")) { try dialer.write(hello, to: id) }
        #expect(dialer.sendRoom(id) == 0)
        try exchange(dialer, listener)
        #expect(listener.takeEvents() == [.readable(id), .finished(id)])
        #expect(!listener.isAtEnd(id))
        #expect(try listener.readAll(id) == hello)
        #expect(listener.isAtEnd(id))
        try listener.write(hello, to: id)
        listener.closeWrite(id)
        try exchange(dialer, listener)
        #expect(try dialer.readAll(id) == hello)
        #expect(dialer.isAtEnd(id))
        try exchange(dialer, listener)
        #expect(dialer.takeEvents() == [.readable(id), .finished(id), .closed(id)])
        #expect(listener.takeEvents() == [.closed(id)])
        #expect(dialer.streamCount == 0 && listener.streamCount == 0)
        #expect(throws: YamuxError.stream(.unknownStream, "")) { try dialer.read(id) }
    }

    /// FIN in a frame of its own: go-yamux acts on flags before it has the body.
    @Test func finishFollowsTheLastByteInItsOwnFrame() throws {
        let dialer = Endpoint(.dialer)
        let id = try dialer.open()
        try dialer.write(hello, to: id)
        dialer.closeWrite(id)
        #expect(
            Frame.parse(dialer.output()) == [.data(id, hello, flags: Frame.syn), .data(id, flags: Frame.fin)])
    }

    @Test func flagsCombine() throws {
        let dialer = Endpoint(.dialer)
        let id = try dialer.open()
        dialer.closeWrite(id)
        #expect(Frame.parse(dialer.output()) == [.data(id, flags: Frame.syn | Frame.fin)])
        let listener = Endpoint(.listener)
        try listener.receive(.data(1, hello, flags: Frame.syn | Frame.fin))
        #expect(listener.takeEvents() == [.opened(1), .readable(1), .finished(1)])
        listener.closeWrite(1)
        #expect(Frame.parse(listener.output()) == [.data(1, flags: Frame.ack | Frame.fin)])
        #expect(try listener.readAll(1) == hello)
        _ = listener.output()
        #expect(listener.takeEvents() == [.closed(1)])
        try listener.receive(.window(3, 9, flags: Frame.syn | Frame.fin))
        #expect(listener.takeEvents() == [.opened(3), .finished(3)])
        try listener.receive(.window(5, 7, flags: Frame.syn | Frame.rst), .data(7, hello, flags: Frame.syn | Frame.rst))
        #expect(listener.takeEvents().isEmpty)
        #expect(listener.streamCount == 1)
    }

    /// CloseBeforeAck
    @Test func closeBeforeAcknowledgement() throws {
        let (dialer, listener) = pair { $0.acknowledgementBacklog = 8 }
        for round in 0..<3 {
            for _ in 0..<8 {
                let id = try dialer.open()
                dialer.forget(id)
            }
            try exchange(dialer, listener)
            #expect(throws: YamuxError.stream(.backlogExceeded, "")) { try dialer.open() }
            for case .opened(let id) in listener.takeEvents() { listener.forget(id) }
            try exchange(dialer, listener)
            #expect(dialer.streamCount == 0, "round \(round)")
        }
    }

    /// BacklogExceeded
    @Test func backlogs() throws {
        let (dialer, listener) = pair { $0.acknowledgementBacklog = 300 }
        for _ in 0..<256 { _ = try dialer.open() }
        try exchange(dialer, listener)
        #expect(listener.unacceptedCount == 256)
        let refused = try dialer.open()
        try exchange(dialer, listener)
        #expect(dialer.takeEvents() == [.reset(refused, code: YamuxResetCode.resourceLimitExceeded), .closed(refused)])
        try listener.accept(1)
        let taken = try dialer.open()
        try exchange(dialer, listener)
        #expect(listener.contains(taken))

        let impatient = Endpoint(.dialer)
        for _ in 0..<256 { _ = try impatient.open() }
        #expect(throws: YamuxError.stream(.backlogExceeded, "")) { try impatient.open() }
        impatient.reset(1)
        _ = impatient.output()
        #expect(try impatient.open() == 513)
    }

    /// MaxIncomingStreams
    @Test func streamLimits() throws {
        let (dialer, listener) = pair {
            $0.maximumInboundStreams = 3
            $0.maximumOutboundStreams = 5
        }
        for _ in 0..<5 { _ = try dialer.open() }
        #expect(throws: YamuxError.stream(.tooManyStreams, "")) { try dialer.open() }
        try exchange(dialer, listener)
        #expect(listener.inboundStreamCount == 3)
        for id in [1, 3, 5] as [UInt32] { try listener.accept(id) }
        try exchange(dialer, listener)
        #expect(dialer.streamCount == 3)
        dialer.reset(1)
        try exchange(dialer, listener)
        _ = try dialer.open()
        try exchange(dialer, listener)
        #expect(listener.inboundStreamCount == 3)
        #expect(dialer.streamCount == 3)
    }

    /// ManyStreams
    @Test func manyStreams() throws {
        let (dialer, listener) = pair()
        var ids: [UInt32] = []
        for index in 0..<200 {
            let id = try dialer.open()
            try dialer.write([UInt8](repeating: UInt8(index), count: 1 + index), to: id)
            ids.append(id)
        }
        try exchange(dialer, listener)
        for id in ids { try listener.write(try listener.readAll(id), to: id) }
        try exchange(dialer, listener)
        for (index, id) in ids.enumerated() {
            #expect(try dialer.readAll(id) == [UInt8](repeating: UInt8(index), count: 1 + index))
        }
    }

    @Test func opensAreToldInOrder() throws {
        let (dialer, listener) = pair()
        let first = try dialer.open()
        let second = try dialer.open()
        try dialer.write(hello, to: second)
        try exchange(dialer, listener)
        #expect(listener.takeEvents() == [.opened(first), .opened(second), .readable(second)])
    }

    @Test func idsRunOut() throws {
        let dialer = Endpoint(.dialer)
        dialer.session.localIDs.next = .max
        #expect(try dialer.open() == .max)
        #expect(throws: YamuxError.stream(.idsExhausted, "")) { try dialer.open() }
    }

    @Test func forgettingWaitsForThePeerWithinReason() throws {
        let (dialer, listener, id) = try connectedPair { $0.keepAliveInterval = nil }
        try dialer.write(hello, to: id)
        dialer.forget(id)
        #expect(throws: YamuxError.stream(.writeAfterClose, "")) { try dialer.write(hello, to: id) }
        try exchange(dialer, listener)
        #expect(try listener.readAll(id) == hello)
        #expect(listener.isAtEnd(id))
        let deadline = try #require(dialer.nextTimeout)
        #expect(deadline == dialer.now + .seconds(60))
        dialer.now = deadline
        try dialer.handleTimeout()
        try exchange(dialer, listener)
        #expect(dialer.takeEvents() == [.closed(id)])
        // What came before FIN is whole, so only the writer is told.
        #expect(
            listener.takeEvents() == [
                .readable(id), .finished(id), .stopped(id, code: YamuxResetCode.garbageCollected), .closed(id),
            ])
        #expect(dialer.nextTimeout == nil)
    }

    @Test func aSlowUploadIsNotCutOffByForgetting() throws {
        let (dialer, listener, id) = try connectedPair { $0.keepAliveInterval = nil }
        try dialer.write([UInt8](repeating: 1, count: 300_000), to: id)
        dialer.forget(id)
        _ = dialer.transmit(1000)
        dialer.wait(.seconds(61))
        try dialer.handleTimeout()
        #expect(dialer.streams[0].resetCode == nil)
        #expect(dialer.nextTimeout == dialer.now + .seconds(60))
        dialer.wait(.seconds(61))
        try dialer.handleTimeout()
        #expect(dialer.output() == Frame.window(id, YamuxResetCode.garbageCollected, flags: Frame.rst).bytes)
        _ = listener
    }

    @Test func aPeerThatGoesOnSendingIsResetAfterOurLastByte() throws {
        let (dialer, listener, id) = try connectedPair()
        try dialer.write(hello, to: id)
        dialer.forget(id)
        try dialer.receive(.data(id, hello))
        #expect(dialer.readableCount(id) == 0)
        #expect(
            Frame.parse(dialer.output()) == [
                .data(id, hello), .data(id, flags: Frame.fin), .window(id, 0, flags: Frame.rst),
            ])
        #expect(dialer.takeEvents() == [.closed(id)])
        _ = listener
    }

    @Test func lastBytesForAForgottenStreamAreNoOffence() throws {
        let (dialer, _, id) = try connectedPair()
        dialer.forget(id)
        #expect(Frame.parse(dialer.output()) == [.data(id, flags: Frame.fin)])
        try dialer.receive(.data(id, hello, flags: Frame.fin))
        #expect(dialer.output().isEmpty)
        #expect(dialer.takeEvents() == [.finished(id), .closed(id)])
    }

    @Test func forgettingAFinishedStreamLetsItGo() throws {
        let (dialer, listener, id) = try connectedPair()
        try dialer.write(hello, to: id)
        dialer.closeWrite(id)
        listener.closeWrite(id)
        try exchange(dialer, listener)
        #expect(listener.contains(id), "unread bytes keep it")
        listener.forget(id)
        #expect(listener.hasOutput)
        #expect(listener.output().isEmpty)
        #expect(listener.takeEvents() == [.readable(id), .finished(id), .closed(id)])
    }

    /// StreamResetWithError
    @Test func resetWithACode() throws {
        let (dialer, listener, id) = try connectedPair()
        try dialer.write(hello, to: id)
        try exchange(dialer, listener)
        listener.reset(id, code: 0x1004)
        #expect(throws: YamuxError.stream(.unknownStream, "")) { try listener.read(id) }
        #expect(throws: YamuxError.stream(.writeAfterClose, "")) { try listener.write(hello, to: id) }
        try exchange(dialer, listener)
        #expect(listener.takeEvents() == [.readable(id), .closed(id)])
        #expect(dialer.takeEvents() == [.reset(id, code: 0x1004), .closed(id)])
        #expect(throws: YamuxError.stream(.unknownStream, "")) { try dialer.write(hello, to: id) }
        #expect(throws: YamuxError.stream(.unknownStream, "")) { try dialer.read(id) }
        #expect(dialer.isAtEnd(id))
    }

    @Test func aStreamResetBeforeItsFirstFrameIsNeverSeen() throws {
        let dialer = Endpoint(.dialer)
        let id = try dialer.open()
        try dialer.write(hello, to: id)
        dialer.reset(id)
        #expect(dialer.output().isEmpty)
        #expect(dialer.takeEvents() == [.closed(id)])
        #expect(dialer.unacknowledgedCount == 0)
    }

    @Test func finishingTwiceIsHarmless() throws {
        let (dialer, listener, id) = try connectedPair()
        try listener.receive(.data(id, flags: Frame.fin), .data(id, flags: Frame.fin), .data(id))
        #expect(listener.takeEvents() == [.finished(id)])
        listener.closeWrite(id)
        listener.closeWrite(id)
        #expect(listener.output() == Frame.data(id, flags: Frame.fin).bytes)
        _ = dialer
    }

    @Test func callsOnStreamsThatNeverWere() throws {
        let dialer = Endpoint(.dialer)
        #expect(throws: YamuxError.stream(.unknownStream, "")) { try dialer.read(1) }
        #expect(throws: YamuxError.stream(.unknownStream, "")) { try dialer.write(hello, to: 0) }
        #expect(throws: YamuxError.stream(.unknownStream, "")) { try dialer.accept(2) }
        dialer.closeWrite(1)
        dialer.reset(1)
        dialer.forget(0)
        #expect(dialer.sendRoom(0) == 0 && dialer.isAtEnd(0) && !dialer.hasOutput)
    }
}

import Testing
import Time

@testable import Yamux

@Suite struct FlowControlTests {
    private func block(_ count: Int) -> [UInt8] { [UInt8](repeating: 5, count: count) }

    /// WriteDeadlineWindowFull, ReadDeadline: nothing blocks, and the owner is told when it may go on.
    @Test func aFullWindowStopsTheWriterNotTheSession() throws {
        let (dialer, listener, id) = try connectedPair()
        try dialer.write(block(1 << 20), to: id)
        #expect(dialer.sendRoom(id) == 0)
        try listener.receive(dialer.output())
        #expect(!dialer.hasOutput)
        #expect(dialer.unsentCount(id) == (1 << 20) - 262_144)
        #expect(listener.readableCount(id) == 262_144)
        #expect(dialer.takeEvents().isEmpty)
        #expect(try listener.readAll(id).count == 262_144)
        try exchange(dialer, listener)
        #expect(try listener.readAll(id).count == 262_144)
        try exchange(dialer, listener)
        #expect(dialer.takeEvents().contains(.writable(id)))
        #expect(dialer.sendRoom(id) > 0)
        #expect(try listener.read(id) != nil)
    }

    @Test func roomComesBackOnce() throws {
        let (dialer, listener, id) = try connectedPair { $0.sendQueueLimit = 1000 }
        try dialer.write(block(400), to: id)
        #expect(dialer.sendRoom(id) == 600)
        try dialer.write(block(5000), to: id)
        #expect(dialer.sendRoom(id) == 0)
        try exchange(dialer, listener)
        #expect(dialer.takeEvents() == [.writable(id)])
        #expect(dialer.sendRoom(id) == 1000)
    }

    /// PartialReadWindowUpdate
    @Test func partialReadsGiveBackFromHalf() throws {
        let (dialer, listener, id) = try connectedPair { $0.keepAliveInterval = nil }
        listener.ping()
        try exchange(dialer, listener)
        try dialer.write(block(262_144), to: id)
        try listener.receive(dialer.output())
        var read = 0
        while read < 131_071, let part = try listener.read(id, max: min(1000, 131_071 - read)) {
            read += part.count
        }
        #expect(read == 131_071)
        #expect(!listener.hasOutput)
        #expect(try listener.read(id, max: 1)?.count == 1)
        #expect(Frame.parse(listener.output()) == [.window(id, 131_072)])
    }

    /// WindowUpdateWriteDuringRead: an update goes out while a frame's body is only half there.
    @Test func updatesInTheMiddleOfABody() throws {
        let (dialer, listener, id) = try connectedPair { $0.keepAliveInterval = nil }
        try listener.receive(.dataHeader(id, length: 262_144))
        try listener.receive(block(200_000))
        #expect(try listener.readAll(id).count == 200_000)
        #expect(Frame.parse(listener.output())?.last == .window(id, 200_000))
        try listener.receive(block(62_144))
        // 262,144 in all: what may still come is exactly what was given back.
        try listener.receive(.data(id, block(200_000)))
        #expect(listener.failure(receiving: .data(id, [0])) == .connection(.windowExceeded, goAway: 1, ""))
        _ = dialer
    }

    /// InitialStreamWindow
    @Test func aLargerFirstWindowIsAnnounced() throws {
        let (dialer, listener) = pair { $0.initialWindow = 300_000 }
        let id = try dialer.open()
        let first = dialer.output()
        #expect(Frame.parse(first) == [.window(id, 300_000 - 262_144, flags: Frame.syn)])
        try listener.receive(first)
        try listener.accept(id)
        try listener.write(block(400_000), to: id)
        let answer = try #require(Frame.parse(listener.output()))
        #expect(answer.first == .window(id, 300_000 - 262_144, flags: Frame.ack))
        #expect(answer.dropFirst().reduce(0) { $0 + $1.payload.count } == 300_000)
        dialer.reset(id)
        _ = dialer.output()
        #expect(dialer.windowBudget == 64 << 20)
    }

    /// WindowOverflow
    @Test func exactlyTheWindow() throws {
        let listener = Endpoint(.listener)
        try listener.receive(.data(1, block(262_144), flags: Frame.syn))
        try listener.receive(.data(3, block(262_143), flags: Frame.syn), .data(3, block(1)))
        #expect(listener.readableCount(1) == 262_144)
        try listener.receive(.data(1), .data(3))
        #expect(listener.failure(receiving: .data(3, block(1))) == .connection(.windowExceeded, goAway: 1, ""))
        #expect(listener.output() == Frame.goAway(1).bytes)
        #expect(try listener.readAll(1).count == 262_144, "what has come stays readable")
    }

    @Test func windowsGrowWithTheRoundTripUpToTheirLimit() throws {
        let (dialer, listener, id) = try connectedPair {
            $0.maximumWindow = 1 << 20
            $0.keepAliveInterval = nil
        }
        listener.ping()
        let ping = listener.output()
        listener.wait(.milliseconds(20))
        try dialer.receive(ping)
        try listener.receive(dialer.output())
        #expect(listener.takeEvents() == [.pong(.milliseconds(20))])
        #expect(listener.roundTripTime == .milliseconds(20))
        for _ in 0..<20 {
            try dialer.write(block(1 << 20), to: id)
            try listener.receive(dialer.output())
            _ = try listener.readAll(id)
            listener.wait(.milliseconds(20))
            try dialer.receive(listener.output())
        }
        #expect(listener.streams[0].receiveWindow.size == 1 << 20)
        #expect(listener.windowBudget == (64 << 20) - (1 << 20) + 262_144)
        #expect(listener.largestWindow == 1 << 20)
    }

    @Test func aSlowReaderDoesNotGrowItsWindow() throws {
        let (dialer, listener, id) = try connectedPair()
        listener.ping()
        let ping = listener.output()
        listener.wait(.milliseconds(1))
        try dialer.receive(ping)
        try listener.receive(dialer.output())
        for _ in 0..<5 {
            try dialer.write(block(131_072), to: id)
            try listener.receive(dialer.output())
            listener.wait(.milliseconds(5))
            _ = try listener.readAll(id)
            try dialer.receive(listener.output())
        }
        #expect(listener.streams[0].receiveWindow.size == 262_144)
    }

    @Test func growthStaysWithinTheConnectionsBudget() throws {
        let (dialer, listener) = pair {
            $0.windowBudget = 600_000
            $0.keepAliveInterval = nil
        }
        var ids: [UInt32] = []
        for _ in 0..<4 { ids.append(try dialer.open()) }
        listener.ping()
        let ping = listener.output()
        listener.wait(.milliseconds(100))
        try dialer.receive(ping)
        for _ in 0..<30 {
            for id in ids where dialer.sendRoom(id) > 0 { try dialer.write(block(300_000), to: id) }
            try exchange(dialer, listener)
            for id in ids { _ = try listener.readAll(id) }
            try exchange(dialer, listener)
        }
        let growth = listener.streams.reduce(0) { $0 + $1.receiveWindow.growth }
        #expect(growth > 0 && growth <= 600_000)
        #expect(listener.windowBudget == 600_000 - growth)
        for id in ids { listener.reset(id) }
        try exchange(dialer, listener)
        #expect(listener.windowBudget == 600_000)
    }

    @Test func aStreamsTurnIsOneFrame() throws {
        let (dialer, _, first) = try connectedPair { $0.maximumFramePayload = 1000 }
        let second = try dialer.open()
        _ = dialer.output()
        try dialer.write(block(2500), to: first)
        try dialer.write(block(1500), to: second)
        let frames = try #require(Frame.parse(dialer.output()))
        #expect(frames.map(\.id) == [first, second, first, second, first])
        #expect(frames.map(\.length) == [1000, 1000, 1000, 500, 500])
    }

    @Test func manySmallWritesAreOneFrame() throws {
        let (dialer, listener, id) = try connectedPair()
        for index in 0..<1000 { try dialer.write([UInt8(index & 0xff)], to: id) }
        let bytes = dialer.output()
        #expect(bytes.count == 1012)
        try listener.receive(bytes)
        #expect(try listener.readAll(id) == (0..<1000).map { UInt8($0 & 0xff) })
    }

    @Test func aFrameIsNotCutToASliver() throws {
        let (dialer, _, first) = try connectedPair()
        let second = try dialer.open()
        _ = dialer.output()
        try dialer.write(block(500), to: first)
        try dialer.write(block(5000), to: second)
        #expect(dialer.transmit(1000).count == 512)
        #expect(dialer.transmit(1000).count == 1000)
        #expect(dialer.transmit(13).count == 13)
    }

    @Test func everyBufferOfThirteenBytesOrMoreMakesProgress() throws {
        for size in [13, 14, 24, 25, 36, 100] {
            let (dialer, listener, id) = try connectedPair()
            let other = try dialer.open()
            try dialer.write(block(200), to: id)
            try dialer.write(block(200), to: other)
            dialer.closeWrite(id)
            dialer.ping()
            dialer.goAway()
            let bytes = dialer.output(size)
            #expect(!dialer.hasOutput)
            try listener.receive(bytes)
            #expect(try listener.readAll(id) == block(200) && listener.readAll(other) == block(200))
            #expect(listener.isAtEnd(id))
            #expect(listener.events.last == .goAway(code: 0))
        }
    }
}

import Testing
import Time

@testable import Yamux

/// What a peer must not be able to do to us.
@Suite struct HostilePeerTests {
    private func block(_ count: Int) -> [UInt8] { [UInt8](repeating: 5, count: count) }

    /// CVE-2026-31814: credit beyond 2^32 - 1.
    @Test func windowCreditOverflow() throws {
        let (_, listener, id) = try connectedPair()
        try listener.receive(.window(id, .max - 262_144))
        #expect(listener.streams[0].sendWindow.available == .max)
        #expect(listener.failure(receiving: .window(id, 1)) == .violation(""))
        #expect(listener.output() == Frame.goAway(1).bytes)

        let (_, second, other) = try connectedPair()
        #expect(second.failure(receiving: .window(other, .max), .window(other, .max)) == .violation(""))
        let third = Endpoint(.listener)
        #expect(third.failure(receiving: .window(1, .max, flags: Frame.syn)) == .violation(""))
    }

    /// CVE-2026-32314 · GHSA-vxx9-2994-q338: the boundary, with and without SYN, and for a stream that does not exist.
    @Test func frameLengthBoundary() throws {
        let exceeded = YamuxError.connection(.windowExceeded, goAway: 1, "")
        for flags in [Frame.syn, Frame.syn | Frame.fin, Frame.syn | Frame.rst] {
            let listener = Endpoint(.listener)
            try listener.receive(.data(1, block(262_144), flags: flags))
            #expect(listener.failure(receiving: .dataHeader(3, length: 262_145, flags: flags)) == exceeded)
            #expect(!listener.contains(3))
        }
        for flags in [0, Frame.fin, Frame.rst] {
            let (_, listener, id) = try connectedPair()
            try listener.receive(.data(id, block(262_144), flags: flags))
            let (_, other, second) = try connectedPair()
            #expect(other.failure(receiving: .dataHeader(second, length: 262_145, flags: flags)) == exceeded)
        }
        let listener = Endpoint(.listener)
        try listener.receive(.data(99, block(262_144)))
        #expect(listener.failure(receiving: .dataHeader(99, length: 262_145)) == exceeded)
    }

    /// GHSA-hmj8-5xmh-5573: refused by its header, before a byte of its body.
    @Test func endlessBody() throws {
        let exceeded = YamuxError.connection(.windowExceeded, goAway: 1, "")
        let (_, listener, id) = try connectedPair()
        #expect(listener.failure(receiving: .dataHeader(id, length: .max)) == exceeded)
        #expect(Endpoint(.listener).failure(receiving: .dataHeader(1, length: .max, flags: Frame.syn)) == exceeded)
        #expect(Endpoint(.listener).failure(receiving: .dataHeader(77, length: .max)) == exceeded)
    }

    /// A declared length costs nothing until the bytes come.
    @Test func declaredLengthsReserveLittle() throws {
        let listener = Endpoint(.listener)
        try listener.receive(Frame.dataHeader(1, length: 262_144, flags: Frame.syn).bytes + [1])
        let chunk = try #require(try listener.read(1))
        #expect(chunk == [1] && chunk.capacity < 1024)
    }

    @Test func framesForUnknownStreamsAreSkippedExactly() throws {
        let (_, listener, id) = try connectedPair()
        try listener.receive(
            .data(41, Frame.goAway(1).bytes), .window(41, .max), .data(41, flags: Frame.fin),
            .window(41, 3, flags: Frame.rst), .window(41, 0, flags: Frame.ack), .data(id, [7]))
        #expect(listener.takeEvents() == [.readable(id)])
        #expect(try listener.readAll(id) == [7])
        #expect(!listener.hasOutput)
    }

    /// wrong-parity id, duplicate SYN, reuse of closed id.
    @Test func idsOfTheWrongSideAndUsedIDs() throws {
        for frame in [Frame.window(2, flags: Frame.syn), .data(4, [1], flags: Frame.syn), .window(0, flags: Frame.syn)]
        {
            let listener = Endpoint(.listener)
            #expect(listener.failure(receiving: frame) == .violation(""))
            #expect(listener.output() == Frame.goAway(1).bytes)
        }
        let (_, twice, id) = try connectedPair()
        try twice.write([1], to: id)
        #expect(twice.failure(receiving: .window(id, flags: Frame.syn)) == .violation(""))
        #expect(twice.contains(id))

        let (dialer, again, closed) = try connectedPair()
        dialer.reset(closed)
        try exchange(dialer, again)
        #expect(again.failure(receiving: .window(closed, flags: Frame.syn)) == .violation(""))

        let own = Endpoint(.dialer)
        let mine = try own.open()
        #expect(own.failure(receiving: .window(mine, flags: Frame.syn)) == .violation(""))
        #expect(Endpoint(.listener).failure(receiving: .data(0, [1])) == .violation(""))
    }

    /// RST carrying error code counted as credit: the code of a reset is none.
    @Test func resetCodesAreNotCredit() throws {
        let (dialer, listener, id) = try connectedPair()
        dialer.closeWrite(id)
        try exchange(dialer, listener)
        try listener.write([1], to: id)
        let before = listener.streams[0].sendWindow.available
        try listener.receive(.window(id, 0x1001, flags: Frame.rst))
        #expect(listener.streams[0].sendWindow.available == before)
        #expect(listener.events.last == .stopped(id, code: 0x1001))
        #expect(throws: YamuxError.stream(.writeAfterClose, "")) { try listener.write([1], to: id) }
        try listener.receive(.window(id, .max, flags: Frame.rst))
        #expect(listener.output().isEmpty)
    }

    @Test func dataAfterFinish() throws {
        let (_, listener, id) = try connectedPair()
        #expect(listener.failure(receiving: .data(id, flags: Frame.fin), .data(id, [1])) == .violation(""))
    }

    /// CVE-2024-32984 · GHSA-3999-5ffv-wp2r: a peer that asks and asks and never takes an answer.
    @Test func pingFlood() throws {
        let listener = Endpoint(.listener)
        let flood = (0..<10_000 as Range<UInt32>).flatMap { Frame.ping($0, flags: Frame.syn).bytes }
        for _ in 0..<100 { try listener.receive(flood) }
        #expect(listener.pendingPongs == 32)
        #expect(listener.output().count == 32 * 12)
        // Taking the answers does not help: there are only so many in 30 s.
        var answers = 32
        for _ in 0..<200 {
            try listener.receive(flood.prefix(12 * 32))
            answers += listener.output().count / 12
        }
        #expect(answers == 1024)
        listener.wait(.seconds(30))
        try listener.receive(.ping(1, flags: Frame.syn))
        #expect(listener.output().count == 12)
    }

    /// CVE-2024-32984: the same with streams.
    @Test func synFloodWithoutTakingAnswers() throws {
        let listener = Endpoint(.listener)
        var failure: YamuxError?
        var taken = 0
        while failure == nil && taken < 1_000_000 {
            failure = listener.failure(receiving: .window(UInt32(1 + 2 * taken), flags: Frame.syn))
            taken += 1
        }
        #expect(failure == .connection(.abuse, goAway: YamuxGoAwayCode.rateLimited, ""))
        #expect(taken == 256 + 256 + 1)
        #expect(listener.streamCount == 256)
        #expect(listener.output() == Frame.goAway(YamuxGoAwayCode.rateLimited).bytes)
    }

    @Test func synFloodTakingAnswers() throws {
        let listener = Endpoint(.listener)
        var opened = 0
        while opened < 10_000,
            listener.failure(receiving: .window(UInt32(1 + 2 * opened), flags: Frame.syn)) == nil
        {
            for case .opened(let id) in listener.takeEvents() { try listener.accept(id) }
            _ = listener.output()
            opened += 1
        }
        #expect(opened == 512 + 456)
        #expect(listener.streamCount == 512)
    }

    /// stream open/close churn ("rapid reset").
    @Test func openAndResetFlood() throws {
        for combined in [false, true] {
            let listener = Endpoint(.listener)
            var opened = 0
            while opened < 100_000 {
                let id = UInt32(1 + 2 * opened)
                let frames: [Frame] =
                    combined
                    ? [.window(id, flags: Frame.syn | Frame.rst)]
                    : [.data(id, [1], flags: Frame.syn), .window(id, 0, flags: Frame.rst)]
                do { try listener.receive(frames.flatMap(\.bytes)) } catch { break }
                for case .opened(let id) in listener.takeEvents() where listener.contains(id) {
                    try listener.accept(id)
                }
                opened += 1
            }
            #expect(opened == 456)
            #expect(listener.streams.count <= 2)
        }
    }

    @Test func honestResetsArePossible() throws {
        let (dialer, listener) = pair()
        for _ in 0..<10 {
            for _ in 0..<100 {
                let id = try dialer.open()
                try exchange(dialer, listener)
                dialer.reset(id)
                try exchange(dialer, listener)
            }
            dialer.wait(.seconds(30))
            listener.wait(.seconds(30))
        }
        #expect(listener.failure == nil)
        #expect(listener.streams.count == 1)
    }

    /// A window's worth may be on its way when a stream is reset here; more is abuse.
    @Test func dataForStreamsThatWereResetHere() throws {
        let (_, listener, id) = try connectedPair()
        listener.reset(id)
        try listener.receive(.data(id, block(100_000)))
        #expect(listener.failure(receiving: .dataHeader(id, length: 162_145)) != nil)

        let (_, patient, other) = try connectedPair()
        try patient.receive(.data(other, block(10)))
        patient.reset(other)
        #expect(patient.output() == Frame.window(other, flags: Frame.rst).bytes)
        var discarded = 0
        while discarded < 1 << 30, patient.failure(receiving: .data(other, block(16_384))) == nil {
            discarded += 16_384
        }
        #expect(discarded >= 262_144 && discarded <= (1 << 20) + 262_144)
        #expect(patient.streamCount == 0)
    }

    @Test func aBodyGoesOnAfterItsStreamHasGone() throws {
        let (_, listener, id) = try connectedPair()
        try listener.receive(Frame.dataHeader(id, length: 1000).bytes + block(400))
        listener.reset(id)
        _ = listener.output()
        #expect(listener.streamCount == 0)
        // A new stream in the same slot gets none of it.
        try listener.receive(block(600) + Frame.data(3, [9], flags: Frame.syn).bytes)
        #expect(try listener.readAll(3) == [9])
        #expect(listener.readableCount(3) == 0)
    }

    @Test func aStalledStreamDoesNotHoldUpAnother() throws {
        let (dialer, listener) = pair()
        let stalled = try dialer.open()
        let active = try dialer.open()
        try dialer.write(block(1 << 20), to: stalled)
        var received = 0
        for _ in 0..<200 {
            if dialer.sendRoom(active) > 0 { try dialer.write(block(131_072), to: active) }
            try exchange(dialer, listener)
            received += try listener.readAll(active).count
        }
        #expect(received == 200 * 131_072)
        #expect(listener.readableCount(stalled) == 262_144)
    }

    @Test func oneByteFramesCostLittleMemory() throws {
        let (_, listener, id) = try connectedPair()
        let frames = (0..<1000).flatMap { _ in Frame.data(id, [1]).bytes }
        for _ in 0..<200 { try listener.receive(frames) }
        #expect(listener.readableCount(id) == 200_000)
        var chunks = 0
        var capacity = 0
        while let chunk = try listener.read(id) {
            chunks += 1
            capacity += chunk.capacity
        }
        #expect(chunks < 40)
        #expect(capacity < 2 * 200_000)
    }
}

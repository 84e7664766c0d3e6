import Noise
import Reactor
import Time
import Yamux

extension Connection: ByteChannelDelegate {
    /// Bytes taken from one socket before others get their turn.
    private static let readBudget = 1 << 20

    /// Called by the channel, which was connected before the connection existed.
    public func channelConnected() {}

    /// The socket has bytes.
    public func channelReadable() {
        guard phase != .closed else { return }
        let buffer = swarm.buffers.takeReceive()
        defer { swarm.buffers.giveBackReceive(buffer) }
        var budget = Self.readBudget
        while phase != .closed {
            guard budget > 0 else { return swarm.scheduleRead(self) }
            let kept = phase == .open ? restorePartialRecord(in: buffer) : 0
            switch channel.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[kept...])) {
            case .bytes(let count):
                budget -= count
                swarm.counters.bytesReceived &+= UInt64(count)
                if phase == .open {
                    receive(UnsafeMutableRawBufferPointer(rebasing: buffer[..<(kept + count)]))
                }
            case .wouldBlock:
                keepPartialRecord(buffer, kept)
                return
            case .endOfStream:
                return finish(.endOfStream)
            case .failed(let error):
                return finish(.network("\(error)"))
            }
        }
    }

    /// The socket has failed.
    public func channelFailed(_ error: NetworkError) {
        finish(.network("\(error)"))
    }

    private func restorePartialRecord(in buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = partialRecord.count
        guard count > 0 else { return 0 }
        partialRecord.withUnsafeBytes { buffer.copyMemory(from: $0) }
        partialRecord.removeAll(keepingCapacity: count > 4096)
        return count
    }

    private func keepPartialRecord(_ buffer: UnsafeMutableRawBufferPointer, _ count: Int) {
        guard count > 0 else { return }
        partialRecord.append(contentsOf: buffer[..<count])
    }

    /// Opens every whole record and hands its plaintext to Yamux; keeps what is behind them.
    private func receive(_ bytes: UnsafeMutableRawBufferPointer) {
        var events = swarm.takeEvents()
        defer { swarm.giveBackEvents(events) }
        let now = swarm.world.clock.now
        var rest = bytes
        do {
            while let record = try opener.open(rest) {
                if !record.plaintext.isEmpty {
                    try yamux.receive(
                        UnsafeRawBufferPointer(rebasing: rest[record.plaintext]), now: now, events: &events)
                }
                rest = UnsafeMutableRawBufferPointer(rebasing: rest[record.consumed...])
            }
            keepPartialRecord(rest, rest.count)
            heard(isPayload: events.contains { $0.isPayload }, now: now)
            handle(&events)
            afterReceiving()
        } catch let error as YamuxError {
            handle(&events)
            fail(error)
        } catch {
            handle(&events)
            finish(.protocolError("noise: \(error)"))
        }
    }

    /// Whole records may have come with the end of the upgrade; nothing more need come for them to be due.
    func receiveLeftRecords() {
        guard phase == .open, !partialRecord.isEmpty else { return }
        // An upgrade holds back no more than one read of its own, which is less than the buffer has room for.
        let buffer = swarm.buffers.takeReceive()
        defer { swarm.buffers.giveBackReceive(buffer) }
        let count = restorePartialRecord(in: buffer)
        receive(UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]))
    }

    /// The first bytes of Yamux, which came with the upgrade.
    func receivePlaintext(_ bytes: UnsafeRawBufferPointer) {
        var events = swarm.takeEvents()
        defer { swarm.giveBackEvents(events) }
        let now = swarm.world.clock.now
        do throws(YamuxError) {
            try yamux.receive(bytes, now: now, events: &events)
        } catch {
            handle(&events)
            return fail(error)
        }
        heard(isPayload: events.contains { $0.isPayload }, now: now)
        handle(&events)
        afterReceiving()
    }

    private func afterReceiving() {
        guard phase == .open else { return }
        if yamux.hasOutput { swarm.scheduleFlush(self) }
        updateTimer()
    }

    /// Tells the streams what has happened, and empties `events`.
    func handle(_ events: inout [YamuxEvent]) {
        for event in events {
            guard phase == .open else { break }
            switch event {
            case .opened(let id): acceptStream(id)
            case .acknowledged: wakeOpener()
            case .readable(let id): streams[id]?.becameReadable()
            case .writable(let id): streams[id]?.writing.wake()
            case .finished(let id): streams[id]?.becameFinished()
            case .stopped(let id, let code): streams[id]?.becameStopped(code)
            case .reset(let id, let code): streams[id]?.becameReset(code)
            case .closed(let id): forget(id)
            case .pong(let time): swarm.measured(self, time)
            case .goAway(let code): finish(.remote(ConnectionCloseCode(rawValue: code)))
            }
        }
        events.removeAll(keepingCapacity: true)
    }
}

extension YamuxEvent {
    /// Whether it tells of a stream, rather than of the connection alone.
    fileprivate var isPayload: Bool {
        switch self {
        case .opened, .acknowledged, .readable, .writable, .finished, .stopped, .reset: true
        case .closed, .pong, .goAway: false
        }
    }
}

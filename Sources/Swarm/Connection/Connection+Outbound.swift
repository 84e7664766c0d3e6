import Noise
import Reactor
import Yamux

extension Connection {
    /// Bytes given to one socket before others get their turn.
    private static let writeBudget = 1 << 20

    /// A record with less room than this is not begun: it would cost a seal for little.
    private static let leastRecord = 4096

    /// The socket takes bytes again.
    public func channelWritable() {
        isBlocked = false
        flush()
    }

    /// Seals and writes what Yamux has to send, until it has nothing or the socket takes nothing. Called once per turn
    /// of the loop for every connection that has something.
    func flush() {
        isFlushScheduled = false
        guard phase == .open || phase == .flushing, !isBlocked else { return }
        var events = swarm.takeEvents()
        defer { swarm.giveBackEvents(events) }
        var budget = Self.writeBudget
        while true {
            fill(&events)
            guard outbound.count > 0 else { break }
            switch channel.write(outbound.waiting) {
            case .bytes(let count):
                outbound.remove(count)
                budget -= count
                swarm.counters.bytesSent &+= UInt64(count)
            case .wouldBlock:
                isBlocked = true
            case .failed(let error):
                handle(&events)
                return finish(.network("\(error)"))
            }
            if isBlocked { break }
            if budget <= 0 {
                swarm.scheduleFlush(self)
                break
            }
        }
        outbound.releaseIfEmpty(to: swarm.buffers)
        handle(&events)
        if phase == .open { updateTimer() }
        if outbound.count == 0, !isFlushScheduled { flushed() }
    }

    private func fill(_ events: inout [YamuxEvent]) {
        let now = swarm.world.clock.now
        while yamux.hasOutput {
            guard let room = outbound.room(Self.leastRecord, from: swarm.buffers) else { return }
            let plaintext = min(room.count - NoiseSealer.overhead, NoiseSealer.maximumPlaintext)
            let count = yamux.transmit(
                into: UnsafeMutableRawBufferPointer(rebasing: room[2..<(2 + plaintext)]), now: now, events: &events)
            guard count > 0 else { return }
            do {
                outbound.append(try sealer.seal(record: room, plaintext: count))
            } catch {
                // The key has sealed all it may: nothing can be sent any more.
                return finish(.protocolError("noise: \(error)"))
            }
        }
    }
}

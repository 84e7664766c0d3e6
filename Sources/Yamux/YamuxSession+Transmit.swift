import Time

// Bytes for the peer.
extension YamuxSession {
    /// A data frame is not cut below this size to fill a buffer that holds something already, in bytes.
    private static var leastFragment: Int { 1024 }

    /// True when `transmit` has something to do.
    public var hasOutput: Bool {
        if failure != nil { return pendingGoAway != nil }
        return !dataQueue.isEmpty || !controlQueue.isEmpty || !pongs.isEmpty || keepAlive.hasOutput
            || !refusals.isEmpty || pendingGoAway != nil
    }

    /// Fills `buffer` with as many whole frames as fit: pings and their answers, resets, window updates and
    /// acknowledgements, then payload, a frame of each stream in turn. Call again while `hasOutput`.
    ///
    /// - Parameter buffer: at least 13 bytes, so that every kind of frame fits.
    /// - Returns: bytes written. 0 when there was nothing to send, also when only events came of it.
    public mutating func transmit(
        into buffer: UnsafeMutableRawBufferPointer, now: Instant, events: inout [YamuxEvent]
    ) -> Int {
        advance(to: now)
        var writer = FrameWriter(buffer)
        if failure == nil {
            transmitSessionFrames(&writer)
            transmitControl(&writer, events: &events)
            transmitData(&writer, events: &events)
            transmitControl(&writer, events: &events)  // streams that ended with this data
            guard dataQueue.isEmpty, controlQueue.isEmpty else { return writer.count }
        }
        if let code = pendingGoAway, writer.fitsHeader {
            writer.write(.goAway, [], id: 0, length: code)
            pendingGoAway = nil
        }
        return writer.count
    }

    private mutating func transmitSessionFrames(_ writer: inout FrameWriter) {
        if writer.fitsHeader, let opaque = keepAlive.transmit(now: now) {
            writer.write(.ping, .syn, id: 0, length: opaque)
        }
        while writer.fitsHeader, let opaque = pongs.popFirst() {
            writer.write(.ping, .ack, id: 0, length: opaque)
        }
        while writer.fitsHeader, let refusal = refusals.popFirst() {
            writer.write(.windowUpdate, .rst, id: refusal.id, length: refusal.code)
        }
    }

    private mutating func transmitControl(_ writer: inout FrameWriter, events: inout [YamuxEvent]) {
        while writer.fitsHeader, let slot = controlQueue.first {
            controlQueue.remove(slot)
            if let code = table.streams[slot].resetCode {
                transmitReset(slot, code: code, &writer, events: &events)
            } else if table.streams[slot].isDone {
                release(slot, events: &events)
            } else if table.streams[slot].isUpdateDue || table.streams[slot].owesInitialWindow {
                transmitWindowUpdate(slot, &writer)
            } else if !table.streams[slot].announcement.isEmpty {
                // SYN or ACK rides on data if there is some; SYNs go out in the order of their ids all the same.
                if table.streams[slot].isDataReady, writer.room > FrameHeader.size {
                    transmitFrame(slot, limit: .max, &writer, events: &events)
                } else {
                    transmitWindowUpdate(slot, &writer)
                }
            }
        }
    }

    private mutating func transmitReset(
        _ slot: Int, code: UInt32, _ writer: inout FrameWriter, events: inout [YamuxEvent]
    ) {
        if !table.streams[slot].announcement.contains(.syn) {
            writer.write(.windowUpdate, .rst, id: table.streams[slot].id, length: code)
            discardBudget.expect(table.streams[slot].receiveWindow.available)
        }
        release(slot, events: &events)
    }

    private mutating func transmitWindowUpdate(_ slot: Int, _ writer: inout FrameWriter) {
        var delta: UInt32 = 0
        if table.streams[slot].isUpdateDue || table.streams[slot].owesInitialWindow {
            growWindow(slot)
            delta = table.streams[slot].receiveWindow.open(buffered: table.streams[slot].inbound.count, now: now)
        }
        let flags = table.streams[slot].announcement
        table.streams[slot].announcement = []
        writer.write(.windowUpdate, flags, id: table.streams[slot].id, length: delta)
    }

    /// Doubles a window that holds the peer back, if the connection's budget allows it.
    private mutating func growWindow(_ slot: Int) {
        let window = table.streams[slot].receiveWindow
        let grown = window.grownSize(
            roundTripTime: keepAlive.roundTripTime, now: now, maximum: configuration.maximumWindow)
        guard let grown, windowBudget.reserve(Int(grown - window.size)) else { return }
        table.streams[slot].receiveWindow.grow(to: grown)
        largestWindow = max(largestWindow, grown)
    }

    private mutating func transmitData(_ writer: inout FrameWriter, events: inout [YamuxEvent]) {
        while writer.fitsHeader, let slot = dataQueue.first {
            let sendable = min(table.streams[slot].sendable, configuration.maximumFramePayload)
            let fitting = min(sendable, writer.room - FrameHeader.size)
            if fitting < sendable, fitting == 0 || (fitting < Self.leastFragment && writer.count > 0) { return }
            transmitFrame(slot, limit: fitting, &writer, events: &events)
            guard dataQueue.first == slot else { continue }
            dataQueue.rotate()
        }
    }

    /// One data frame of a stream: payload, or FIN when none is left. FIN never shares a frame with payload:
    /// go-yamux handles flags before the body, and a reader there may see the end before the last bytes.
    private mutating func transmitFrame(
        _ slot: Int, limit: Int, _ writer: inout FrameWriter, events: inout [YamuxEvent]
    ) {
        let room = min(writer.room - FrameHeader.size, configuration.maximumFramePayload, limit)
        let length = min(table.streams[slot].sendable, room)
        let isFinish = length == 0 && table.streams[slot].isFinishDue
        guard length > 0 || isFinish else { return dataQueue.remove(slot) }
        var flags = table.streams[slot].announcement
        table.streams[slot].announcement = []
        if isFinish { flags.insert(.fin) }
        writer.writeData(flags, id: table.streams[slot].id, length: length, from: &table.streams[slot].outbound)
        table.streams[slot].sendWindow.spend(length)
        table.streams[slot].hasProgressed = true
        if isFinish { finishSending(slot) }
        if table.streams[slot].awaitsRoom, table.streams[slot].outbound.count <= configuration.sendQueueLimit / 2 {
            table.streams[slot].awaitsRoom = false
            if table.streams[slot].isWritable { events.append(.writable(table.streams[slot].id)) }
        }
        if !table.streams[slot].isDataReady { dataQueue.remove(slot) }
    }

    private mutating func finishSending(_ slot: Int) {
        if table.streams[slot].finishSending() {
            beginReset(slot, code: YamuxResetCode.none)
        } else if table.streams[slot].isDone {
            controlQueue.append(slot)
        } else if table.streams[slot].isForgotten {
            beginLinger(slot)
        }
    }
}

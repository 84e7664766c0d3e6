import Time

/// The rest of a data frame's body.
struct IncomingBody {
    /// Bytes still to come.
    var remaining: UInt32 = 0
    /// Whose they are; `nil` to throw them away.
    var slot: Int?
    /// FIN follows the last byte.
    var finishes = false
}

// Bytes from the peer.
extension YamuxSession {
    /// Takes decrypted bytes, cut anywhere. What has happened is added to `events`.
    ///
    /// - Throws: what ended the session; the events before it are still good.
    public mutating func receive(
        _ bytes: UnsafeRawBufferPointer, now: Instant, events: inout [YamuxEvent]
    ) throws(YamuxError) {
        if let failure { throw failure }
        advance(to: now)
        if !bytes.isEmpty { keepAlive.lastReceived = self.now }
        var rest = bytes
        while !rest.isEmpty {
            if body.remaining > 0 {
                let count = min(rest.count, Int(body.remaining))
                receiveBody(UnsafeRawBufferPointer(rebasing: rest[..<count]), events: &events)
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            } else if let header = try nextHeader(&rest) {
                try receive(header, events: &events)
            }
        }
    }

    mutating func advance(to now: Instant) { self.now = max(self.now, now) }

    /// Takes a header off the front of `rest`; `nil` when it is not complete yet.
    private mutating func nextHeader(_ rest: inout UnsafeRawBufferPointer) throws(YamuxError) -> FrameHeader? {
        do {
            if partialHeader.isEmpty, rest.count >= FrameHeader.size, let base = rest.baseAddress {
                let header = try FrameHeader(decoding: base)
                rest = UnsafeRawBufferPointer(rebasing: rest[FrameHeader.size...])
                return header
            }
            let taken = partialHeader.fill(from: rest)
            rest = UnsafeRawBufferPointer(rebasing: rest[taken...])
            return try partialHeader.take()
        } catch {
            throw fail(error)
        }
    }

    private mutating func receive(_ header: FrameHeader, events: inout [YamuxEvent]) throws(YamuxError) {
        switch header.type {
        case .data, .windowUpdate:
            try receiveStreamFrame(header, events: &events)
        case .ping:
            receivePing(header, events: &events)
        case .goAway:
            receivedGoAway = true
            events.append(.goAway(code: header.length))
        }
    }

    /// A request is answered as long as the peer takes the answers and asks at a human rate; the rest is dropped.
    private mutating func receivePing(_ header: FrameHeader, events: inout [YamuxEvent]) {
        if header.flags.contains(.syn) {
            if pongs.count < 32, pongBudget.spend(now: now) { _ = pongs.append(header.length) }
        } else if header.flags.contains(.ack), let time = keepAlive.receive(opaque: header.length, now: now) {
            events.append(.pong(time))
        }
    }

    private mutating func receiveStreamFrame(
        _ header: FrameHeader, events: inout [YamuxEvent]
    ) throws(YamuxError) {
        guard header.streamID != 0 else { throw fail(.violation("a stream frame on id 0")) }
        var slot = table.slot(of: header.streamID)
        if header.flags.contains(.syn) { slot = try receiveOpening(header, isKnown: slot != nil, events: &events) }
        guard let slot else {
            if header.type == .data { try discardBody(header) }
            return
        }
        if header.flags.contains(.ack) { receiveAcknowledgement(slot, events: &events) }
        if header.flags.contains(.rst) {
            try receiveReset(header, slot: slot, events: &events)
        } else if header.type == .data {
            try beginBody(header, slot: slot, events: &events)
        } else {
            guard table.streams[slot].sendWindow.credit(header.length) else {
                throw fail(.violation("the window of stream \(header.streamID) exceeds 2^32 - 1"))
            }
            if table.streams[slot].sendable > 0 { dataQueue.append(slot) }
            if header.flags.contains(.fin) { receiveFinish(slot, events: &events) }
        }
    }
}

// MARK: Opening

extension YamuxSession {
    /// The slot of the stream that a SYN opens; `nil` if it is refused, or reset by the same frame.
    private mutating func receiveOpening(
        _ header: FrameHeader, isKnown: Bool, events: inout [YamuxEvent]
    ) throws(YamuxError) -> Int? {
        let id = header.streamID
        guard !isKnown else { throw fail(.violation("SYN for stream \(id), which exists")) }
        guard remoteIDs.covers(id) else { throw fail(.violation("SYN for id \(id), which is not the peer's")) }
        if header.type == .data && header.length > YamuxConfiguration.defaultWindow {
            throw fail(windowExceeded(header))
        }
        guard remoteIDs.use(id) else { throw fail(.violation("SYN for id \(id), which was used before")) }
        if header.flags.contains(.rst) {
            try spendChurn()
            discardBudget.expect(header.type == .data ? header.length : 0)
            return nil
        }
        let hasRoom =
            unacceptedCount < configuration.acceptBacklog && table.inboundCount < configuration.maximumInboundStreams
        guard hasRoom, !sentGoAway else {
            try refuse(id, code: sentGoAway ? YamuxResetCode.shutdown : YamuxResetCode.resourceLimitExceeded)
            return nil
        }
        unacceptedCount += 1
        events.append(.opened(id))
        return table.insert(StreamState(id: id, isInbound: true, window: reserveInitialWindow()))
    }

    private mutating func refuse(_ id: UInt32, code: UInt32) throws(YamuxError) {
        try spendChurn()
        guard refusals.append((id, code)) else {
            throw fail(
                .connection(
                    .abuse, goAway: YamuxGoAwayCode.rateLimited, "opens streams but takes no answer"))
        }
        discardBudget.expect(YamuxConfiguration.defaultWindow)
    }

    /// Counts a stream that the peer made us build up or refuse for nothing.
    private mutating func spendChurn() throws(YamuxError) {
        guard churnBudget.spend(now: now) else {
            throw fail(
                .connection(
                    .abuse, goAway: YamuxGoAwayCode.rateLimited, "opens and resets streams too fast"))
        }
    }

    private mutating func receiveAcknowledgement(_ slot: Int, events: inout [YamuxEvent]) {
        guard table.streams[slot].awaitsPeer, !table.streams[slot].announcement.contains(.syn) else { return }
        table.streams[slot].awaitsPeer = false
        unacknowledgedCount -= 1
        if table.streams[slot].resetCode == nil { events.append(.acknowledged(table.streams[slot].id)) }
    }
}

// MARK: Payload and its end

extension YamuxSession {
    /// Checks a data frame against the window before any of its body is taken.
    private mutating func beginBody(
        _ header: FrameHeader, slot: Int, events: inout [YamuxEvent]
    ) throws(YamuxError) {
        let finishes = header.flags.contains(.fin)
        if header.length > 0 {
            guard header.length <= table.streams[slot].receiveWindow.available else {
                throw fail(windowExceeded(header))
            }
            guard table.streams[slot].isReceiving || table.streams[slot].resetCode != nil else {
                throw fail(.violation("data on stream \(header.streamID) after its FIN"))
            }
            body = IncomingBody(remaining: header.length, slot: slot, finishes: finishes)
        } else if finishes {
            receiveFinish(slot, events: &events)
        }
    }

    private mutating func receiveBody(_ piece: UnsafeRawBufferPointer, events: inout [YamuxEvent]) {
        body.remaining -= UInt32(truncatingIfNeeded: piece.count)  // a piece is at most what remains
        guard let slot = body.slot else { return }
        if table.streams[slot].isForgotten {
            table.streams[slot].discard(UInt32(truncatingIfNeeded: piece.count), now: now)
            // A peer that finishes with this very frame needs no telling.
            if !body.finishes, table.streams[slot].resetCode == nil, table.streams[slot].rejectPayload() {
                beginReset(slot, code: YamuxResetCode.none)
            }
        } else if table.streams[slot].receive(piece, following: Int(body.remaining), now: now) {
            events.append(.readable(table.streams[slot].id))
        }
        if body.remaining == 0 && body.finishes { receiveFinish(slot, events: &events) }
    }

    /// Throws away the body of a frame for a stream that is not known: most likely it was closed just now.
    private mutating func discardBody(_ header: FrameHeader) throws(YamuxError) {
        guard header.length <= largestWindow else { throw fail(windowExceeded(header)) }
        guard discardBudget.discard(header.length, now: now) else {
            throw fail(
                .connection(
                    .abuse, goAway: YamuxGoAwayCode.rateLimited, "keeps sending to streams that do not exist"))
        }
        body = IncomingBody(remaining: header.length, slot: nil)
    }

    private mutating func receiveFinish(_ slot: Int, events: inout [YamuxEvent]) {
        guard table.streams[slot].finishReceiving() else { return }
        events.append(.finished(table.streams[slot].id))
        if table.streams[slot].isDone { controlQueue.append(slot) }
    }

    private mutating func receiveReset(
        _ header: FrameHeader, slot: Int, events: inout [YamuxEvent]
    ) throws(YamuxError) {
        let id = header.streamID
        // The length of a data frame is a body, even with RST; that of a window update is a code, never credit.
        if header.type == .data && header.length > 0 {
            guard header.length <= table.streams[slot].receiveWindow.available else {
                throw fail(windowExceeded(header))
            }
            body = IncomingBody(remaining: header.length, slot: nil)
        }
        let code = header.type == .data ? YamuxResetCode.none : header.length
        let stream = (isInbound: table.streams[slot].isInbound, wasGivenUp: table.streams[slot].isForgotten)
        if stream.isInbound && !stream.wasGivenUp && table.streams[slot].isReceiving { try spendChurn() }
        if stream.wasGivenUp {
            release(slot, events: &events)
        } else if table.streams[slot].isReceiving {
            events.append(.reset(id, code: code))
            release(slot, events: &events)
        } else if table.streams[slot].isSending {
            table.streams[slot].stopSending()
            dataQueue.remove(slot)
            events.append(.stopped(id, code: code))
            if table.streams[slot].isDone { controlQueue.append(slot) }
        }
    }

    private func windowExceeded(_ header: FrameHeader) -> YamuxError {
        .connection(
            .windowExceeded, goAway: YamuxGoAwayCode.protocolError,
            "a frame of \(header.length) bytes on stream \(header.streamID) exceeds the window")
    }
}

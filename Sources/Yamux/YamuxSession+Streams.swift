import Time

// What the owner does with streams.
extension YamuxSession {
    /// Opens a stream. The peer hears of it with the first frame on it: data, if some is written before the next
    /// `transmit`. Data may be written at once.
    ///
    /// - Throws: `backlogExceeded`, `tooManyStreams`, `goneAway`, `idsExhausted` or what ended the session.
    public mutating func open() throws(YamuxError) -> UInt32 {
        if let failure { throw failure }
        guard !sentGoAway, !receivedGoAway else {
            throw .stream(.goneAway, sentGoAway ? "this side has said go away" : "the peer has said go away")
        }
        guard unacknowledgedCount < configuration.acknowledgementBacklog else {
            throw .stream(.backlogExceeded, "\(unacknowledgedCount) streams wait for the peer to acknowledge them")
        }
        guard table.outboundCount < configuration.maximumOutboundStreams else {
            throw .stream(.tooManyStreams, "\(table.outboundCount) streams are open")
        }
        guard let id = localIDs.take() else {
            throw .stream(.idsExhausted, "all stream ids of this connection are used")
        }
        let slot = table.insert(StreamState(id: id, isInbound: false, window: reserveInitialWindow()))
        unacknowledgedCount += 1
        controlQueue.append(slot)
        return id
    }

    /// Takes an opened stream out of the accept backlog; the next frame on it acknowledges it. Reading, writing,
    /// closing or forgetting a stream accepts it too.
    public mutating func accept(_ id: UInt32) throws(YamuxError) { accept(slot: try knownSlot(id)) }

    /// Queues `bytes`, by reference if they are many. `sendRoom` tells how much should be queued; a single larger
    /// write is taken too.
    ///
    /// - Throws: `unknownStream`, `writeAfterClose` or what ended the session.
    public mutating func write(_ bytes: [UInt8], to id: UInt32) throws(YamuxError) {
        if let failure { throw failure }
        let slot = try knownSlot(id)
        guard table.streams[slot].isWritable else {
            throw .stream(.writeAfterClose, "stream \(id) takes no more writes")
        }
        accept(slot: slot)
        table.streams[slot].outbound.append(bytes)
        if table.streams[slot].outbound.count >= configuration.sendQueueLimit { table.streams[slot].awaitsRoom = true }
        if table.streams[slot].isDataReady { dataQueue.append(slot) }
    }

    /// Bytes that may be queued before the writer should wait for `writable`; 0 when nothing may be written.
    public func sendRoom(_ id: UInt32) -> Int {
        guard failure == nil, let slot = table.find(id), table.streams[slot].isWritable else { return 0 }
        return max(0, configuration.sendQueueLimit - table.streams[slot].outbound.count)
    }

    /// Bytes written that have not been transmitted.
    public func unsentCount(_ id: UInt32) -> Int { table.find(id).map { table.streams[$0].outbound.count } ?? 0 }

    /// Bytes that have come and were not read.
    public func readableCount(_ id: UInt32) -> Int { table.find(id).map { table.streams[$0].inbound.count } ?? 0 }

    /// True when nothing more can be read: the peer has finished and all was read, or the stream is gone.
    public func isAtEnd(_ id: UInt32) -> Bool { table.find(id).map { table.streams[$0].isAtEnd } ?? true }

    /// True while the session has state for the stream.
    public func contains(_ id: UInt32) -> Bool { table.find(id) != nil }

    /// Takes the next bytes: a whole chunk as it came, or a copy of its first `limit` bytes. Never empty.
    ///
    /// - Returns: `nil` when there is nothing now; `isAtEnd` tells whether that is for good.
    /// - Throws: `unknownStream`, also after a reset.
    public mutating func read(_ id: UInt32, max limit: Int = .max) throws(YamuxError) -> [UInt8]? {
        let slot = try knownSlot(id)
        guard table.streams[slot].resetCode == nil else { throw .stream(.unknownStream, "stream \(id) was reset") }
        accept(slot: slot)
        let bytes = table.streams[slot].inbound.popFirst(limit: limit)
        if bytes != nil {
            if table.streams[slot].isUpdateDue {
                controlQueue.append(slot)
                if keepAlive.roundTripTime == nil { keepAlive.start(now: now) }
            }
        } else if limit > 0 {
            table.streams[slot].readEnd()
            if table.streams[slot].isDone { controlQueue.append(slot) }
        }
        return bytes
    }

    /// Finishes sending: FIN follows what is queued. The other direction goes on. Unknown streams are left alone.
    public mutating func closeWrite(_ id: UInt32) {
        guard let slot = table.slot(of: id) else { return }
        accept(slot: slot)
        table.streams[slot].closeWriting()
        if table.streams[slot].isDataReady { dataQueue.append(slot) }
    }

    /// Resets the stream: everything unread and unsent is dropped, the peer is told `code`.
    public mutating func reset(_ id: UInt32, code: UInt32 = YamuxResetCode.none) {
        guard let slot = table.slot(of: id), table.streams[slot].resetCode == nil else { return }
        beginReset(slot, code: code)
    }

    /// Gives up a stream in good order: unread bytes are dropped, what was written still goes out and FIN after it.
    /// The peer is reset if it goes on sending, or has not finished `lingerTimeout` later.
    public mutating func forget(_ id: UInt32) {
        guard let slot = table.slot(of: id), !table.streams[slot].isForgotten else { return }
        accept(slot: slot)
        table.streams[slot].forget()
        if table.streams[slot].isDataReady { dataQueue.append(slot) }
        if table.streams[slot].isDone { controlQueue.append(slot) } else { beginLinger(slot) }
    }

    /// Takes no more streams from the peer and opens none. The frame goes out when nothing else is ready to be sent;
    /// go-libp2p and rust-libp2p close the connection on it, so let the streams finish first.
    public mutating func goAway(_ code: UInt32 = YamuxGoAwayCode.normal) {
        guard !sentGoAway, failure == nil else { return }
        sentGoAway = true
        pendingGoAway = code
    }

    /// Sends a ping unless one is under way; `pong` tells the round-trip time.
    public mutating func ping(now: Instant) {
        advance(to: now)
        if failure == nil { keepAlive.start(now: self.now) }
    }

    private mutating func accept(slot: Int) {
        guard table.streams[slot].awaitsOwner else { return }
        table.streams[slot].awaitsOwner = false
        table.streams[slot].announcement.insert(.ack)
        unacceptedCount -= 1
        controlQueue.append(slot)
    }

    private mutating func knownSlot(_ id: UInt32) throws(YamuxError) -> Int {
        guard let slot = table.slot(of: id) else { throw .stream(.unknownStream, "no stream \(id)") }
        return slot
    }
}

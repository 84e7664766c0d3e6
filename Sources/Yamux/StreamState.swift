import Time

/// One stream: which halves are open, its two windows and its two queues.
struct StreamState {
    /// The halves of a stream. `sending` is this side's direction.
    private enum Phase {
        case open
        case sendingFinished
        case receivingFinished
        case bothFinished
        case resetting(code: UInt32)
    }

    /// 0 marks a vacant place of the table.
    let id: UInt32
    let isInbound: Bool
    private var phase = Phase.open

    var sendWindow = SendWindow()
    var receiveWindow: ReceiveWindow
    /// Payload that waits to be sent. Bound: `sendQueueLimit` and one write.
    var outbound = ChunkQueue()
    /// Payload that waits to be read. Bound: the receive window.
    var inbound = ChunkQueue()

    /// SYN or ACK, until a frame has carried it.
    var announcement: FrameFlags
    /// Opened here and neither acknowledged nor reset by the peer.
    var awaitsPeer: Bool
    /// Opened by the peer and not accepted here.
    var awaitsOwner: Bool
    /// The owner was told to wait and is to be told when there is room.
    var awaitsRoom = false
    /// `closeWrite` was called: FIN follows the last queued byte.
    private(set) var isClosing = false
    /// The owner has read to the end.
    private var endWasRead = false
    /// The owner takes no more interest.
    private(set) var isForgotten = false
    /// The peer sends to a stream nobody reads: reset it when everything of ours is out.
    private var resetsWhenFinished = false
    /// When a forgotten stream that still lives is reset, and whether it has sent anything since that was set.
    var lingerDeadline = Instant.distantFuture
    var hasProgressed = false

    /// A new stream with the receive window `window`.
    init(id: UInt32, isInbound: Bool, window: UInt32) {
        self.id = id
        self.isInbound = isInbound
        receiveWindow = ReceiveWindow(size: window)
        announcement = isInbound ? [] : .syn
        awaitsPeer = !isInbound
        awaitsOwner = isInbound
    }
}

// MARK: What may be done

extension StreamState {
    /// The peer may send payload.
    var isReceiving: Bool {
        switch phase {
        case .open, .sendingFinished: true
        case .receivingFinished, .bothFinished, .resetting: false
        }
    }

    /// This side may send payload or FIN.
    var isSending: Bool {
        switch phase {
        case .open, .receivingFinished: true
        case .sendingFinished, .bothFinished, .resetting: false
        }
    }

    /// The owner may write.
    var isWritable: Bool { isSending && !isClosing }

    /// The code of the RST that waits to be sent.
    var resetCode: UInt32? {
        if case .resetting(let code) = phase { code } else { nil }
    }

    /// Nothing more will come and nothing waits to be read.
    var isAtEnd: Bool { !isReceiving && inbound.isEmpty }

    /// Both directions are done and the owner knows: the state can go.
    var isDone: Bool {
        if case .bothFinished = phase { inbound.isEmpty && (endWasRead || isForgotten) } else { false }
    }

    /// Payload that may be sent now, in bytes.
    var sendable: Int { isSending ? min(outbound.count, Int(sendWindow.available)) : 0 }

    /// FIN is all that is left to send.
    var isFinishDue: Bool { isClosing && isSending && outbound.isEmpty }

    var isDataReady: Bool { sendable > 0 || isFinishDue }

    /// A window update is worth a frame.
    var isUpdateDue: Bool {
        isReceiving && !isForgotten && receiveWindow.isUpdateDue(buffered: inbound.count)
    }

    /// The first frame has a larger window to announce.
    var owesInitialWindow: Bool {
        isReceiving && !isForgotten && !announcement.isEmpty && receiveWindow.growth > 0
    }
}

// MARK: What happens

extension StreamState {
    /// Takes a piece of a data frame's body, which `receiveWindow` has room for; `following` bytes of the frame are
    /// still to come. True when the stream had nothing to read before.
    mutating func receive(_ piece: UnsafeRawBufferPointer, following: Int, now: Instant) -> Bool {
        let isAllowed = receiveWindow.receive(UInt32(clamping: piece.count), now: now)
        assert(isAllowed, "the header's length was checked against the window")
        let wasEmpty = inbound.isEmpty
        inbound.append(copying: piece, following: following)
        return wasEmpty
    }

    /// Takes bytes off the window that nobody will read.
    mutating func discard(_ count: UInt32, now: Instant) {
        let isAllowed = receiveWindow.receive(count, now: now)
        assert(isAllowed, "the header's length was checked against the window")
    }

    /// The peer sends to a stream nobody reads. True when the stream is to be reset now.
    mutating func rejectPayload() -> Bool {
        resetsWhenFinished = true
        return !isSending
    }

    /// The peer's FIN; false if it is not the first.
    mutating func finishReceiving() -> Bool {
        switch phase {
        case .open: phase = .receivingFinished
        case .sendingFinished: phase = .bothFinished
        case .receivingFinished, .bothFinished, .resetting: return false
        }
        return true
    }

    /// The owner writes no more.
    mutating func closeWriting() { isClosing = true }

    /// FIN is on the wire. True when the stream is to be reset now.
    mutating func finishSending() -> Bool {
        switch phase {
        case .open: phase = .sendingFinished
        case .receivingFinished: phase = .bothFinished
        case .sendingFinished, .bothFinished, .resetting: break
        }
        return resetsWhenFinished && isReceiving
    }

    /// The peer, which has finished sending, has reset the stream.
    mutating func stopSending() {
        outbound.removeAll()
        if case .receivingFinished = phase { phase = .bothFinished }
    }

    /// The owner has seen the end of the input.
    mutating func readEnd() { endWasRead = isAtEnd }

    mutating func forget() {
        isForgotten = true
        isClosing = true
        inbound.removeAll()
    }

    /// Drops everything; what remains is to send RST.
    mutating func reset(code: UInt32) {
        phase = .resetting(code: code)
        isForgotten = true
        inbound.removeAll()
        outbound.removeAll()
    }
}

import Time

/// What this side allows the peer to send on a stream.
///
/// At any time `size = available + buffered + credit`: bytes the peer may still send, bytes it has sent that wait to
/// be read, and bytes that were read but not given back yet. They are given back when they are at least half of the
/// size: smaller updates cost more than they bring, later ones stall the sender.
struct ReceiveWindow {
    /// The window's size in bytes; grows, never shrinks.
    private(set) var size: UInt32
    /// Bytes that the peer may still send.
    private(set) var available: UInt32 = YamuxConfiguration.defaultWindow
    /// When the window was last opened, or first used.
    private var openedAt: Instant?

    /// A window of 262,144 bytes that owes the peer the rest of `size`.
    init(size: UInt32 = YamuxConfiguration.defaultWindow) { self.size = size }

    /// Bytes beyond what every stream has: the share of the connection's budget.
    var growth: Int { Int(size) - Int(YamuxConfiguration.defaultWindow) }

    /// Takes away bytes that have come; false when the peer was not allowed to send them.
    mutating func receive(_ count: UInt32, now: Instant) -> Bool {
        let (rest, overflow) = available.subtractingReportingOverflow(count)
        guard !overflow else { return false }
        available = rest
        if openedAt == nil { openedAt = now }
        return true
    }

    /// Bytes that can be given back while `buffered` wait to be read.
    func credit(buffered: Int) -> UInt32 {
        let used = Int(available) + buffered
        return used >= Int(size) ? 0 : size - UInt32(clamping: used)
    }

    /// True when an update is worth a frame.
    func isUpdateDue(buffered: Int) -> Bool { credit(buffered: buffered) >= size / 2 }

    /// The size to grow to, when half a window went through in less than four round trips: then the window, not the
    /// reader, is what holds the peer back.
    func grownSize(roundTripTime: Duration?, now: Instant, maximum: UInt32) -> UInt32? {
        guard let roundTripTime, let openedAt, size < maximum, now - openedAt < roundTripTime * 4 else { return nil }
        let (doubled, overflow) = size.multipliedReportingOverflow(by: 2)
        return overflow ? maximum : min(doubled, maximum)
    }

    /// Sets a larger size; the difference becomes credit.
    mutating func grow(to newSize: UInt32) { size = max(size, newSize) }

    /// Gives all credit back; answers the delta for the window update.
    mutating func open(buffered: Int, now: Instant) -> UInt32 {
        let delta = credit(buffered: buffered)
        available += delta  // at most `size`, by the definition of credit
        openedAt = now
        return delta
    }
}

/// Memory that the windows of one connection may grow into, in bytes.
struct WindowBudget {
    private(set) var available: Int

    init(_ total: Int) { available = max(total, 0) }

    /// Takes `amount`; false when there is not that much.
    mutating func reserve(_ amount: Int) -> Bool {
        guard amount <= available else { return false }
        available -= amount
        return true
    }

    mutating func release(_ amount: Int) { available += amount }
}

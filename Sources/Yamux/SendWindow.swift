/// What the peer still allows this side to send on a stream, in bytes of payload.
struct SendWindow {
    private(set) var available: UInt32

    init(_ initial: UInt32 = YamuxConfiguration.defaultWindow) { available = initial }

    /// Adds a window update's delta; false when the sum exceeds 2^32 - 1, which the protocol forbids
    /// (CVE-2026-31814 was an unchecked addition here).
    mutating func credit(_ delta: UInt32) -> Bool {
        let (sum, overflow) = available.addingReportingOverflow(delta)
        guard !overflow else { return false }
        available = sum
        return true
    }

    /// Takes away what has been put on the wire; `count` is never more than `available`.
    mutating func spend(_ count: Int) {
        let (rest, overflow) = available.subtractingReportingOverflow(UInt32(clamping: count))
        assert(!overflow, "sent beyond the window")
        available = overflow ? 0 : rest
    }
}

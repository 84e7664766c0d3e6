/// What a session tells its owner, in the order in which it happened.
///
/// Every stream's last event is `closed`, exactly once.
public enum YamuxEvent: Equatable, Sendable {
    /// The peer has opened a stream. It fills a place in the accept backlog until `accept`, or until the first read
    /// or write on it.
    case opened(UInt32)
    /// The peer has accepted a stream that was opened here.
    case acknowledged(UInt32)
    /// Bytes have come for a stream that had none to read. Told once: read until `nil` before waiting for the next.
    case readable(UInt32)
    /// A send queue that was full has room again.
    case writable(UInt32)
    /// The peer has finished sending; what it sent before stays readable.
    case finished(UInt32)
    /// The peer, having finished sending, takes no more: what was queued is dropped and writes fail. What it sent
    /// stays readable.
    case stopped(UInt32, code: UInt32)
    /// The peer has reset the stream: unread and unsent bytes are dropped.
    case reset(UInt32, code: UInt32)
    /// The session has forgotten the stream: both directions are done and the end was read, or it was reset.
    case closed(UInt32)
    /// A ping was answered after this time.
    case pong(Duration)
    /// The peer takes no more new streams; those that exist go on.
    case goAway(code: UInt32)
}

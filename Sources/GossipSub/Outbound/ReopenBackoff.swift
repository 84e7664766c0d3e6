import Time

/// How long to wait before a stream that has ended is opened again: longer each time, unless the one before lasted.
struct ReopenBackoff {
    /// The first wait (go-libp2p: 100 ms).
    static let first: Duration = .milliseconds(100)
    /// The longest (go-libp2p: 10 s).
    static let longest: Duration = .seconds(10)
    /// A stream that was there for so long has done its work: the next wait is the first again.
    static let lasting: Duration = .seconds(60)

    private var wait = Self.first
    /// When to open a stream, at the earliest; nil for at once.
    private(set) var due: Instant?

    /// A stream could not be opened, or has ended after `duration`.
    mutating func ended(after duration: Duration = .zero, _ now: Instant) {
        if duration >= Self.lasting { wait = Self.first }
        due = now + wait
        wait = min(wait * 2, Self.longest)
    }

    /// There is another way to the peer: it is tried at once.
    mutating func hurry() { due = nil }
}

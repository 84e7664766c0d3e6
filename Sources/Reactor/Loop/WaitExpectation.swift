/// Whether the loop's next wait is likely to be over at once.
///
/// Putting a thread to sleep and waking it costs more than many an answer takes: a ping-pong between two idle processors
/// spends most of its time there. So after a wait that was over quickly, the loop looks for a moment before it sleeps;
/// and when it has looked in vain it sleeps, until a wait is short again. A loop with sparse work never spins.
struct WaitExpectation {
    /// A wait that is over within this is short, and this long the loop looks before it sleeps; nanoseconds.
    static let short: UInt64 = 50_000
    /// What a sleep adds to the wait itself, nanoseconds.
    private static let wakeUp: UInt64 = 50_000

    private(set) var isShort = false

    /// A sleep has ended after `nanoseconds`.
    mutating func waited(_ nanoseconds: UInt64) {
        isShort = nanoseconds < Self.short + Self.wakeUp
    }

    /// The loop has looked in vain.
    mutating func missed() {
        isShort = false
    }
}

import Store
import Time

/// How long the log of events goes back. What a reader has not got by then it is told of with `gap`.
public struct EventRetention: Sendable, Equatable {
    /// The most events that are kept.
    public var maximumCount: Int64 = 1_000_000
    /// The age that an event may reach.
    public var maximumAge = Duration.seconds(30 * 86_400)

    /// A million events, for 30 days.
    public init() {}

    /// Drops the oldest of what is too much. Returns whether there may be more to drop.
    func prune(_ transaction: Transaction, at now: Timestamp) throws(StoreError) -> Bool {
        let dropped = try transaction.pruneEvents(
            olderThan: now - maximumAge, keepingLast: maximumCount, limit: Self.batch)
        return dropped == Self.batch
    }

    /// Events that one write drops, so that it does not hold the store for long.
    private static let batch = 10_000
}

/// What ``Sync`` wants done, in order.
public enum SyncAction: Equatable, Sendable {
    /// Write these bytes to the stream. Read no more from it until they are taken.
    case send([UInt8])
    /// The other wants a set: call ``Sync/accept(_:)`` or ``Sync/refuse(_:)``. A set that is unknown here, and one that
    /// the other may not have, are refused alike.
    case authorise(SyncSet, proof: [UInt8], salt: [UInt8])
    /// Read the bytes of these from the store, and call ``Sync/provide(_:)``.
    case load([Digest])
    /// Items that have come. They are what the other says; whether they are sound is for the caller to see.
    case received([[UInt8]])
    /// The exchange is over: close the stream.
    case finished(SyncReport)
}

/// What an exchange came to.
public struct SyncReport: Hashable, Sendable {
    /// How many items came.
    public internal(set) var received = 0
    /// How many bytes those have.
    public internal(set) var receivedBytes = 0
    /// How many items went.
    public internal(set) var sent = 0
    /// How many messages the comparison took from the other.
    public internal(set) var rounds = 0
}

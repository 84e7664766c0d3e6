import Time

/// Which of several connections to a peer does the work: the greatest. Not one that has stopped answering; then the one
/// that last carried something; then the younger.
struct ConnectionRank: Comparable, Sendable {
    let isSuspect: Bool
    let carried: Instant
    let id: UInt64

    static func < (left: ConnectionRank, right: ConnectionRank) -> Bool {
        if left.isSuspect != right.isSuspect { return left.isSuspect }
        return (left.carried, left.id) < (right.carried, right.id)
    }
}

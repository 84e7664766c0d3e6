import Identity
import Multiformats
import Time

/// Which warnings about a wrong peer at a contact's address are due: one per contact and address, and the same again
/// only after a while, since a message that waits makes the engine dial again and again.
struct ImpostorWarnings {
    /// How long the same warning is not repeated.
    static let interval: Duration = .seconds(3600)
    /// Warnings that are remembered. While that many are fresh, no further one is given.
    static let maximumCount = 256

    private struct Place: Hashable {
        let peer: PeerID
        let address: Multiaddr
    }

    private var warned: [Place: Instant] = [:]

    /// Whether to warn that another peer answered at an address of `peer`; if so, that is remembered.
    mutating func isDue(_ peer: PeerID, at address: Multiaddr, now: Instant) -> Bool {
        let place = Place(peer: peer, address: address)
        if let last = warned[place], now - last < Self.interval { return false }
        if warned.count >= Self.maximumCount { warned = warned.filter { now - $0.value < Self.interval } }
        guard warned.count < Self.maximumCount else { return false }
        warned[place] = now
        return true
    }
}

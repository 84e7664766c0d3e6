import Identity
import Time

/// What is known of a peer's presence.
public struct PeerPresence: Equatable, Sendable {
    /// Who.
    public let peer: PeerID
    /// How it is.
    public let status: PresenceStatus
    /// What it says about that: one line.
    public let text: String?
    /// What it calls itself: one line. For display, never an address.
    public let nick: String?
    /// The last sign of its life.
    public let heard: Instant
}

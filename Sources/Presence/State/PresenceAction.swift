import GossipSub
import Identity
import Time

/// What ``PresenceState`` wants done.
public enum PresenceAction: Equatable, Sendable {
    /// Publish these bytes in ``PresenceConfiguration/topic``.
    case publish([UInt8])
    /// Say a word in ``Presence/foreignTopic``.
    case say(ForeignWord)
    /// Ask a peer, dialing it if need be, and answer with ``PresenceState/asked(_:_:_:)``.
    case ask(PeerID, [UInt8])
    /// Look at the signatures of these, away from the loop, and answer with ``PresenceState/verified(_:_:)``.
    case verify([PubsubMessage])
    /// Tell that a peer's presence has changed.
    case tell(PeerPresence)
}

/// What came of asking a peer.
public enum PresenceAnswer: Equatable, Sendable {
    /// It told about itself: a ``Greeting``.
    case greeting([UInt8])
    /// It is there, and does not speak the protocol.
    case alive
    /// Nobody answered.
    case none
}

/// The time: for deadlines, and for other machines.
public struct PresenceMoment: Equatable, Sendable {
    /// By a clock that never goes back.
    public var now: Instant
    /// By the wall clock.
    public var wall: Timestamp

    /// A time.
    public init(now: Instant, wall: Timestamp) {
        self.now = now
        self.wall = wall
    }
}

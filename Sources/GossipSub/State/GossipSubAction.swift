import Identity

/// What ``GossipSubState`` wants done.
public enum GossipSubAction: Equatable, Sendable {
    /// Send these bytes, framed, to each of these peers. One array serves all of them.
    case send(_ frame: [UInt8], to: [PeerID], OutboundPriority)
    /// Look at a message's signature, away from the loop, and answer with ``GossipSubState/verified(_:_:_:)``.
    case verify(MessageID, PubsubMessage)
    /// Ask the application about a message, and answer with ``GossipSubState/validated(_:_:_:)``.
    case validate(MessageID, PubsubMessage, from: PeerID)
    /// Dial a peer that a member of the mesh has named, at the addresses of its record, if that is what it says.
    case dial(PeerID, record: [UInt8])
    /// Dial a peer that we always want to be connected to.
    case reconnect(PeerID)
    /// Tell that a peer has entered, or left, a topic that we are in.
    case membership(GossipSub.Topic, PeerID, isMember: Bool)
}

/// What goes first when a peer reads more slowly than we write.
public enum OutboundPriority: Int, Comparable, Sendable {
    /// Subscriptions, mesh, IDONTWANT: never let go before the peer is.
    case control
    /// Our own messages.
    case publish
    /// Other peers' messages.
    case forward
    /// IHAVE and IWANT, and answers to IWANT.
    case gossip

    /// What goes first is less.
    public static func < (left: OutboundPriority, right: OutboundPriority) -> Bool { left.rawValue < right.rawValue }
}

/// The application's word on a message.
public enum ValidationResult: Sendable {
    /// It is good: it is passed on.
    case accept
    /// It is bad: it is not passed on, and whoever sent it loses score.
    case reject
    /// It is not passed on; nobody is to blame.
    case ignore
}

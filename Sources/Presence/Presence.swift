import GossipSub

/// Who is there: online, away or busy, with a text and a nickname.
///
/// Every peer tells about itself in one topic of pubsub, signed: when it meets the first peer, when something changes,
/// and again every 15 seconds; where there are many, less often, so that what a peer hears in a second does not grow
/// with the group. A newcomer asks a few of its neighbours, over a stream of its own, and is told of everybody at once.
/// Who is silent for three times as long is asked, over the connection that is there or a new one, before it counts as
/// gone; who goes says goodbye.
///
/// - ``Announcement`` is what a peer tells about itself, ``Greeting`` what is asked and answered on a stream.
/// - ``PresenceState`` decides: events and the time in, ``PresenceAction`` out.
/// - ``PresenceService`` runs it on a swarm and its pubsub.
///
/// ```swift
/// let presence = PresenceService(swarm: swarm, gossip: gossip, requests: requests)
/// presence.onChange = { peer in print(peer.nick ?? "somebody", peer.status) }
/// try presence.start()
/// presence.set(.busy, text: "in a meeting")
/// ```
///
/// A nickname is what a stranger says of itself: for display, never an address.
public enum Presence {
    /// The topic in which everybody tells about itself.
    public static let topic: GossipSub.Topic = "/linnet/presence/1.0.0"
    /// The protocol of the streams on which peers ask each other.
    public static let protocolID = "/linnet/presence/1.0.0"
    /// The topic in which P2PMsg does it.
    public static let foreignTopic: GossipSub.Topic = "p2p-chat-global"
}

/// Who peers are and where they listen: `/ipfs/id/1.0.0` and `/ipfs/id/push/1.0.0`.
///
/// Both sides ask on every new connection: the one who asks opens a stream and sends nothing, the other answers with
/// one message and closes. Later changes of addresses or protocols are pushed the other way round.
///
/// - ``IdentifyMessage`` is the message, ``IdentifyReader`` merges its parts.
/// - ``IdentifyState`` is what this node says about itself and whom it has told.
/// - ``ObservedAddresses`` decides what to believe of what peers say about our own address.
/// - ``IdentifyService`` runs it all on a swarm.
///
/// ```swift
/// let identify = IdentifyService(swarm: swarm, agentVersion: "example/1.0.0")
/// identify.start()
/// // Later: swarm.peers[peer]?.protocols, swarm.addressBook.addresses(of: peer)
/// ```
///
/// Source: the identify specification of libp2p; limits of go-libp2p where it has them.
public enum Identify {
    /// Asks a peer about itself.
    public static let protocolID = "/ipfs/id/1.0.0"

    /// Tells a peer what has changed.
    public static let pushProtocolID = "/ipfs/id/push/1.0.0"
}

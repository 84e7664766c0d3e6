/// Round trips: `/ipfs/ping/1.0.0`.
///
/// Thirty-two random bytes go out and the same come back, any number of times on one stream. ``PingService`` answers
/// pings and sends them.
///
/// ```swift
/// let ping = PingService(swarm: swarm)
/// ping.start()
/// let times = try await ping.ping(peer, count: 3)
/// ```
///
/// Source: the ping specification of libp2p.
public enum Ping {
    /// The protocol id.
    public static let protocolID = "/ipfs/ping/1.0.0"

    /// Bytes of one ping.
    public static let size = 32
}

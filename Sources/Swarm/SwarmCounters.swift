/// What a swarm has done since it was made. Each count only grows.
public struct SwarmCounters: Equatable, Sendable {
    /// Dials that gave a connection.
    public internal(set) var dialsSucceeded: UInt64 = 0
    /// Dials that gave none, those that were given up left out.
    public internal(set) var dialsFailed: UInt64 = 0
    /// Connections that became ready for streams, in both directions.
    public internal(set) var connectionsOpened: UInt64 = 0
    /// Bytes that transports have brought, encrypted and with all that is around them.
    public internal(set) var bytesReceived: UInt64 = 0
    /// Bytes that transports have taken, likewise.
    public internal(set) var bytesSent: UInt64 = 0
}

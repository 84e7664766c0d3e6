/// Where an address was learned. It sets how long the address is kept and what is believed about it.
public enum AddressSource: Int, Comparable, Sendable {
    /// From peers about other peers.
    case exchange
    /// From a search on the local network.
    case localDiscovery
    /// From the peer itself, over a connection.
    case identify
    /// A connection was made there.
    case connection
    /// From the person who runs this node.
    case manual

    /// How long an address is kept without being heard of again.
    public var lifetime: Duration? {
        switch self {
        case .exchange: .seconds(15 * 60)
        case .localDiscovery: .seconds(10 * 60)
        case .identify: .seconds(60 * 60)
        case .connection: .seconds(24 * 60 * 60)
        case .manual: nil
        }
    }

    /// The order in which addresses give way when there are too many.
    public static func < (left: AddressSource, right: AddressSource) -> Bool { left.rawValue < right.rawValue }
}

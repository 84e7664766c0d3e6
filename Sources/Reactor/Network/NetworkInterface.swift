/// An interface of this host that is up, with its addresses.
public struct NetworkInterface: Hashable, Sendable {
    /// An address of an interface, and how much of it names the link.
    public struct Address: Hashable, Sendable {
        /// The address.
        public let ip: IPAddress
        /// How many of its leading bits are those of the link: 0...32 or 0...128.
        public let prefixLength: Int

        /// An address on a link.
        public init(_ ip: IPAddress, prefixLength: Int) {
            self.ip = ip
            self.prefixLength = prefixLength
        }

        /// Whether another address is on the same link by its leading bits. A prefix of length 0 says nothing.
        public func isOnLink(_ other: IPAddress) -> Bool {
            guard other.family == ip.family, prefixLength > 0, prefixLength <= ip.bytes.count * 8 else { return false }
            return zip(ip.bytes, other.bytes).enumerated().allSatisfy { index, pair in
                let bits = min(max(prefixLength - index * 8, 0), 8)
                let mask = UInt8(truncatingIfNeeded: 0xff00 >> bits)
                return pair.0 & mask == pair.1 & mask
            }
        }
    }

    /// The system's number for it, at least 1.
    public let index: UInt32
    /// The system's name for it, such as `eth0`.
    public let name: String
    /// Its addresses, in the system's order.
    public let addresses: [Address]
    /// Whether it leads to this host alone.
    public let isLoopback: Bool
    /// Whether groups can be entered on it.
    public let carriesMulticast: Bool

    /// An interface.
    public init(index: UInt32, name: String, addresses: [Address], isLoopback: Bool, carriesMulticast: Bool) {
        self.index = index
        self.name = name
        self.addresses = addresses
        self.isLoopback = isLoopback
        self.carriesMulticast = carriesMulticast
    }
}

/// A watch over the interfaces of a host. Lives until `close`.
@NetworkActor public protocol InterfaceWatch: AnyObject, Sendable {
    /// Why the system does not report changes, so that the interfaces are looked at every few seconds instead; nil if it
    /// does.
    var failure: NetworkError? { get }
    /// Called when `failure` has changed.
    var onFailureChange: (@NetworkActor () -> Void)? { get set }
    /// Ends the watch.
    func close()
}

/// A socket for the datagrams of one group and port, on the interfaces where it has entered the group. Shares the port
/// with other programs. Lives until `close`.
///
/// What is sent stays on the link (TTL 1), and comes back to this host's members of the group, the sender included.
@NetworkActor public protocol MulticastSocket: AnyObject, Sendable {
    /// The group and its port.
    var group: SocketAddress { get }
    /// Given each datagram that was sent to the group. Set it before control returns to the loop.
    var onReceive: (@NetworkActor (Datagram) -> Void)? { get set }
    /// Told when nothing can be received any more. Close the socket, and make another later.
    var onFailure: (@NetworkActor (NetworkError) -> Void)? { get set }
    /// Enters the group on an interface. Entering again has no effect.
    /// - Throws: what the system says, such as `unsupported` or `addressNotAvailable` for an interface that has gone.
    func join(_ interface: UInt32) throws(NetworkError)
    /// Leaves the group on an interface; no effect if it is not there.
    func leave(_ interface: UInt32)
    /// Sends a datagram to the group. It may be lost, as any datagram; that it was sent tells nothing about arriving.
    /// - Throws: what the system says, such as `unreachable` where the interface carries no such traffic.
    func send(_ bytes: [UInt8], on interface: UInt32) throws(NetworkError)
    /// Leaves everywhere.
    func close()
}

/// What came to a group.
public struct Datagram: Sendable {
    /// The largest that is taken, in bytes: what a link with jumbo frames carries, and RFC 6762 (section 17) allows.
    /// Larger ones are dropped.
    public static let maximumSize = 9000

    /// Its content, at most ``maximumSize``.
    public let bytes: [UInt8]
    /// Who sent it, as it says: on a link, anybody can write anything there.
    public let source: SocketAddress
    /// The interface that it came in by.
    public let interface: UInt32

    /// A datagram.
    public init(bytes: [UInt8], source: SocketAddress, interface: UInt32) {
        self.bytes = bytes
        self.source = source
        self.interface = interface
    }
}

/// TCP, and its likeness in the memory of one process.
@NetworkActor public protocol Network: AnyObject, Sendable {
    /// Listens on an address; port 0 (or memory 0) picks a free one. Connections wait in the system's queue until
    /// `Listener.onAccept` is set.
    /// - Parameter backlog: connections that may wait to be accepted.
    /// - Throws: `addressInUse`, `addressNotAvailable`, `permissionDenied`, `tooManyFiles` and their kin.
    func listen(on address: SocketAddress, backlog: Int) throws(NetworkError) -> any Listener

    /// Begins to connect. The delegate, to be set before control returns to the loop, hears `channelConnected` or
    /// `channelFailed`. There is no deadline but the system's, which is minutes.
    /// - Parameter source: the local address to connect from, or nil for any.
    /// - Throws: only where there could be no channel: `tooManyFiles`, `addressInUse` and `addressNotAvailable` (the
    ///   source), `unsupported`.
    func connect(to address: SocketAddress, from source: SocketAddress?) throws(NetworkError) -> any ByteChannel

    /// The addresses of a host, in the order of the system's preference. Numeric hosts are answered without a look-up.
    /// Cancellation has no effect; a look-up may take tens of seconds.
    /// - Throws: `nameNotFound`; `busy` when too many look-ups wait.
    func resolve(_ host: String, family: AddressFamily?) async throws(NetworkError) -> [IPAddress]

    /// The addresses of this host's interfaces, loopback included: what a listener on `0.0.0.0` or `::` is reached by.
    /// Those that were known last, if the system does not tell any more; why, `interfaces()` says.
    func localAddresses() -> [IPAddress]

    /// The interfaces of this host that are up, by index.
    /// - Throws: what the system says, such as `permissionDenied` in a sandbox.
    func interfaces() throws(NetworkError) -> [NetworkInterface]

    /// Tells of every change in `interfaces()`, some time after it, until the watch is closed. Hold the watch.
    func watchInterfaces(_ onChange: @escaping @NetworkActor () -> Void) -> any InterfaceWatch

    /// A socket for a group and port, which is nowhere in the group yet.
    /// - Throws: `tooManyFiles`, `addressInUse` (a program that does not share the port), `permissionDenied`,
    ///   `unsupported`, and what else the system says.
    func multicast(_ group: SocketAddress) throws(NetworkError) -> any MulticastSocket
}

/// Takes connections on an address. Lives until `close`.
@NetworkActor public protocol Listener: AnyObject, Sendable {
    /// The address, its port filled in.
    var localAddress: SocketAddress { get }
    /// Given each new channel; sets its delegate or closes it.
    var onAccept: (@NetworkActor (any ByteChannel) -> Void)? { get set }
    /// Told when accepting fails for want of descriptors or memory. The listener waits a moment and goes on.
    var onError: (@NetworkActor (NetworkError) -> Void)? { get set }
    /// Stops listening. Accepted channels stay.
    func close()
}

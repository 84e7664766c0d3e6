import CPlatform

/// A stream between two processes of this machine.
@NetworkActor public final class UnixConnection {
    /// What the other side sends.
    public let reader: DescriptorReader
    /// What the other side is sent.
    public let writer: DescriptorWriter
    /// The user at the other end, as the kernel says.
    public let peerUser: UInt32
    /// The process at the other end; 0 where the system does not say.
    public let peerProcess: Int32
    private let descriptor: Int32
    private var isOpen = true

    /// Connects to a socket.
    ///
    /// - Throws: `refused` if nobody listens there, `system(ENOENT)` if there is no such file, and their kin.
    public convenience init(connectingTo path: UnixPath) throws(NetworkError) {
        let made = platform_unix_connect(path.directory.systemPath, path.name.systemPath)
        guard made >= 0 else { throw NetworkError(errno: -made) }
        try self.init(taking: made)
    }

    /// Takes over a connected, non-blocking descriptor.
    init(taking descriptor: Int32) throws(NetworkError) {
        var user: UInt32 = 0
        var process: Int32 = 0
        let code = platform_unix_peer(descriptor, &user, &process)
        // The poller knows a descriptor once, and reading and writing are watched apart.
        let copy = code < 0 ? code : platform_duplicate(descriptor)
        guard copy >= 0 else {
            platform_close(descriptor)
            throw NetworkError(errno: -copy)
        }
        self.descriptor = copy
        peerUser = user
        peerProcess = process
        reader = DescriptorReader(descriptor)
        writer = DescriptorWriter(copy)
        do {
            try reader.watch()
            try writer.watch()
        } catch {
            close()
            throw error
        }
    }

    /// Lets the other side see the end of what it is sent; what it sends is still read.
    public func closeWrite() {
        if isOpen { _ = platform_shutdown_write(descriptor) }
    }

    /// Ends it. A waiting read sees the end.
    public func close() {
        guard isOpen else { return }
        isOpen = false
        reader.close()
        writer.close()
    }
}

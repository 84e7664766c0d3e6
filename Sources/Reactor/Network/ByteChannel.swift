/// A reliable, ordered, two-way connection, in readiness style: calls do what can be done now, and never wait.
///
/// The delegate is told that reading (writing) is worth another try only after `read` (`write`) returned
/// `wouldBlock`, or, for reading, if it was not tried yet. Delegate calls are never made from inside a call to the
/// channel. A channel lives until `close` or `reset`, whether or not somebody holds it; an open channel that nobody
/// closes leaks. After `close` or `reset` the delegate hears nothing more.
@NetworkActor public protocol ByteChannel: AnyObject, Sendable {
    /// This side's address. Before the connection stands, the unspecified address where it is not known yet.
    var localAddress: SocketAddress { get }
    /// The other side's address.
    var remoteAddress: SocketAddress { get }
    /// Who is told of events. Weak. A delegate that takes over from another should first try to read and write.
    var delegate: (any ByteChannelDelegate)? { get set }

    /// Moves what has arrived into the buffer, which must not be empty.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> ReadResult
    /// Takes over as many of the bytes as there is room for.
    func write(_ bytes: UnsafeRawBufferPointer) -> WriteResult
    /// The same for several buffers, in one call to the system. At most the first 64 are looked at.
    func write(vectors: UnsafeBufferPointer<UnsafeRawBufferPointer>) -> WriteResult
    /// Ends this side's stream of bytes: the other side reads what was written, then the end. Reading goes on.
    func shutdownWrite()
    /// Closes. What was written still arrives, unless bytes are left unread here: then, as with any TCP, the other
    /// side may see a reset.
    func close()
    /// Closes and tells the other side that something is wrong. What was written may be lost.
    func reset()
}

/// What `ByteChannel.read` found.
public enum ReadResult: Equatable, Sendable {
    /// So many bytes, at least one.
    case bytes(Int)
    /// Nothing now: `channelReadable` will tell.
    case wouldBlock
    /// The other side has ended its stream, and all of it has been read.
    case endOfStream
    /// The connection is dead: close it.
    case failed(NetworkError)
}

/// What became of a `ByteChannel.write`.
public enum WriteResult: Equatable, Sendable {
    /// So many bytes were taken over, at least one (none only if there were none).
    case bytes(Int)
    /// No room now: `channelWritable` will tell.
    case wouldBlock
    /// The connection is dead: close it. Bytes that arrived before may still be read.
    case failed(NetworkError)
}

/// Told of a channel's events.
@NetworkActor public protocol ByteChannelDelegate: AnyObject {
    /// A channel made by `Network.connect` stands. Reading and writing can begin.
    func channelConnected()
    /// Reading is worth a try: there are bytes, the end, or an error.
    func channelReadable()
    /// Writing is worth a try.
    func channelWritable()
    /// A channel made by `Network.connect` could not be connected: close it. Later errors are what `read` and `write`
    /// return.
    func channelFailed(_ error: NetworkError)
}

import CPlatform

/// Why the network refused something.
public enum NetworkError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Nobody listens there.
    case refused
    /// No answer came.
    case timedOut
    /// There is no way to the host or network.
    case unreachable
    /// The other side broke the connection off.
    case reset
    /// The other side no longer reads.
    case brokenPipe
    /// Another socket has the address.
    case addressInUse
    /// The address is not one of this host.
    case addressNotAvailable
    /// The process or the system has no descriptor left. Raise the limit (`ulimit -n`) or close something.
    case tooManyFiles
    /// The system forbids it, such as a port below 1024.
    case permissionDenied
    /// This side has closed the channel.
    case closed
    /// A host's name has no address; the resolver's words.
    case nameNotFound(String)
    /// Too many name look-ups are under way. Try again.
    case busy
    /// The address is of a kind that cannot be used here.
    case unsupported(String)
    /// Another error of the system, by its `errno`.
    case system(Int32)

    /// The error of an `errno`.
    public init(errno code: Int32) {
        self =
            switch code {
            case Errno.connectionRefused: .refused
            case Errno.timedOut: .timedOut
            case Errno.hostUnreachable, Errno.networkUnreachable, Errno.networkDown, Errno.hostDown: .unreachable
            case Errno.connectionReset, Errno.connectionAborted: .reset
            case Errno.brokenPipe: .brokenPipe
            case Errno.addressInUse: .addressInUse
            case Errno.addressNotAvailable: .addressNotAvailable
            case Errno.addressFamilyNotSupported: .unsupported("this system has no addresses of this kind")
            case Errno.tooManyOpenFiles, Errno.tooManyOpenFilesInSystem: .tooManyFiles
            case Errno.permissionDenied, Errno.notPermitted: .permissionDenied
            default: .system(code)
            }
    }

    /// A sentence without a full stop.
    public var description: String {
        switch self {
        case .refused: "connection refused: nobody listens there"
        case .timedOut: "timed out"
        case .unreachable: "host unreachable"
        case .reset: "connection reset by the other side"
        case .brokenPipe: "the other side closed the connection"
        case .addressInUse: "address already in use"
        case .addressNotAvailable: "not an address of this host"
        case .tooManyFiles: "too many open files (raise the limit with ulimit -n)"
        case .permissionDenied: "permission denied"
        case .closed: "the channel is closed"
        case .nameNotFound(let detail): "name not found: \(detail)"
        case .busy: "too many name look-ups are under way"
        case .unsupported(let detail): "not supported: \(detail)"
        case .system(let code): Errno.text(code)
        }
    }
}

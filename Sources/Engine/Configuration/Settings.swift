/// What a user may set, with its defaults. ``Setting/all`` tells how each is called, and what it may be.
public struct Settings: Equatable, Sendable {
    /// What the end of input means.
    public enum EndOfInput: String, CaseIterable, Sendable {
        /// Finish the commands, send what can be sent, stop.
        case drain
        /// Go on without input, until a signal or the reader's end.
        case stay
        /// Stop at once.
        case now
    }

    /// How peers are found on the local network.
    public enum Discovery: String, CaseIterable, Sendable {
        /// By libp2p's mDNS and by gigi-dns.
        case on
        /// By libp2p's mDNS alone.
        case mdns
        /// By gigi-dns alone.
        case gigi
        /// Not at all.
        case off
    }

    /// Whether peers tell each other that they are there.
    public enum PresenceChoice: String, CaseIterable, Sendable {
        /// They do.
        case on
        /// This one neither tells nor hears.
        case off
    }

    /// The directory of all profiles; nil where there is no place for one.
    public var home: String?
    /// The name of a profile on disk.
    public var profile = "default"
    /// Whether identity and store end with the process.
    public var isEphemeral = false
    /// Where to listen. None: dial only.
    public var listen: [String] = []
    /// Whether to listen on all interfaces, on a free port, too.
    public var servesNetwork = false
    /// How peers are found on the networks that are listened on.
    public var discovery = Discovery.on
    /// What others may call this peer; nil for the end of its id.
    public var nickname: String?
    /// Whether peers are told that this one is there, and it of them.
    public var presence = PresenceChoice.on
    /// From one announcement of presence to the next, at most.
    public var presenceInterval = Duration.seconds(15)
    /// Where to serve clients, besides in the profile.
    public var socket: String?
    /// Whether peers may measure throughput against this engine. Off by default: it is work for strangers.
    public var servesPerf = false
    /// Whether what is said here is said by a program.
    public var isBot = false
    /// What the end of input means.
    public var onEndOfInput = EndOfInput.drain
    /// How long a drain goes on.
    public var drain = Duration.seconds(10)
    /// Lock the account when nobody has asked for anything for so long; zero for never.
    public var lockAfter = Duration.zero
    /// The least grave records that are logged.
    public var logLevel = LogLevel.warning
    /// How they are written.
    public var logFormat = LogFormat.text
    /// How long durable events are kept for readers.
    public var retention = EventRetention()

    /// The defaults.
    public init() {}
}

import CPlatform

/// A signal's number.
public struct Signal: RawRepresentable, Hashable, Sendable {
    /// The platform's number.
    public let rawValue: Int32

    /// A signal by its number.
    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// SIGHUP
    public static let hangup = Signal(rawValue: PLATFORM_SIGHUP)
    /// SIGINT
    public static let interrupt = Signal(rawValue: PLATFORM_SIGINT)
    /// SIGTERM
    public static let terminate = Signal(rawValue: PLATFORM_SIGTERM)
    /// SIGCHLD
    public static let child = Signal(rawValue: PLATFORM_SIGCHLD)
    /// SIGKILL
    public static let kill = Signal(rawValue: PLATFORM_SIGKILL)
    /// SIGUSR1
    public static let user1 = Signal(rawValue: PLATFORM_SIGUSR1)
    /// SIGUSR2
    public static let user2 = Signal(rawValue: PLATFORM_SIGUSR2)
}

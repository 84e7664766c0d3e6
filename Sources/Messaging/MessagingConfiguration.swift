/// The parameters of direct messages.
public struct MessagingConfiguration: Sendable {
    /// When a message that nobody took stops being tried.
    public var expiry = Duration.seconds(7 * 24 * 3600)
    /// How long one request may take, dialing included.
    public var requestTimeout = Duration.seconds(30)
    /// Messages under way to one peer at the same time.
    public var window = 64
    /// A message with a larger body goes alone.
    public var largeBody = 64 << 10
    /// Messages to peers that are not connected, each of which dials, under way at the same time.
    public var maximumDials = 32
    /// The same while the outbox is drained, when nobody is to be missed.
    public var maximumDialsWhileDraining = 64
    /// Messages of one peer that are taken in a burst, and a second in the long run.
    public var inboundMessages = (burst: 20_000, perSecond: 10_000.0)
    /// Bytes of one peer that are taken in a burst, and a second in the long run.
    public var inboundBytes = (burst: 64 << 20, perSecond: Double(32 << 20))

    /// The defaults.
    public init() {}

    /// The longest time to expiry that can be asked for.
    public static let maximumExpiry = Duration.seconds(30 * 24 * 3600)
}

import CPlatform
import Time

/// The time of day. It may jump.
@NetworkActor public protocol WallClock: AnyObject, Sendable {
    /// The present time.
    var now: Timestamp { get }
}

/// The system's wall clock.
final class SystemWallClock: WallClock {
    nonisolated init() {}

    var now: Timestamp { Timestamp(milliseconds: platform_wall_milliseconds()) }
}

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

/// The wall clock as it was when the program began, carried on by one that nobody can set and that counts a sleeping
/// machine's time too. What is kept for a time goes by it: a wall clock that jumps by a year ends nothing early.
final class SystemSteadyClock: WallClock {
    private let wallAtStart = platform_wall_milliseconds()
    private let uptimeAtStart = platform_uptime_nanoseconds()

    nonisolated init() {}

    var now: Timestamp {
        let elapsed = platform_uptime_nanoseconds() - uptimeAtStart
        return Timestamp(milliseconds: wallAtStart) + .nanoseconds(Int64(clamping: elapsed))
    }
}

import Reactor
import Time

/// A wall clock that can be made to jump.
@NetworkActor
public final class ShiftedWallClock: WallClock {
    private let base: any WallClock
    /// How far it is off.
    public var shift = Duration.zero

    /// One that goes with `base`.
    public init(_ base: any WallClock) { self.base = base }

    /// The time of the other one, and the shift.
    public var now: Timestamp { base.now + shift }
}

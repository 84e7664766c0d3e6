/// Time as values. `Instant` is a point on a monotonic clock, for timers and durations; `Timestamp` is wall-clock
/// time, for what people and other machines read. Neither can read a clock: the time always comes in from outside.
///
/// Arithmetic saturates. A remote number never overflows here, and a clock that jumps never traps.

import Reactor

/// What an engine's sessions have done so far, all of them together. Each count only grows: whoever watches an engine
/// takes differences. Counting costs an addition.
@NetworkActor final class Counters {
    /// Lines read, blank ones included, and their bytes.
    var linesIn: UInt64 = 0
    var bytesIn: UInt64 = 0
    /// Lines that were no command: no JSON, too long, of an unknown name.
    var linesRefused: UInt64 = 0
    /// Lines written, and their bytes.
    var linesOut: UInt64 = 0
    var bytesOut: UInt64 = 0
    /// Commands by how they came out.
    var commandsSucceeded: UInt64 = 0
    var commandsFailed: UInt64 = 0
    /// Durable events that were logged.
    var eventsLogged: UInt64 = 0
    /// Ephemeral events that were told, and those that a reader was too slow for.
    var eventsTold: UInt64 = 0
    var eventsDropped: UInt64 = 0

    nonisolated init() {}
}

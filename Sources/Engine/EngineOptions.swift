import Identity
import Multiformats

/// What an engine is told when it starts.
public struct EngineOptions: Sendable {
    /// Where an engine keeps its identity and what it knows.
    public enum Location: Sendable {
        /// In memory, with an identity that ends with it.
        case ephemeral
        /// In memory, with an identity of the caller's.
        case identity(KeyPair)
        /// In a directory on disk, made on first use.
        case directory(String)
    }

    /// What the end of input means.
    public enum EndOfInput: String, CaseIterable, Sendable {
        /// Finish the commands, send what can be sent, stop.
        case drain
        /// Go on without input, until a signal or the reader's end.
        case stay
        /// Stop at once.
        case now
    }

    /// Where the profile is.
    public var location: Location
    /// The name of a profile on disk.
    public var profile = "default"
    /// Where to listen from the start. None: dial only.
    public var listen: [String] = []
    /// Whether peers may measure throughput against this engine. Off by default: it is work for strangers.
    public var servesPerf = false
    /// What the end of input means.
    public var onEndOfInput = EndOfInput.drain
    /// How long a drain goes on.
    public var drain = Duration.seconds(10)

    /// Whether the reader is told events. If not, they wait in the store for an engine whose reader is.
    public var tellsEvents = true
    /// Which of them, to begin with.
    var filter = EventFilter.everything
    /// How many of them, before the engine stops; nil for all.
    var eventLimit: Int?
    /// How long durable events are kept for readers.
    public var retention = EventRetention()

    /// The profile's name, as `status` tells it.
    var profileName: String {
        if case .directory = location { profile } else { "ephemeral" }
    }

    /// Chooses the events that the reader is told.
    ///
    /// - Parameters:
    ///   - types: Names, with `*` and `?`; none for all.
    ///   - limit: The engine stops after this many.
    /// - Throws: `argument.invalid`, if a type is none.
    public mutating func selectEvents(_ types: [String], limit: Int? = nil) throws(CommandFailure) {
        for type in types {
            guard let problem = Glob.problem(with: type, known: Events.all.lazy.map(\.name)) else { continue }
            throw CommandFailure(.argumentInvalid, problem)
        }
        filter = types.isEmpty ? .everything : EventFilter(types: types.map(Glob.init))
        eventLimit = limit
    }

    /// The defaults, for a profile at this place.
    public init(location: Location) {
        self.location = location
    }
}

import Crypto
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

    /// Where the profile is.
    public var location: Location
    /// What the user has set.
    public var configuration: Configuration

    /// The passphrase that came along, for the profile and for the commands that need it.
    public var secret: SecretBytes?
    /// Whether an account is made in a profile that has none.
    public var makesAccount = true

    /// Whether the reader is told events. If not, they wait in the store for an engine whose reader is.
    public var tellsEvents = true
    /// As whom.
    var reader = PipeReader.profile
    /// Which of them, to begin with.
    var filter = EventFilter.everything
    /// How many of them, before the engine stops; nil for all.
    var eventLimit: Int?

    /// Whether an engine has the profile now.
    public var isInUse: Bool { directory.map { ProfileLock.holder(path: $0 + "/lock") != nil } ?? false }

    /// The profile's directory; nil if it has none.
    public var directory: String? {
        if case .directory(let directory) = location { directory } else { nil }
    }

    /// The profile's name, as `status` tells it.
    var profileName: String {
        if case .directory = location { configuration.settings.profile } else { "ephemeral" }
    }

    /// Chooses the events that the reader is told.
    ///
    /// - Parameters:
    ///   - types: Names, with `*` and `?`; none for all.
    ///   - limit: The engine stops after this many.
    /// - Throws: `argument.invalid`, if a type is none.
    mutating func selectEvents(_ types: [String], limit: Int? = nil) throws(CommandFailure) {
        for type in types {
            guard let problem = Glob.problem(with: type, known: Events.all.lazy.map(\.name)) else { continue }
            throw CommandFailure(.argumentInvalid, problem)
        }
        filter = types.isEmpty ? .everything : EventFilter(types: types.map(Glob.init))
        eventLimit = limit
    }

    /// Makes the reader of the pipes a listener: it does not disturb what the profile's reader is told, now or later.
    ///
    /// - Throws: `argument.invalid`, `argument.missing`.
    public mutating func listen(_ wish: Subscription.Wish) throws(CommandFailure) {
        let (since, consumer) = (wish.since, wish.consumer)
        try selectEvents(wish.types, limit: wish.limit)
        if let consumer, let problem = EventArguments.consumer.spec.type.problem(with: .string(consumer)) {
            throw CommandFailure(.argumentInvalid, "--consumer \(problem)")
        }
        var position: EventPosition?
        if let since {
            position = EventPosition(.string(since))
            if position == nil {
                throw CommandFailure(.argumentInvalid, "--since must be a seq, a time, now, or ack with --consumer")
            }
        }
        reader = .listener(since: try EventPosition.start(position, consumer), consumer: consumer)
    }

    /// An engine as the settings want it.
    ///
    /// - Throws: `config.invalid` if there is no place for a profile.
    public init(_ configuration: Configuration) throws(CommandFailure) {
        if configuration.settings.isEphemeral {
            self.init(location: .ephemeral, configuration)
        } else if let directory = configuration.settings.directory {
            self.init(location: .directory(directory), configuration)
        } else {
            throw CommandFailure(
                .configInvalid,
                "there is no place for a profile: neither XDG_DATA_HOME, HOME nor STATE_DIRECTORY is an absolute path, "
                    + "and the password database knows no home of this user; give --home DIR or --ephemeral")
        }
    }

    /// The defaults, for a profile at this place.
    public init(location: Location, _ configuration: Configuration = Configuration()) {
        self.location = location
        self.configuration = configuration
    }
}

import Wire

/// The settings of a process, and who said each.
///
/// What the command line says goes before the environment, the environment before the files, and these before the
/// defaults. What was set while an engine runs goes before all.
public struct Configuration: Sendable {
    /// Who says what a setting is, the strongest first.
    public enum Source: String, CaseIterable, Sendable {
        /// The command `config.set`.
        case set
        /// An option on the command line.
        case flag
        /// A variable in the environment.
        case environment
        /// A configuration file.
        case file
        /// Nobody.
        case `default`
    }

    /// The values that hold.
    public private(set) var settings: Settings
    private let defaults: Settings
    private var layers: [Layer] = []

    /// Nobody has said anything.
    public init(defaults: Settings = Settings()) {
        self.defaults = defaults
        settings = defaults
    }

    /// Adds what somebody says, weaker than what was added before.
    public mutating func add(_ layer: Layer) {
        layers.append(layer)
        settle()
    }

    private mutating func settle() {
        settings = defaults
        for layer in layers.reversed() {
            for entry in layer.entries { Setting.named(entry.name)?.put(entry.value, &settings) }
        }
    }
}

extension Configuration {
    /// What one source says. Every value is one that its setting may have.
    public struct Layer: Equatable, Sendable {
        /// A value.
        struct Entry: Equatable, Sendable {
            let name: String
            var value: JSON
        }

        /// Whose word it is.
        public let source: Source
        private(set) var entries: [Entry] = []

        /// Nothing yet.
        public init(_ source: Source) {
            self.source = source
        }

        /// The value of a setting, if it is told.
        public func value(_ setting: Setting) -> JSON? {
            entries.first { $0.name == setting.name }?.value
        }

        /// Tells a value, in place of one that was told before.
        ///
        /// - Returns: What is wrong with it, as the rest of a sentence; nil if it was taken.
        public mutating func put(_ setting: Setting, _ value: JSON) -> String? {
            if let problem = setting.problem(with: value) { return problem }
            if let index = entries.firstIndex(where: { $0.name == setting.name }) {
                entries[index].value = value
            } else {
                entries.append(Entry(name: setting.name, value: value))
            }
            return nil
        }
    }
}

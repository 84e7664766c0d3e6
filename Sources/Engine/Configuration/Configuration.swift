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
    /// Where what is set may be kept for the next start; nil if nowhere.
    public internal(set) var keeper: ConfigurationFile?
    private let defaults: Settings
    /// The strongest first.
    private(set) var layers: [Layer] = []

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

    /// The value of a setting, and who says so.
    func origin(of setting: Setting) -> Origin {
        for layer in layers {
            guard let entry = layer.entry(setting) else { continue }
            return Origin(value: entry.value, source: layer.source, file: layer.file?.path, line: entry.line)
        }
        return Origin(value: setting.value(defaults), source: .default)
    }

    /// A value that was set while an engine runs; nil takes back what was set.
    mutating func set(_ setting: Setting, to value: JSON?) {
        if layers.first?.source != .set { layers.insert(Layer(.set), at: 0) }
        layers[0].replace(setting, value)
        settle()
    }

    /// A value that the keeper has got, nil if it was taken out; and the whole of it.
    mutating func kept(_ setting: Setting, _ value: JSON?, in document: TOMLDocument) {
        guard let keeper else { return }
        let index = layers.firstIndex { $0.file == keeper } ?? layers.firstIndex { $0.source == .file } ?? layers.count
        if index == layers.count || layers[index].file != keeper { layers.insert(Layer(.file, keeper), at: index) }
        layers[index].replace(setting, value)
        layers[index].numberLines(as: document)
        settle()
    }

    /// Who would go before the keeper at the next start.
    func isOverridden(_ setting: Setting) -> Source? {
        layers.first { [.flag, .environment].contains($0.source) && $0.entry(setting) != nil }?.source
    }

    private mutating func settle() {
        settings = defaults
        for layer in layers.reversed() {
            for entry in layer.entries { Setting.named(entry.name)?.put(entry.value, &settings) }
        }
    }

    /// Where a value comes from.
    struct Origin {
        var value: JSON?
        var source: Source
        var file: String?
        var line: Int?
    }
}

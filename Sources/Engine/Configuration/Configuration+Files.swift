import Wire

extension Configuration {
    /// The environment variable that names the file, as `--config` does.
    public static let fileVariable = Setting.variablePrefix + "CONFIG"

    /// All that is said to a process when it starts.
    ///
    /// Without a file of its name there are two: the user's (``userFile(_:)``), and the profile's (`config.toml` in it),
    /// which goes before the user's. Both may be missing. A file that is named is the only one, and must be there.
    ///
    /// - Parameters:
    ///   - flags: What the command line says.
    ///   - file: The file that it names.
    ///   - environment: The value of a variable.
    /// - Throws: `config.invalid`.
    public init(
        flags: Layer, file: String? = nil, environment: (String) -> String?
    ) throws(CommandFailure) {
        try self.init(flags: flags, file: file, environment: environment) { (failure) throws(CommandFailure) in
            throw failure
        }
    }

    /// The same; what `refuse` does not throw is left out.
    init(
        flags: Layer, file: String?, environment: (String) -> String?,
        refusing refuse: (CommandFailure) throws(CommandFailure) -> Void
    ) throws(CommandFailure) {
        var defaults = Settings()
        defaults.home = Self.dataHome(environment)
        self.init(defaults: defaults)
        add(flags)
        add(try Layer(environment: environment, refusing: refuse))
        if let named = file ?? environment(Self.fileVariable).flatMap({ $0.isEmpty ? nil : $0 }) {
            let file = ConfigurationFile(.user, named)
            keeper = file
            if let layer = try Layer(file, environment, refusing: refuse) {
                add(layer)
            } else {
                try refuse(CommandFailure(.configInvalid, "there is no configuration file \(named)"))
            }
            return
        }
        var user: Layer?
        if let file = Self.userFile(environment) { user = try Layer(file, environment, refusing: refuse) }
        var found = self
        if let user { found.add(user) }
        keeper = found.settings.directory.map { ConfigurationFile(.profile, $0 + "/" + ConfigurationFile.name) }
        if let keeper, let layer = try Layer(keeper, environment, refusing: refuse) { add(layer) }
        if let user { add(user) }
    }

    /// The user's file: `linnet/config.toml` in `$XDG_CONFIG_HOME`, if that is absolute, else in `~/.config`.
    static func userFile(_ environment: (String) -> String?) -> ConfigurationFile? {
        directory(environment, "XDG_CONFIG_HOME", orBelowHome: ".config").map { directory in
            ConfigurationFile(.user, directory + "/linnet/" + ConfigurationFile.name)
        }
    }

    /// Where profiles are: `linnet` in `$XDG_DATA_HOME`, if that is absolute, else in `~/.local/share`; without a home,
    /// the directory that a service manager gives.
    private static func dataHome(_ environment: (String) -> String?) -> String? {
        directory(environment, "XDG_DATA_HOME", orBelowHome: ".local/share").map { $0 + "/linnet" }
            ?? stateDirectory(environment)
    }

    /// The first directory of `StateDirectory=` in systemd.exec(5), if it is absolute.
    public static func stateDirectory(_ environment: (String) -> String?) -> String? {
        guard let list = environment("STATE_DIRECTORY") else { return nil }
        let first = list.cut(at: UInt8(ascii: ":"))?.head ?? list
        return first.isRooted ? first : nil
    }

    /// A directory of the XDG base directory specification.
    private static func directory(
        _ environment: (String) -> String?, _ variable: String, orBelowHome path: String
    ) -> String? {
        if let directory = environment(variable), directory.isRooted { return directory }
        if let home = environment("HOME"), home.isRooted { return home + "/" + path }
        return nil
    }
}

extension Settings {
    /// The directory of the profile; nil if it is kept in memory, or there is no place for it.
    public var directory: String? {
        isEphemeral ? nil : home.map { $0 + "/" + profile }
    }
}

extension Configuration.Layer {
    /// What a file says; nil if there is no such file.
    ///
    /// - Parameter refuse: Told what makes no sense, with file, line and column; what it does not throw is left out.
    init?(
        _ file: ConfigurationFile, _ environment: (String) -> String?,
        refusing refuse: (CommandFailure) throws(CommandFailure) -> Void
    ) throws(CommandFailure) {
        self.init(.file, file)
        let document: TOMLDocument
        do throws(CommandFailure) {
            guard let found = try file.read() else { return nil }
            document = found
        } catch {
            try refuse(error)
            return
        }
        for entry in document.entries {
            guard let (position, problem) = take(entry, environment) else { continue }
            try refuse(CommandFailure(.configInvalid, "\(file.path):\(position): \(problem)"))
        }
    }

    /// Takes a key with its value, or tells what is wrong with it, and where.
    private mutating func take(
        _ entry: TOMLDocument.Entry, _ environment: (String) -> String?
    ) -> (TOMLPosition, String)? {
        guard let setting = Setting.named(entry.key) else { return (entry.position, Setting.unknown(entry.key)) }
        if file?.place == .profile, setting.findsProfile {
            return (entry.position, "\(entry.key) tells where the profile is; a file in the profile cannot say it")
        }
        guard let value = setting.isPath ? Self.absolute(entry.value, environment) : entry.value else {
            return (entry.valuePosition, "\(entry.key) must begin with / or ~/")
        }
        if let problem = setting.problem(with: value) { return (entry.valuePosition, "\(entry.key) \(problem)") }
        replace(setting, value, line: entry.position.line)
        return nil
    }

    /// A path as it stands in a file, which no shell has looked at; nil if nobody could tell where it begins.
    private static func absolute(_ value: JSON, _ environment: (String) -> String?) -> JSON? {
        guard let path = value.stringValue else { return value }
        if path.isRooted { return value }
        guard let rest = path.dropping(prefix: "~/"), let home = environment("HOME"), home.isRooted else { return nil }
        return .string(home + "/" + rest)
    }
}

extension String {
    /// Whether it is a path from the root on.
    fileprivate var isRooted: Bool { utf8.first == UInt8(ascii: "/") }
}

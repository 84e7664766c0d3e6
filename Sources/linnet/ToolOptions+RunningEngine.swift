import Engine

/// What an engine that runs already can be told by options, and what not.
extension ToolOptions {
    /// What finds the engine, is about this process, or is about the one command.
    private static let taken: Set<String> = ["home", "profile", "socket", "log", "log_format", "drain", "bot"]

    /// Why a command cannot be given to an engine that runs already; nil if it can.
    ///
    /// That engine has settings of its own. What is asked for here would be left out in silence.
    var refusalOfRunningEngine: String? {
        if record != nil {
            return "the engine that runs already would do this, and only it could record: start it with --record"
        }
        let lost = Setting.all.filter { settings.value($0) != nil && !Self.taken.contains($0.name) }.map(\.option)
        guard let first = lost.first else { return nil }
        let live = Setting.all.first { $0.option == first && $0.isLive }
        let remedy = live.map { "set it there with: linnet config.set name=\($0.name) value=..." }
        return "the engine that runs already would do this, and it does not take \(lost.joined(separator: ", ")) from "
            + "here; " + (remedy ?? "start that engine with it, or stop it first")
    }

    /// Whether the command line says who speaks: a program, or a person.
    var isBot: Bool? {
        Setting.named("bot").flatMap(settings.value)?.boolValue
    }
}

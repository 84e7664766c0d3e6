import Reactor
import Wire

extension Configuration.Layer {
    /// What the environment says: `LINNET_LOG=debug`; values of a list with blanks between them. A variable that is
    /// empty says nothing.
    ///
    /// - Parameter refuse: Told what makes no sense, naming the variable; what it does not throw is left out.
    init(
        environment: (String) -> String?, refusing refuse: (CommandFailure) throws(CommandFailure) -> Void
    ) throws(CommandFailure) {
        self.init(.environment)
        for setting in Setting.all {
            guard let text = environment(setting.variable), !text.isEmpty else { continue }
            guard let text = setting.isPath ? text : PathText.plain(text) else {
                try refuse(CommandFailure(.configInvalid, "\(setting.variable) in the environment is no UTF-8 text"))
                continue
            }
            if let problem = put(setting, setting.value(ofWord: text)) {
                try refuse(CommandFailure(.configInvalid, "\(setting.variable) in the environment \(problem)"))
            }
        }
    }
}

extension Configuration {
    /// Every variable of ours.
    public static let variables = [fileVariable] + Setting.all.map(\.variable)

    /// The names of variables that look like ours and are not, each with the one that may have been meant, in the order
    /// of the alphabet.
    public static func unknownVariables(among names: some Sequence<String>) -> [(name: String, meant: String?)] {
        names.filter { $0.hasPrefix(Setting.variablePrefix) && !variables.contains($0) }.sorted().map { name in
            (name, Suggestion.nearest(to: name, among: variables))
        }
    }
}

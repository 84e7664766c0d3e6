import Wire

extension Configuration.Layer {
    /// What the environment says: `LINNET_LOG=debug`; values of a list with blanks between them. A variable that is
    /// empty says nothing.
    ///
    /// - Throws: `config.invalid`, naming the variable.
    public init(environment: (String) -> String?) throws(CommandFailure) {
        self.init(.environment)
        for setting in Setting.all {
            guard let text = environment(setting.variable), !text.isEmpty else { continue }
            if let problem = put(setting, setting.value(ofWord: text)) {
                throw CommandFailure(.configInvalid, "\(setting.variable) \(problem)")
            }
        }
    }
}

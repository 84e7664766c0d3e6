import Reactor

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// What was said: files, environment, command line.
extension Doctor {
    /// Looks at all that tells settings; returns those that make sense.
    mutating func examineSettings() -> Settings {
        var failures: [CommandFailure] = []
        let configuration: Configuration
        do throws(CommandFailure) {
            configuration = try Configuration(flags: flags, file: file, environment: environment) {
                failures.append($0)
            }
        } catch {
            // Nothing is thrown that is not told here.
            findings.append(.broken(.config, error.message, "correct it"))
            return Settings()
        }
        for failure in failures {
            let isVariable = failure.message.hasPrefix(Setting.variablePrefix)
            let advice = isVariable ? "correct it where it is set, or unset it" : "correct it; see linnet-config(5)"
            findings.append(.broken(isVariable ? .environment : .config, failure.message, advice))
        }
        for layer in configuration.layers {
            guard let file = layer.file else { continue }
            examine(file, layer, isSound: !failures.contains { $0.message.contains(file.path) })
        }
        if !findings.contains(where: { $0.check == .config }) {
            let places = [configuration.keeper, Configuration.userFile(environment)].compactMap { $0?.path }
            findings.append(
                .ok(.config, "there is no configuration file; it would be \(places.joined(separator: " or "))"))
        }
        examineVariables()
        return configuration.settings
    }

    private mutating func examine(_ file: ConfigurationFile, _ layer: Configuration.Layer, isSound: Bool) {
        var status = stat()
        if stat(file.path.systemPath, &status) == 0, status.st_mode & 0o022 != 0 {
            findings.append(.warning(.config, "others may write to \(file.path)", "run: chmod go-w \(file.path)"))
        }
        guard isSound else { return }
        let names = layer.entries.map(\.name)
        let told = names.isEmpty ? "nothing" : names.joined(separator: ", ")
        findings.append(.ok(.config, "\(file.path) sets \(told)"))
    }

    private mutating func examineVariables() {
        for (name, meant) in Configuration.unknownVariables(among: variables) {
            let advice = meant.map { "did you mean \($0)?" } ?? "linnet-config(5) lists the variables"
            findings.append(.warning(.environment, "\(name) is not a variable of linnet", advice))
        }
        let told = Configuration.variables.filter { environment($0).map { !$0.isEmpty } ?? false }
        if !findings.contains(where: { $0.check == .environment }) {
            findings.append(
                .ok(.environment, told.isEmpty ? "no variable of linnet is set" : "\(told.joined(separator: ", ")) set")
            )
        }
    }
}

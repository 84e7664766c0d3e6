import Multiformats
import Reactor
import Swarm
import Wire

/// The commands about settings.
extension Command {
    static let configGet = Command(
        spec: CommandSpec(
            "config.get", "List the settings, with their values and where these come from.",
            arguments: [ConfigArguments.pattern.spec],
            item: [
                ConfigFields.name.required, ConfigFields.value, ConfigFields.source.required, ConfigFields.file,
                ConfigFields.line, ConfigFields.live.required, ConfigFields.default, ConfigFields.summary.required,
            ],
            answer: [Fields.count.required],
            example: #"{"cmd":"config.get","name":"log*"}"#
        ).whileLocked,
        handler: .immediate { engine, call throws(CommandFailure) in try engine.configGet(call) })

    static let configSet = Command(
        spec: CommandSpec(
            "config.set", "Change a setting of the running engine and, with saved, for the next start as well.",
            arguments: [
                ConfigArguments.name.required, ConfigArguments.value.required,
                ConfigArguments.saved.or(.bool(false)),
            ],
            answer: [
                ConfigFields.name.required, ConfigFields.value, ConfigFields.source.required,
                ConfigFields.applied.required, ConfigFields.savedTo, ConfigFields.overriddenBy,
            ],
            errors: [
                .settingFixed, .configInvalid, .configUnwritable, .addressInvalid, .addressInUse,
                .networkFailed,
            ], takesKey: true,
            example: #"{"cmd":"config.set","name":"log","value":"debug"}"#
        ).normalized { content in
            // A value may be of its own type, or text as the option takes it.
            guard let setting = content.value("name")?.stringValue.flatMap(Setting.named),
                let value = content.value("value")
            else { return }
            let read = value.stringValue.map(setting.value(ofWord:)) ?? value
            content = content.filter { $0.name != "value" } + [JSON.Member("value", setting.spec.type.canonical(read))]
        },
        handler: .immediate { engine, call throws(CommandFailure) in try engine.configSet(call) })
}

enum ConfigArguments {
    static let pattern = Argument.string(
        FieldSpec(
            "name", .string(bytes: 1...64), "only these; * and ? stand for any characters", example: .string("log*")))
    static let name = Argument.string(
        FieldSpec("name", .choice(Setting.all.map(\.name)), "the setting", example: .string("log")))
    static let value = Argument.json(
        FieldSpec(
            "value", .any,
            "the new value, in the type of the setting, or as text in the form its option takes; null undoes an earlier change",
            example: .string("debug")))
    static let saved = Argument.boolean(
        FieldSpec(
            "saved", .boolean, "also write it to the configuration file, for the next start", example: .bool(true)))
}

enum ConfigFields {
    static let name = FieldSpec("name", .text(64), "the setting", example: .string("log"))
    static let value = FieldSpec("value", .any, "what it is", example: .string("debug")).prose
    static let source = FieldSpec(
        "source", .choice(Configuration.Source.allCases.map(\.rawValue)), "who says so", example: .string("file")
    ).measured
    static let file = FieldSpec(
        "file", .text(4096), "the file that sets it", example: .string("/home/bob/.config/linnet/config.toml")
    ).measured
    static let line = FieldSpec("line", .count, "the line of the file", example: .integer(3)).measured
    static let live = FieldSpec("live", .boolean, "whether it can be changed while the engine is running")
    static let `default` = FieldSpec("default", .any, "its default", example: .string("warning"))
    static let summary = FieldSpec(
        "summary", .text(256), "what it means", example: .string("what is logged to stderr"))
    static let applied = FieldSpec(
        "applied", .boolean, "whether it is in effect now; if not, it will be from the next start")
    static let savedTo = FieldSpec(
        "saved_to", .text(4096), "the file that contains it",
        example: .string("/home/bob/.local/share/linnet/default/config.toml")
    ).measured
    static let overriddenBy = FieldSpec(
        "overridden_by", .choice(["flag", "environment"]), "what will override the file at the next start")
}

extension Engine {
    func configGet(_ call: Invocation) throws(CommandFailure) {
        var found = Setting.all
        if let name = call.optional(ConfigArguments.pattern) {
            let glob = Glob(name)
            found = found.filter { glob.matches($0.name) }
            // A pattern may fit none; a plain name that does is a slip of the fingers.
            if found.isEmpty, !name.contains(where: { $0 == "*" || $0 == "?" }) {
                throw CommandFailure(.argumentInvalid, Setting.unknown(name), field: ConfigArguments.pattern.spec.name)
            }
        }
        for setting in found {
            let origin = configuration.origin(of: setting)
            call.item { line in
                line.string(ConfigFields.name, setting.name)
                line.value(ConfigFields.value, origin.value)
                line.string(ConfigFields.source, origin.source.rawValue)
                line.string(ConfigFields.file, origin.file)
                line.count(ConfigFields.line, origin.line)
                line.bool(ConfigFields.live, setting.isLive)
                line.value(ConfigFields.default, setting.spec.defaultValue)
                line.string(ConfigFields.summary, setting.spec.summary)
            }
        }
        call.ok { $0.count(Fields.count, found.count) }
    }

    func configSet(_ call: Invocation) throws(CommandFailure) {
        let name = try call.value(ConfigArguments.name)
        guard let setting = Setting.named(name) else {
            throw CommandFailure(.argumentInvalid, Setting.unknown(name), field: ConfigArguments.name.spec.name)
        }
        let value = try checked(try call.value(ConfigArguments.value), for: setting)
        let isSaved = try call.value(ConfigArguments.saved)
        if !setting.isLive, !isSaved || configuration.keeper?.place == .profile && setting.findsProfile {
            throw fixed(setting, isSaved: isSaved)
        }
        if setting.isLive {
            var changed = configuration
            changed.set(setting, to: value)
            try adopt(changed)
        }
        guard isSaved else { return told(setting, isSaved: false, call) }
        // What comes after this command finds the setting changed; only the answer waits for the disk.
        call.task = spawn { [self] in
            do throws(CommandFailure) {
                try await call.changing { () async throws(CommandFailure) in try await save(setting, value) }
                told(setting, isSaved: true, call)
            } catch {
                call.fail(error)
            }
        }
    }

    private func told(_ setting: Setting, isSaved: Bool, _ call: Invocation) {
        let origin = configuration.origin(of: setting)
        call.ok { line in
            line.string(ConfigFields.name, setting.name)
            line.value(ConfigFields.value, origin.value)
            line.string(ConfigFields.source, origin.source.rawValue)
            line.bool(ConfigFields.applied, setting.isLive)
            guard isSaved else { return }
            line.string(ConfigFields.savedTo, configuration.keeper?.path)
            line.string(ConfigFields.overriddenBy, configuration.isOverridden(setting)?.rawValue)
        }
    }

    /// A value as a command gives it; nil for none.
    private func checked(_ value: JSON, for setting: Setting) throws(CommandFailure) -> JSON? {
        if value == .null { return nil }
        let read = value.stringValue.map(setting.value(ofWord:)) ?? value
        let isLost =
            setting.isPath
            && read.stringValue.map { $0.dropping(prefix: "/") == nil && $0.dropping(prefix: "~/") == nil } ?? false
        guard let problem = isLost ? "must begin with / or ~/" : setting.problem(with: read) else {
            return setting.canonical(read)
        }
        throw CommandFailure(
            .argumentInvalid, "\(setting.name) \(problem)", field: ConfigArguments.value.spec.name)
    }

    private func save(_ setting: Setting, _ value: JSON?) async throws(CommandFailure) {
        let done = setting.isLive ? "\(setting.name) is set, but not saved: " : ""
        guard let keeper = configuration.keeper else {
            throw CommandFailure(
                .configUnwritable, "\(done)an ephemeral engine has no configuration file; name one with --config",
                field: ConfigArguments.saved.spec.name)
        }
        if keeper.place == .profile {
            do throws(CommandFailure) {
                try account.place?.check()
            } catch {
                throw CommandFailure(error.spec, done + error.message)
            }
        }
        let result: Result<TOMLDocument, CommandFailure>? = try? await fileWorker.run {
            do throws(CommandFailure) {
                return .success(try keeper.save(setting.name, value))
            } catch {
                return .failure(error)
            }
        }
        switch result {
        case .success(let document)?: if setting.isLive { configuration.kept(setting, value, in: document) }
        case .failure(let error)?:
            throw CommandFailure(error.spec, done + error.message, field: ConfigArguments.saved.spec.name)
        case nil: throw CommandFailure(.engineStopping, "the engine stopped before the file was written")
        }
    }

    private func fixed(_ setting: Setting, isSaved: Bool) -> CommandFailure {
        let text =
            isSaved
            ? "determines where the profile is; a file in the profile cannot say it: use \(setting.option), or "
                + "\(setting.variable) in the environment"
            : "cannot be changed while the engine is running; restart it with \(setting.option), or \(setting.variable) in "
                + "its environment"
        return CommandFailure(.settingFixed, "\(setting.name) \(text)", field: ConfigArguments.name.spec.name)
    }
}

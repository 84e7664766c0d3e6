import Engine
import Reactor
import Wire

/// The command line of `linnet`, understood.
struct ToolOptions: Equatable {
    /// The settings that it tells.
    var settings = Configuration.Layer(.flag)
    /// The file of further ones; nil for those where everybody looks.
    var configuration: String?
    /// A command with its fields, to be carried out alone; none for a filter.
    var words: [String] = []
    /// What the reader gets of a command's answer.
    var form = AnswerSink.Form.lines
    /// The file in which what is read and written is kept.
    var record: String?
    /// The program between output and input; nil for the process's own.
    var program: String?
    /// When it is started again.
    var restart: RestartPolicy?
    /// Whether a document is printed as lines of JSON.
    var isJSON = false
    /// Whether a record is done again without its pauses.
    var isFast = false
    /// Which record of a file, from 1; nil for the last.
    var run: Int?
    /// How many events are printed.
    var count: Int?
    /// Where a listener begins.
    var since: String?
    /// The name by which it is remembered what a listener has printed.
    var consumer: String?
    /// How long a command may take.
    var patience: Duration?
    /// The descriptor that the passphrase is read from.
    var secretDescriptor: Int32?
}

/// What a command line asks for.
enum Invitation: Equatable {
    /// Run an engine.
    case run(ToolOptions)
    /// Print the help and go.
    case help
    /// Print the version and go.
    case version
}

/// What is wrong with a command line.
struct UsageError: Error, Equatable {
    let message: String
}

/// One option: its spelling, what follows it, what it does to the options.
struct OptionSpec: Sendable {
    let name: String
    /// What its value is called in the help; nil for a flag.
    let placeholder: String?
    let summary: String
    /// Whether its value is a path, or for a shell: bytes, which need be no text.
    var takesBytes = false
    /// The setting that it tells, if it is one of those.
    var setting: Setting?
    /// Takes the value in, empty for a flag without one; answers what is wrong with it, as the rest of a sentence.
    let apply: @Sendable (String, inout ToolOptions) -> String?

    /// The words its value is one of; none where it may be anything.
    var words: [String] {
        guard let placeholder, placeholder.contains("|") else { return [] }
        return placeholder.split(separator: "|").map(String.init)
    }

    /// Whether it may be given again, to add a value.
    var isRepeatable: Bool { setting?.isList == true }
}

extension OptionSpec {
    /// The option of a setting.
    init(_ setting: Setting) {
        name = setting.option
        placeholder = setting.placeholder
        let repeats = setting.isList ? "; may be repeated" : ""
        summary = setting.spec.summary + repeats + (setting.absenceText.map { " [\($0)]" } ?? "")
        takesBytes = setting.isPath
        self.setting = setting
        apply = { text, options in
            var value = setting.placeholder == nil && text.isEmpty ? .bool(true) : setting.value(ofWord: text)
            if case .array(let more) = value, !more.isEmpty, case .array(let values)? = options.settings.value(setting)
            {
                value = .array(values + more)
            }
            return options.settings.put(setting, value)
        }
    }
}

extension ToolOptions {
    /// Every option of the tool, in the order of its help: the settings, which have a table of their own, and what
    /// else this one run is to do.
    static let specs = Setting.all.map(OptionSpec.init) + actions

    private static let actions: [OptionSpec] = [
        OptionSpec(
            name: "--config", placeholder: "FILE", summary: "read settings from this file only [~/.config/linnet]",
            takesBytes: true
        ) { value, options in
            options.configuration = value
            return value.isEmpty ? "must be a file" : nil
        },
        OptionSpec(
            name: "--record", placeholder: "FILE", summary: "record what is read and written, with times",
            takesBytes: true
        ) { value, options in
            options.record = value
            return value.isEmpty ? "must be a file" : nil
        },
        OptionSpec(
            name: "--exec", placeholder: "CMD", summary: "run CMD, with events on its stdin and commands on its stdout",
            takesBytes: true
        ) { value, options in
            options.program = value
            return value.isEmpty ? "must be a command for /bin/sh" : nil
        },
        OptionSpec(
            name: "--restart", placeholder: "never|on-failure|always", summary: "when to start CMD again [on-failure]"
        ) { value, options in
            options.restart = RestartPolicy(rawValue: value)
            return FieldType.choice(RestartPolicy.allCases.map(\.rawValue)).problem(with: .string(value))
        },
        OptionSpec(name: "-C", placeholder: "COUNT", summary: "listen: stop after this many events") {
            value, options in
            options.count = Int(value).flatMap { $0 > 0 ? $0 : nil }
            return options.count == nil ? "must be a number from 1" : nil
        },
        OptionSpec(
            name: "--since", placeholder: "WHEN",
            summary: "listen: begin after this event, or so long ago [now]"
        ) { value, options in
            options.since = value
            return value.isEmpty ? "must be the seq of an event, or a time such as 24h" : nil
        },
        OptionSpec(
            name: "--consumer", placeholder: "NAME",
            summary: "listen: continue where the last one of this name stopped"
        ) { value, options in
            options.consumer = value
            return value.isEmpty ? "must be a name" : nil
        },
        OptionSpec(
            name: "-W", placeholder: "TIME",
            summary: "COMMAND, listen, replay: how long to wait"
        ) {
            value, options in
            let type = FieldType.duration(1...86_400_000)
            let time = type.value(ofWord: value)
            if let problem = type.problem(with: time) { return problem }
            options.patience = DurationText.milliseconds(time).map { .milliseconds($0) }
            return nil
        },
        OptionSpec(name: "-q", placeholder: nil, summary: "COMMAND: print nothing, only set the exit status") {
            _, options in
            options.form = .silence
            return nil
        },
        OptionSpec(name: "--raw", placeholder: "FIELD", summary: "COMMAND: print only this field's values, one a line")
        {
            value, options in
            options.form = .values(of: value)
            return value.isEmpty ? "must be the name of a field" : nil
        },
        OptionSpec(
            name: "--raw0", placeholder: "FIELD", summary: "COMMAND: the same values unchanged, each followed by NUL"
        ) { value, options in
            options.form = .records(of: value)
            return value.isEmpty ? "must be the name of a field" : nil
        },
        OptionSpec(
            name: "--secret-fd", placeholder: "N", summary: "read the passphrase of the account from descriptor N"
        ) { value, options in
            options.secretDescriptor = Int32(value).flatMap { $0 >= 0 ? $0 : nil }
            return options.secretDescriptor == nil ? "must be the number of a descriptor" : nil
        },
        OptionSpec(name: "--json", placeholder: nil, summary: "doctor: print JSON lines") { _, options in
            options.isJSON = true
            return nil
        },
        OptionSpec(name: "--fast", placeholder: nil, summary: "replay: ignore the recorded times") { _, options in
            options.isFast = true
            return nil
        },
        OptionSpec(name: "--run", placeholder: "NUMBER", summary: "replay: which record in the file [the last]") {
            value, options in
            options.run = Int(value).flatMap { $0 > 0 ? $0 : nil }
            return options.run == nil ? "must be a number from 1" : nil
        },
        OptionSpec(name: "--help", placeholder: nil, summary: "print this and exit") { _, _ in nil },
        OptionSpec(name: "--version", placeholder: nil, summary: "print the version and exit") { _, _ in nil },
    ]

    /// Understands the arguments behind the program's name, each as ``PathText``.
    static func parse(_ arguments: some Sequence<String>) throws(UsageError) -> Invitation {
        var options = ToolOptions()
        var rest = Array(arguments).makeIterator()
        var isPastOptions = false
        while let argument = rest.next() {
            guard argument.utf8.first == UInt8(ascii: "-"), argument != "-", !isPastOptions else {
                options.words.append(argument)
                continue
            }
            if argument == "--" {
                isPastOptions = true
                continue
            }
            let (name, given) = argument.cut(at: UInt8(ascii: "=")).map { ($0.head, $0.tail) } ?? (argument, nil)
            switch name {
            case "--help", "-h": return .help
            case "--version", "-V": return .version
            default: break
            }
            guard let spec = specs.first(where: { $0.name == name }) else { throw unknown(name) }
            var value = ""
            if spec.placeholder == nil {
                if let given {
                    guard spec.setting != nil else { throw UsageError(message: "\(name) takes no value") }
                    guard ["true", "false"].contains(given) else {
                        throw UsageError(message: "\(name) takes no value, but for =true and =false")
                    }
                    value = given
                }
            } else if let given {
                value = given
            } else {
                guard let next = rest.next() else {
                    throw UsageError(message: "\(name) needs a value: \(spec.placeholder ?? "")")
                }
                value = next
            }
            if !spec.takesBytes {
                guard let text = PathText.plain(value) else { throw UsageError(message: "\(name) is no UTF-8 text") }
                value = text
            }
            if let problem = spec.apply(value, &options) { throw UsageError(message: "\(name) \(problem)") }
        }
        if options.words.isEmpty, options.form != .lines || options.patience != nil {
            throw UsageError(message: "-q, -W and --raw are for 'linnet COMMAND field=value …'")
        }
        let listens = options.words.first == "listen"
        if options.count != nil, !listens { throw UsageError(message: "-C is for 'linnet listen'") }
        if options.since != nil || options.consumer != nil, !listens {
            throw UsageError(message: "--since and --consumer are for 'linnet listen'")
        }
        if options.form != .lines, listens {
            throw UsageError(message: "-q and --raw are for 'linnet COMMAND field=value …'")
        }
        let isDoctor = options.words.first == "doctor"
        if options.isJSON, !isDoctor { throw UsageError(message: "--json is for 'linnet doctor'") }
        if isDoctor, options.form != .lines && options.form != .silence || options.patience != nil {
            throw UsageError(message: "-W and --raw are for 'linnet COMMAND field=value …'")
        }
        if isDoctor, let word = options.words.dropFirst().first {
            throw UsageError(message: "doctor takes no argument '\(word)'; it looks at what the options say")
        }
        let isReplay = options.words.first == "replay"
        if !isReplay, options.isFast || options.run != nil {
            throw UsageError(message: "--fast and --run are for 'linnet replay FILE'")
        }
        if isReplay, options.form.field != nil {
            throw UsageError(message: "--raw is for 'linnet COMMAND field=value …'")
        }
        if options.record != nil, let word = options.words.first, word == "attach" || isDoctor || isReplay {
            throw UsageError(message: "--record is not for 'linnet \(word)'")
        }
        if options.program == nil, options.restart != nil {
            throw UsageError(message: "--restart is for --exec CMD")
        }
        if options.program != nil, let word = options.words.first {
            throw UsageError(message: "--exec CMD needs no command '\(word)': CMD writes the commands")
        }
        return .run(options)
    }

    private static func unknown(_ argument: String) -> UsageError {
        UsageError(
            message: "no option '\(argument)'\(Suggestion.hint(for: argument, among: specs.map(\.name)))")
    }
}

extension ToolOptions {
    /// What `listen` is to print.
    var wish: Subscription.Wish {
        var wish = Subscription.Wish()
        wish.types = Array(words.dropFirst())
        (wish.since, wish.consumer, wish.limit) = (since, consumer, count)
        return wish
    }
}

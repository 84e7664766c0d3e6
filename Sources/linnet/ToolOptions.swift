import Engine

/// The command line of `linnet`, understood.
struct ToolOptions: Equatable {
    var home: String?
    var profile = "default"
    var isEphemeral = false
    var listen: [String] = []
    var servesPerf = false
    var onEndOfInput = EngineOptions.EndOfInput.drain
    var drain = Duration.seconds(10)
    var logLevel = LogLevel.warning
    var logFormat = LogFormat.text
    /// A command with its fields, to be carried out alone; none for a filter.
    var words: [String] = []
    /// What the reader gets of a command's answer.
    var form = AnswerSink.Form.lines
    /// The program between output and input; nil for the process's own.
    var program: String?
    /// When it is started again.
    var restart: RestartPolicy?
    /// How many events are printed.
    var count: Int?
    /// How long a command may take.
    var patience: Duration?
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
    /// Takes the value in; answers what the value should have been, if it is wrong.
    let apply: @Sendable (String, inout ToolOptions) -> String?

    /// The words its value is one of; none where it may be anything.
    var words: [String] {
        guard let placeholder, placeholder.contains("|") else { return [] }
        return placeholder.split(separator: "|").map(String.init)
    }
}

extension ToolOptions {
    /// Every option of the tool, in the order of its help.
    static let specs: [OptionSpec] = [
        OptionSpec(name: "--home", placeholder: "DIR", summary: "data directory [$XDG_DATA_HOME/linnet]") {
            value, options in
            options.home = value
            return value.isEmpty ? "a directory" : nil
        },
        OptionSpec(name: "--profile", placeholder: "NAME", summary: "who to be: a directory below it [default]") {
            value, options in
            options.profile = value
            return isProfileName(value) ? nil : "letters, digits, '.', '_' or '-', at most 64, not beginning with '.'"
        },
        OptionSpec(name: "--ephemeral", placeholder: nil, summary: "a throw-away identity; keep nothing") {
            _, options in
            options.isEphemeral = true
            return nil
        },
        OptionSpec(
            name: "--listen", placeholder: "ADDR", summary: "listen on a multiaddr; may be repeated [only dial]"
        ) { value, options in
            options.listen.append(value)
            return value.hasPrefix("/") ? nil : "a multiaddr, such as /ip4/127.0.0.1/tcp/4001"
        },
        OptionSpec(name: "--perf", placeholder: nil, summary: "let peers measure throughput (/perf/1.0.0)") {
            _, options in
            options.servesPerf = true
            return nil
        },
        OptionSpec(
            name: "--on-eof", placeholder: "drain|stay|now", summary: "what the end of stdin means [drain]"
        ) { value, options in
            guard let choice = EngineOptions.EndOfInput(rawValue: value) else { return "drain, stay or now" }
            options.onEndOfInput = choice
            return nil
        },
        OptionSpec(
            name: "--drain", placeholder: "SECONDS", summary: "how long to go on sending what waits [10]"
        ) { value, options in
            guard let seconds = Double(value), seconds >= 0, seconds <= 86_400 else {
                return "a number of seconds up to 86400"
            }
            options.drain = .milliseconds(Int64(seconds * 1000))
            return nil
        },
        OptionSpec(
            name: "--log", placeholder: "error|warning|info|debug", summary: "what is logged on stderr [warning]"
        ) { value, options in
            guard let level = LogLevel(rawValue: value) else { return "error, warning, info or debug" }
            options.logLevel = level
            return nil
        },
        OptionSpec(name: "--log-format", placeholder: "text|json", summary: "how it is written [text]") {
            value, options in
            guard let format = LogFormat(rawValue: value) else { return "text or json" }
            options.logFormat = format
            return nil
        },
        OptionSpec(
            name: "--exec", placeholder: "CMD", summary: "run CMD with events on its stdin and commands on its stdout"
        ) { value, options in
            options.program = value
            return value.isEmpty ? "a command for /bin/sh" : nil
        },
        OptionSpec(
            name: "--restart", placeholder: "never|on-failure|always", summary: "when to start CMD again [on-failure]"
        ) { value, options in
            options.restart = RestartPolicy(rawValue: value)
            return options.restart == nil ? "never, on-failure or always" : nil
        },
        OptionSpec(name: "-C", placeholder: "COUNT", summary: "listen: stop after this many events") {
            value, options in
            options.count = Int(value).flatMap { $0 > 0 ? $0 : nil }
            return options.count == nil ? "a number from 1" : nil
        },
        OptionSpec(
            name: "-W", placeholder: "SECONDS", summary: "COMMAND, listen: give up after this, with status 7"
        ) {
            value, options in
            guard let seconds = Double(value), seconds > 0, seconds <= 86_400 else {
                return "a number of seconds up to 86400"
            }
            options.patience = .milliseconds(max(1, Int64(seconds * 1000)))
            return nil
        },
        OptionSpec(name: "-q", placeholder: nil, summary: "COMMAND: print nothing, only end with its status") {
            _, options in
            options.form = .silence
            return nil
        },
        OptionSpec(name: "--raw", placeholder: "FIELD", summary: "COMMAND: print only this field's value, unquoted") {
            value, options in
            options.form = .values(of: value)
            return value.isEmpty ? "the name of a field" : nil
        },
        OptionSpec(name: "--help", placeholder: nil, summary: "print this and exit") { _, _ in nil },
        OptionSpec(name: "--version", placeholder: nil, summary: "print the version and exit") { _, _ in nil },
    ]

    /// Understands the arguments behind the program's name.
    static func parse(_ arguments: some Sequence<String>) throws(UsageError) -> Invitation {
        var options = ToolOptions()
        var rest = Array(arguments).makeIterator()
        var isPastOptions = false
        while let argument = rest.next() {
            guard argument.hasPrefix("-"), !isPastOptions else {
                options.words.append(argument)
                continue
            }
            if argument == "--" {
                isPastOptions = true
                continue
            }
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let name = parts.first ?? ""
            switch name {
            case "--help", "-h": return .help
            case "--version", "-V": return .version
            default: break
            }
            guard let spec = specs.first(where: { $0.name == name }) else { throw unknown(name) }
            var value = ""
            if spec.placeholder == nil {
                if parts.count > 1 { throw UsageError(message: "\(name) takes no value") }
            } else if parts.count > 1 {
                value = parts[1]
            } else {
                guard let next = rest.next() else {
                    throw UsageError(message: "\(name) needs a value: \(spec.placeholder ?? "")")
                }
                value = next
            }
            if let wanted = spec.apply(value, &options) {
                let hint = Suggestion.hint(for: value, among: spec.words)
                throw UsageError(message: "\(name): '\(value)' is not \(wanted)\(hint)")
            }
        }
        if options.words.isEmpty, options.form != .lines || options.patience != nil {
            throw UsageError(message: "-q, -W and --raw are for 'linnet COMMAND field=value …'")
        }
        let listens = options.words.first == "listen"
        if options.count != nil, !listens { throw UsageError(message: "-C is for 'linnet listen'") }
        if options.form != .lines, listens {
            throw UsageError(message: "-q and --raw are for 'linnet COMMAND field=value …'")
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

    private static func isProfileName(_ text: String) -> Bool {
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        return isPlain && !text.isEmpty && text.utf8.count <= 64 && !text.hasPrefix(".")
    }
}

import Engine
import Reactor
import Time

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Runs the tool on the calling thread, which becomes the network's; returns the exit status.
func runTool(_ arguments: [String]) -> Int32 {
    do throws(UsageError) {
        if let subcommand = try Subcommand.parse(arguments.dropFirst()) {
            print(subcommand.output, terminator: "")
            return ExitCode.success.number
        }
        switch try ToolOptions.parse(arguments.dropFirst()) {
        case .help: print(Help.text, terminator: "")
        case .version: print(Help.version, terminator: "")
        case .run(let options) where options.words.first == "doctor":
            return EventLoop.shared.runOnCurrentThread { examine(options).number }
        case .run(let options):
            do throws(CommandFailure) {
                let configuration = try Configuration(
                    flags: options.settings, file: options.configuration, environment: Environment.value)
                let engineOptions = try EngineOptions(configuration)
                return EventLoop.shared.runOnCurrentThread { await Tool(options, engineOptions).run() }
            } catch {
                return EventLoop.shared.runOnCurrentThread { await refuse(error, options).number }
            }
        }
        return ExitCode.success.number
    } catch {
        complain("\(error.message)\nTry: linnet --help")
        return ExitCode.usage.number
    }
}

/// Says something to the person on stderr, before there is a log.
func complain(_ text: String) {
    _ = Array("linnet: \(RawText.plain(text))\n".utf8).withUnsafeBytes { StandardOutput.write($0, to: 2) }
}

/// Looks at the set-up, and prints what there is to say about it.
@NetworkActor private func examine(_ options: ToolOptions) -> ExitCode {
    var doctor = Doctor(
        world: .real(), flags: options.settings, file: options.configuration, environment: Environment.value,
        variables: Environment.names)
    doctor.examine()
    let output = options.isJSON ? doctor.findings.lines : Array(doctor.findings.text.utf8)
    if options.form != .silence { _ = output.withUnsafeBytes { StandardOutput.write($0, to: 1) } }
    return doctor.findings.exit
}

/// Tells the reader that nothing runs, as an engine does that cannot start.
@NetworkActor private func refuse(_ failure: CommandFailure, _ options: ToolOptions) async -> ExitCode {
    if options.program == nil {
        let world = World.real()
        let output = StandardOutput(world: world)
        let sink: any LineSink =
            switch options.words.first {
            case nil: output
            case "listen": EventSink(to: output)
            default: AnswerSink(options.form, to: output)
            }
        await Engine.refuse(failure, world: world, output: sink)
    }
    if options.form != .silence { complain(failure.message) }
    return failure.spec.exit
}

/// An engine between this process's stdin and stdout, for one command, or for a program.
@NetworkActor private final class Tool {
    private let world = World.real()
    private let options: ToolOptions
    private let engineOptions: EngineOptions
    private let log: StandardError
    private var signals: SignalSource?

    init(_ options: ToolOptions, _ engineOptions: EngineOptions) {
        self.options = options
        self.engineOptions = engineOptions
        let settings = engineOptions.configuration.settings
        log = StandardError(world: world, level: settings.logLevel, format: settings.logFormat)
    }

    /// The exit status.
    func run() async -> Int32 {
        warnOfVariables()
        let status: Int32
        if let program = options.program {
            let supervisor = Supervisor(
                program, options.restart ?? .onFailure, world: world, options: engineOptions, log: log)
            status = await supervisor.run()
        } else if options.words.first == "listen" {
            status = await listen().number
        } else {
            status = await (options.words.isEmpty ? filter() : command()).number
        }
        await log.flush()
        return status
    }

    /// A variable that is nearly one of ours would be overlooked in silence.
    private func warnOfVariables() {
        for (name, meant) in Configuration.unknownVariables(among: Environment.names) where log.level >= .warning {
            guard let meant else { continue }
            let fields = [("name", name), ("meant", meant)]
            log.write(LogRecord(.warning, at: world.wallClock.now, "unknown environment variable", fields))
        }
    }

    /// Reads commands from stdin until it ends.
    private func filter() async -> ExitCode {
        do throws(CommandFailure) {
            let engine = try await start(engineOptions, StandardOutput(world: world))
            let input = StandardInput(world: world)
            spawn {
                await input.read { await engine.receive($0) }
                await engine.endOfInput()
            }
            return await engine.exitCode
        } catch {
            complain(error.message)
            return error.spec.exit
        }
    }

    /// Prints events, and reads nothing.
    private func listen() async -> ExitCode {
        do throws(CommandFailure) {
            var engineOptions = engineOptions
            try engineOptions.selectEvents(Array(options.words.dropFirst()), limit: options.count)
            let engine = try await start(engineOptions, EventSink(to: StandardOutput(world: world)))
            var isLate = false
            let timer = options.patience.map { patience in
                world.clock.schedule(after: patience) {
                    isLate = engine.isRunning
                    engine.stop(.endOfInput, drain: .zero)
                }
            }
            let status = await engine.exitCode
            timer?.cancel()
            guard isLate, let count = options.count, let patience = options.patience else { return status }
            complain("no \(count) events within \(patience.millisecondsClamped) ms")
            return .timedOut
        } catch {
            complain(error.message)
            return error.spec.exit
        }
    }

    /// Carries out the one command of the command line.
    private func command() async -> ExitCode {
        let sink = AnswerSink(options.form, to: StandardOutput(world: world))
        let began = world.clock.now
        let command: ShellCommand
        do throws(CommandFailure) {
            command = try ShellCommand(
                options.words, besides: Subcommand.specs.map(\.name), timeout: options.patience,
                read: Content.read)
            if case .values(let field) = options.form { try command.checkAnswer(has: field) }
        } catch {
            await Engine.refuse(error, of: options.words.first, world: world, output: sink)
            return conclude(await sink.answer)
        }
        var engineOptions = engineOptions
        engineOptions.tellsEvents = false
        guard let engine = try? await start(engineOptions, sink) else { return conclude(await sink.answer) }
        await engine.receive(command.line)
        let concluded = conclude(await sink.answer)
        let drain = engineOptions.configuration.settings.drain
        let left = options.patience.map { max(.zero, $0 - (world.clock.now - began)) }
        engine.stop(.endOfInput, drain: left.map { min(drain, $0) } ?? drain)
        let status = await engine.exitCode
        return status == .success ? concluded : status
    }

    private func start(_ engineOptions: EngineOptions, _ sink: any LineSink) async throws(CommandFailure) -> Engine {
        let engine = try await Engine.start(world: world, options: engineOptions, output: sink, log: log)
        signals = try? SignalSource([.interrupt, .terminate, .hangup]) { signal in
            // A hangup asks others to reopen their logs. Ours is stderr: there is nothing to reopen.
            if signal != .hangup { engine.interrupt(signal: signal.rawValue) }
        }
        return engine
    }

    private func conclude(_ outcome: AnswerSink.Outcome) -> ExitCode {
        if let complaint = outcome.complaint, options.form != .silence { complain(complaint) }
        return outcome.exit
    }
}

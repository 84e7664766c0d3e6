import CPlatform
import Engine
import Reactor
import Time
import Wire

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Runs the tool on the calling thread, which becomes the network's; returns the exit status.
func runTool(_ arguments: [String]) -> Int32 {
    platform_hold_standard_descriptors()
    platform_ignore_write_signals()
    keepMemoryToOurselves()
    return StandardOutput.settled(perform(arguments))
}

/// Does what the command line says.
private func perform(_ arguments: [String]) -> Int32 {
    do throws(UsageError) {
        if let subcommand = try Subcommand.parse(arguments.dropFirst()) {
            return StandardOutput.printed(Array(subcommand.output.utf8)).number
        }
        let invitation = try ToolOptions.parse(arguments.dropFirst())
        if case .run(let options) = invitation, options.form == .lines, options.words.count > 1,
            let subcommand = try Subcommand.parse(options.words)
        {
            return StandardOutput.printed(Array(subcommand.output.utf8)).number
        }
        switch invitation {
        case .help: return StandardOutput.printed(Array(Help.text.utf8)).number
        case .version: return StandardOutput.printed(Array(Help.version.utf8)).number
        case .run(let options) where !options.secretIsOpen:
            // Before anything is opened that might get its number.
            let failure = StandardInput.failure("descriptor \(options.secretDescriptor ?? -1)", EBADF)
            return EventLoop.shared.runOnCurrentThread { await refuse(failure, options).number }
        case .run(let options) where options.words.first == "doctor":
            return EventLoop.shared.runOnCurrentThread { await examine(options).number }
        case .run(let options):
            do throws(CommandFailure) {
                let configuration = try Configuration(
                    flags: options.settings, file: options.configuration, environment: Environment.value)
                let engineOptions = try EngineOptions(configuration)
                let manager = ServiceManager.fromEnvironment()
                return EventLoop.shared.runOnCurrentThread { await Tool(options, engineOptions, manager).run() }
            } catch {
                return EventLoop.shared.runOnCurrentThread { await refuse(error, options).number }
            }
        }
    } catch {
        complain(error.message, hint: "Try: linnet --help")
        return ExitCode.usage.number
    }
}

/// Says something to the person on stderr, before there is a log. The text may hold what strangers wrote.
func complain(_ text: String, hint: String? = nil) {
    let lines = "linnet: \(VisibleText.escaped(text))\n" + (hint.map { $0 + "\n" } ?? "")
    StandardError.say(Array(lines.utf8))
}

extension ToolOptions {
    /// Whether the descriptor of the passphrase is there, if there is to be one.
    fileprivate var secretIsOpen: Bool { secretDescriptor.map { platform_is_open($0) } ?? true }
}

/// Looks at the set-up, and prints what there is to say about it.
@NetworkActor private func examine(_ options: ToolOptions) async -> ExitCode {
    var doctor = Doctor(
        world: .real(), flags: options.settings, file: options.configuration, environment: Environment.value,
        variables: Environment.names)
    do throws(CommandFailure) {
        doctor.passphrase = try options.secretDescriptor.map { (descriptor) throws(CommandFailure) in
            try Secret.read(descriptor)
        }
    } catch {
        complain(error.message)
        return error.spec.exit
    }
    await doctor.examine()
    let output = options.isJSON ? doctor.findings.lines : Array(doctor.findings.text.utf8)
    let printed = options.form == .silence ? ExitCode.success : StandardOutput.printed(output)
    return printed == .success ? doctor.findings.exit : printed
}

/// Tells the reader that nothing runs, as an engine does that cannot start.
@NetworkActor private func refuse(_ failure: CommandFailure, _ options: ToolOptions) async -> ExitCode {
    if options.words.first == Subcommand.names { return failure.spec.exit }
    var status = failure.spec.exit
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
        if let code = output.failure {
            StandardOutput.complain(code)
            status = .storage
        }
    }
    if options.form != .silence { complain(failure.message) }
    return status
}

/// The tool at work: an engine between this process's stdin and stdout, for one command, or for a program; or a way to
/// an engine that runs already.
@NetworkActor final class Tool {
    let world = World.real()
    let options: ToolOptions
    var engineOptions: EngineOptions
    let log: StandardError
    let server: ClientServer
    private let manager: ServiceManager
    private var signals: SignalSource?
    private var record: RecordFile?
    private var standardOutput: StandardOutput?
    private let reaper = OrphanReaper()

    init(_ options: ToolOptions, _ engineOptions: EngineOptions, _ manager: ServiceManager) {
        self.options = options
        self.engineOptions = engineOptions
        self.manager = manager
        let settings = engineOptions.configuration.settings
        log = StandardError(world: world, level: settings.logLevel, format: settings.logFormat)
        server = ClientServer(world: world, log: log)
    }

    /// The exit status.
    func run() async -> Int32 {
        warnOfVariables()
        if let descriptor = options.secretDescriptor {
            do throws(CommandFailure) {
                engineOptions.secret = try Secret.read(descriptor)
            } catch {
                return await refuse(error, options).number
            }
        }
        var status: Int32
        if let program = options.program {
            status = await execute(program)
        } else {
            switch options.words.first {
            case nil: status = await filter().number
            case "listen": status = await listen().number
            case "attach": status = await attach().number
            case "replay": status = await replay().number
            case Subcommand.names: status = await names().number
            default: status = await command().number
            }
        }
        // A signal that forced the end is told before all else.
        if let code = standardOutput?.failure, status < 128 {
            StandardOutput.complain(code)
            status = ExitCode.storage.number
        }
        server.close()
        reaper?.cancel()
        await record?.flush()
        await log.flush()
        return status
    }

    /// Where lines go; opened when it is first needed.
    var output: StandardOutput {
        if let standardOutput { return standardOutput }
        let made = StandardOutput(world: world)
        standardOutput = made
        return made
    }

    /// A variable that is nearly one of ours would be overlooked in silence.
    private func warnOfVariables() {
        for (name, meant) in Configuration.unknownVariables(among: Environment.names) where log.level >= .warning {
            guard let meant else { continue }
            let fields = [("name", name), ("meant", meant)]
            log.write(LogRecord(.warning, at: world.wallClock.now, "unknown environment variable", fields))
        }
    }

    /// Starts an engine, and serves clients with it. If it cannot start, the lines that tell why have been written.
    func start(_ engineOptions: EngineOptions, _ sink: any LineSink) async throws(CommandFailure) -> Engine {
        do throws(CommandFailure) {
            return try await startQuietly(engineOptions, sink)
        } catch {
            await Engine.refuse(error, world: world, output: sink)
            throw error
        }
    }

    /// Starts an engine; if it cannot start, nothing has been written.
    func startQuietly(_ engineOptions: EngineOptions, _ sink: any LineSink) async throws(CommandFailure) -> Engine {
        // Whoever connects from now on waits for the engine.
        if let path = socketPath { try server.listen(at: path) }
        do throws(CommandFailure) {
            try server.adopt(manager.descriptors)
            if let path = options.record { record = try RecordFile(path, world: world, log: log) }
            let engine = try await Engine.start(
                world: world, options: engineOptions, output: sink, log: log, record: record, tellsFailure: false)
            server.serve(engine, in: engineOptions.directory)
            engine.onStopping = { [manager] in manager.stopping() }
            manager.ready(engine.accountPeer.map { "\($0)" } ?? "no account", world.clock)
            signals = try? SignalSource([.interrupt, .terminate, .hangup]) { signal in
                // A hangup asks others to reopen their logs. Ours is stderr: there is nothing to reopen.
                if signal != .hangup { engine.interrupt(signal: signal.rawValue) }
            }
            return engine
        } catch {
            server.close()
            throw error
        }
    }

    /// Does something else with signals than an engine would.
    func onSignal(_ action: @escaping @NetworkActor (Signal) -> Void) {
        signals?.cancel()
        signals = try? SignalSource([.interrupt, .terminate, .hangup]) { if $0 != .hangup { action($0) } }
    }

    /// Where clients are served by wish.
    var socketPath: String? { engineOptions.configuration.settings.socket }

    /// The engine that runs already: where the user says, else in the profile.
    func runningEngine() -> EngineConnection? {
        if let socketPath, let connection = EngineConnection(socketPath, world: world) { return connection }
        return engineOptions.directory.flatMap { EngineConnection($0 + "/" + Engine.socketName, world: world) }
    }
}

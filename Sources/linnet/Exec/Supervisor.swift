import Engine
import Reactor
import Time

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Runs a program between an engine's output and its input, and starts it again as the policy says.
///
/// Each run has an engine's life of its own, so that each begins with `started` and gets, marked as such, the events
/// that the one before was not written.
@NetworkActor final class Supervisor {
    /// How long a child may take to end: after its input has, and after it was asked to.
    private static let patience = (endOfInput: Duration.milliseconds(300), request: Duration.milliseconds(700))
    /// How long what a child left running may hold its output.
    private static let afterlife = Duration.seconds(1)

    private let world: World
    private let command: String
    private let policy: RestartPolicy
    private var options: EngineOptions
    private let log: any LogSink
    private var backoff = Backoff()
    private var engine: Engine?
    private var child: ChildProcess?
    private var isStopping = false
    private var pause: (timer: Timer, continuation: CheckedContinuation<Void, Never>)?

    init(
        _ command: String, _ policy: RestartPolicy, world: World, options: EngineOptions, log: any LogSink
    ) {
        self.command = command
        self.policy = policy
        self.world = world
        self.options = options
        self.log = log
    }

    /// The status to end with: the program's, or that of an engine that could not start.
    func run() async -> Int32 {
        let signals = try? SignalSource([.interrupt, .terminate, .hangup]) { [self] signal in
            if signal != .hangup { interrupt(signal) }
        }
        defer { signals?.cancel() }
        while true {
            let began = world.clock.now
            let end: End
            do {
                end = try await runOnce()
            } catch let error as CommandFailure {
                complain(error.message)
                return error.spec.exit.number
            } catch {
                complain("\(error)")
                return ExitCode.internal.number
            }
            let isOver = isStopping || end.isStoppedByCommand || !policy.restarts(after: end.status)
            let delay = isOver ? nil : backoff.delay(afterRunning: world.clock.now - began)
            tell(end.status, delay)
            guard let delay else { return isStopping || end.isStoppedByCommand ? 0 : end.status.number }
            await wait(delay)
            if isStopping { return 0 }
        }
    }

    /// How a run came out.
    private struct End {
        let status: ExitStatus
        /// Whether the program itself asked the engine to stop.
        let isStoppedByCommand: Bool
    }

    private func runOnce() async throws -> End {
        var shell = ChildCommand("/bin/sh", ["-c", command])
        shell.hasOwnGroup = true
        let child = try ChildProcess(shell)
        guard let input = child.standardInput, let output = child.standardOutput else {
            return End(status: .exited(-1), isStoppedByCommand: false)
        }
        self.child = child
        defer { self.child = nil }
        let sink = ChildInput(input)
        let engine: Engine
        do throws(CommandFailure) {
            engine = try await Engine.start(world: world, options: options, output: sink, log: log)
        } catch {
            await end(child, sink)
            output.close()
            throw error
        }
        self.engine = engine
        write(.info, "program started", [("pid", "\(child.processID)")])
        if isStopping { engine.interrupt(signal: Signal.terminate.rawValue) }
        spawn { [self] in
            _ = await child.waitForExit()
            await world.clock.sleep(for: Self.afterlife)
            output.close()
        }
        spawn {
            while let bytes = try? await output.read() { await engine.receive(bytes) }
            // A program that only reads may have closed its output long before its end.
            _ = await child.waitForExit()
            await engine.endOfInput()
        }
        _ = await engine.exitCode
        // What was set while it ran holds on.
        options.configuration = engine.configuration
        self.engine = nil
        let isStoppedByCommand = child.exitStatus == nil && !sink.isGone && !isStopping
        await end(child, sink)
        return End(status: child.exitStatus ?? .exited(-1), isStoppedByCommand: isStoppedByCommand)
    }

    /// Ends a child, if it has not ended: its input first, then a request, then by force.
    private func end(_ child: ChildProcess, _ sink: ChildInput) async {
        sink.close()
        await waitForExit(of: child, Self.patience.endOfInput)
        send(.terminate, to: child)
        await waitForExit(of: child, Self.patience.request)
        send(.kill, to: child)
        _ = await child.waitForExit()
    }

    private func waitForExit(of child: ChildProcess, _ limit: Duration) async {
        let deadline = world.clock.now + limit
        while child.exitStatus == nil, world.clock.now < deadline {
            await world.clock.sleep(for: .milliseconds(5))
        }
    }

    /// Signals a child and what it has started.
    private func send(_ signal: Signal, to child: ChildProcess) {
        if child.exitStatus == nil { _ = kill(-child.processID, signal.rawValue) }
    }

    private func interrupt(_ signal: Signal) {
        if isStopping, let child { send(.kill, to: child) }
        isStopping = true
        engine?.interrupt(signal: signal.rawValue)
        resume()
    }

    private func wait(_ delay: Duration) async {
        await withCheckedContinuation { continuation in
            let timer = world.clock.schedule(after: delay) { [self] in resume() }
            pause = (timer, continuation)
        }
    }

    private func resume() {
        pause?.timer.cancel()
        pause?.continuation.resume()
        pause = nil
    }

    private func tell(_ status: ExitStatus, _ delay: Duration?) {
        var fields = [("status", "\(status.number)")]
        if let delay { fields.append(("restart_ms", "\(delay.millisecondsClamped)")) }
        write(status == .exited(0) || isStopping ? .info : .warning, "program ended", fields)
    }

    private func write(_ level: LogLevel, _ event: String, _ fields: [(name: String, value: String)]) {
        if level <= log.level { log.write(LogRecord(level, at: world.wallClock.now, event, fields)) }
    }
}

extension ExitStatus {
    /// The status as a shell tells it.
    var number: Int32 {
        switch self {
        case .exited(let code): code
        case .signaled(let signal): ExitCode.signal(signal.rawValue).number
        }
    }
}

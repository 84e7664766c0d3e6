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
/// One engine outlives the runs of the program. Each run begins with `started`, and gets first the events that the run
/// before it was not written.
@NetworkActor final class Supervisor {
    /// How long a child may take to end: after its input has, and after it was asked to.
    private static let patience = (endOfInput: Duration.milliseconds(300), request: Duration.milliseconds(700))
    /// How long what a child left running may hold its output.
    private static let afterlife = Duration.seconds(1)

    private let world: World
    private let command: String
    private let policy: RestartPolicy
    private let engine: Engine
    private let log: any LogSink
    private var backoff = Backoff()
    private var child: ChildProcess?
    private var isStopping = false
    private var pause: (timer: Timer, continuation: CheckedContinuation<Void, Never>)?

    init(_ command: String, _ policy: RestartPolicy, world: World, engine: Engine, log: any LogSink) {
        self.command = command
        self.policy = policy
        self.world = world
        self.engine = engine
        self.log = log
    }

    /// The program's status, once it is not to be started again; the engine has stopped then.
    func run() async -> Int32 {
        while true {
            let began = world.clock.now
            let status: ExitStatus
            do {
                status = try await runOnce()
            } catch {
                complain("cannot run the program: \(error)")
                engine.stop(.endOfInput, drain: .zero)
                _ = await engine.exitCode
                return ExitCode.internal.number
            }
            let isOver = isStopping || !engine.isRunning || !policy.restarts(after: status)
            let delay = isOver ? nil : backoff.delay(afterRunning: world.clock.now - began)
            tell(status, delay)
            guard let delay else { return await end(status) }
            await wait(delay)
            if isStopping || !engine.isRunning { return await end(status) }
        }
    }

    /// Stops the engine, if nobody has, and gives the status to end with.
    private func end(_ status: ExitStatus) async -> Int32 {
        let isWanted = isStopping || !engine.isRunning
        engine.stop(.endOfInput)
        let code = await engine.exitCode
        guard code == .success else { return code.number }
        return isWanted ? 0 : status.number
    }

    private func runOnce() async throws -> ExitStatus {
        var shell = ChildCommand("/bin/sh", ["-c", command])
        shell.hasOwnGroup = true
        let child = try ChildProcess(shell)
        guard let input = child.standardInput, let output = child.standardOutput else { return .exited(-1) }
        self.child = child
        defer { self.child = nil }
        let sink = DescriptorSink(input)
        let client: Client
        do throws(CommandFailure) {
            client = try engine.connectReader(sink) { sink.close() }
        } catch {
            // The engine is on its way out.
            await end(child, sink)
            output.close()
            return child.exitStatus ?? .exited(-1)
        }
        write(.info, "program started", [("pid", "\(child.processID)")])
        spawn { [self] in
            _ = await child.waitForExit()
            await world.clock.sleep(for: Self.afterlife)
            output.close()
            // What it has left running may hold its input, and not read it.
            sink.close()
        }
        let reading = spawn {
            while let bytes = try? await output.read() {
                await client.receive(bytes)
                // There may have been a secret in it.
                bytes.erase()
            }
            // A program that only reads may have closed its output long before its end.
            _ = await child.waitForExit()
            await client.endOfInput()
        }
        // The engine's end lets go of the client, and so of the program's input.
        await client.ended()
        await end(child, sink)
        output.close()
        await reading.value
        return child.exitStatus ?? .exited(-1)
    }

    /// Ends a child, if it has not ended: its input first, then a request, then by force.
    private func end(_ child: ChildProcess, _ sink: DescriptorSink) async {
        sink.close()
        let request = world.clock.schedule(after: Self.patience.endOfInput) { [self] in send(.terminate, to: child) }
        let force = world.clock.schedule(after: Self.patience.endOfInput + Self.patience.request) { [self] in
            send(.kill, to: child)
        }
        _ = await child.waitForExit()
        request.cancel()
        force.cancel()
    }

    /// Signals a child and what it has started.
    private func send(_ signal: Signal, to child: ChildProcess) {
        if child.exitStatus == nil { _ = kill(-child.processID, signal.rawValue) }
    }

    /// Asks program and engine to stop; asked again, makes them.
    func interrupt(_ signal: Signal) {
        if isStopping, let child { send(.kill, to: child) }
        isStopping = true
        engine.interrupt(signal: signal.rawValue)
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
        engine.programEnded(status.number, restart: delay)
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

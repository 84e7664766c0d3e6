import Engine
import Reactor
import Time

extension Tool {
    /// How long to wait for an engine that has the profile and serves nobody: it is about to go, or has just come.
    private static let patience = Duration.seconds(5)
    private static let pause = Duration.milliseconds(20)
    /// How long to wait for one that was told to stop, and may have much to send.
    private static let stopPatience = Duration.seconds(60)
    /// What an engine may take longer than the command was to take.
    private static let grace = Duration.seconds(1)

    /// Carries out the one command of the command line: by the engine that has the profile, or by one for its sake.
    func command() async -> ExitCode {
        let sink = AnswerSink(options.form, to: output)
        let began = world.clock.now
        let command: ShellCommand
        do throws(CommandFailure) {
            command = try ShellCommand(
                options.words, besides: Subcommand.specs.map(\.name), timeout: options.patience,
                secret: engineOptions.secret, read: Content.read)
            if let field = options.form.field { sink.isOfItems = try command.hasItems(with: field) }
        } catch {
            await Engine.refuse(error, of: options.words.first, world: world, output: sink)
            return conclude(await sink.answer)
        }
        let deadline = began + min(options.patience ?? Self.patience, Self.patience)
        while true {
            do throws(CommandFailure) {
                if let engine = runningEngine(), try await isAnswered(command, by: engine, sink) {
                    if command.spec.name == "shutdown", socketPath == nil { await profileIsFree() }
                    return conclude(await sink.answer)
                }
                return try await carryOut(command, sink, began)
            } catch {
                guard error.spec == .profileInUse, world.clock.now < deadline else {
                    await Engine.refuse(error, of: options.words.first, world: world, output: sink)
                    return conclude(await sink.answer)
                }
                await world.clock.sleep(for: Self.pause)
            }
        }
    }

    /// Gives the command to an engine that runs already.
    ///
    /// - Returns: False if that engine ended before it took the command, so that nothing was done.
    /// - Throws: `timeout`, if it does not answer in time.
    private func isAnswered(
        _ command: ShellCommand, by engine: EngineConnection, _ sink: AnswerSink
    ) async throws(CommandFailure) -> Bool {
        let timer = options.patience.map { patience in
            world.clock.schedule(after: patience + Self.grace) { engine.close() }
        }
        defer {
            timer?.cancel()
            engine.close()
        }
        // Nobody waits for the answer any more. The engine may not even have read the command.
        output.onClosed = { [world] in
            world.clock.schedule(after: Self.grace) {
                sink.readerGone()
                engine.close()
            }
        }
        if await engine.send(command.line) { engine.finish() }
        let ending = await engine.relay(to: sink) { sink.isAnswered }
        if sink.isAnswered { return true }
        switch ending {
        case .silent, .left:
            let reason = ending.failure?.text ?? "the engine has not answered in time"
            throw CommandFailure(.timeout, reason)
        default: return false
        }
    }

    /// Waits until the engine that was told to stop has let go of the profile, so that what stands behind the command in
    /// a script finds it free.
    private func profileIsFree() async {
        let deadline = world.clock.now + (options.patience ?? Self.stopPatience)
        while engineOptions.isInUse, world.clock.now < deadline { await world.clock.sleep(for: Self.pause) }
    }

    /// Runs an engine for the command.
    private func carryOut(
        _ command: ShellCommand, _ sink: AnswerSink, _ began: Instant
    ) async throws(CommandFailure) -> ExitCode {
        var engineOptions = engineOptions
        engineOptions.tellsEvents = false
        // A command that makes an account wants no other in its place.
        engineOptions.makesAccount = !["account.create", "account.import"].contains(command.spec.name)
        // What it asks for is in the command; an account that it is about to open is not opened before.
        let engine = try await startQuietly(engineOptions, sink)
        var isAbandoned = false
        // Nobody waits for the answer any more: what was begun is finished, and nothing is waited for.
        output.onClosed = { [world] in
            isAbandoned = !sink.isAnswered
            world.clock.schedule(after: Self.grace) { sink.readerGone() }
        }
        await engine.receive(command.line)
        let concluded = conclude(await sink.answer)
        let settings = engineOptions.configuration.settings
        let drain = isAbandoned ? min(settings.drain, Self.grace) : settings.drain
        let left = options.patience.map { max(.zero, $0 - (world.clock.now - began)) }
        let limit = left.map { min(drain, $0) } ?? drain
        // Others may have found this engine meanwhile.
        await engine.clientsIdle(within: limit)
        engine.stop(.endOfInput, drain: limit)
        let status = await engine.exitCode
        return status == .success ? concluded : status
    }

    private func conclude(_ outcome: AnswerSink.Outcome) -> ExitCode {
        if let complaint = outcome.complaint, options.form != .silence { complain(complaint) }
        return outcome.exit
    }
}

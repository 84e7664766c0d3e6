import Engine
import Reactor
import Time

extension Tool {
    /// How long to wait for an engine that has the profile and serves nobody: it is about to go, or has just come.
    static let patience = Duration.seconds(5)
    /// How long to wait for one that was told to stop, and may have much to send.
    private static let stopPatience = Duration.seconds(60)
    /// What an engine may take longer than the command was to take.
    private static let grace = Duration.seconds(1)

    /// Carries out the one command of the command line: by the engine that has the profile, or by one for its sake.
    func command() async -> ExitCode {
        let sink = AnswerSink(options.form, to: output)
        let began = world.clock.now
        var command: ShellCommand
        do throws(CommandFailure) {
            command = try ShellCommand(
                options.words, besides: Subcommand.specs.map(\.name), timeout: options.patience,
                secret: engineOptions.secret, isBot: options.isBot, read: Content.read)
            if let field = options.form.field { sink.isOfItems = try command.hasItems(with: field) }
        } catch {
            await Engine.refuse(error, of: options.words.first, world: world, output: sink)
            return conclude(await sink.answer)
        }
        command.identify(world.random)
        if command.waitsForPeer { command.limit(to: engineOptions.configuration.settings.drain) }
        let deadline = began + min(options.patience ?? Self.patience, Self.patience)
        let watch = engineOptions.directory.map { DirectoryWatch($0, world.clock) }
        defer { watch?.close() }
        while true {
            let isLate = world.clock.now >= deadline
            do throws(CommandFailure) {
                if let engine = runningEngine() {
                    if let refusal = options.refusalOfRunningEngine {
                        engine.close()
                        complain(refusal)
                        return .profileInUse
                    }
                    if try await isAnswered(command, by: engine, sink) {
                        if command.spec.name == "shutdown", socketPath == nil { await profileIsFree() }
                        return conclude(await sink.answer)
                    }
                }
                if let watch, !isLate, engineOptions.isInUse {
                    // Its lock goes with it, or a socket comes.
                    await watch.change(before: deadline)
                    continue
                }
                return try await carryOut(command, sink, began)
            } catch {
                guard error.spec == .profileInUse, !isLate else {
                    await Engine.refuse(error, of: options.words.first, world: world, output: sink)
                    return conclude(await sink.answer)
                }
            }
        }
    }

    /// Gives the command to an engine that runs already.
    ///
    /// - Returns: False if that engine ended before it took the command, so that nothing was done; or while it was at
    ///   it, if the command has a key, by which it is done once whoever does it.
    /// - Throws: `timeout`, if it does not answer in time, or `engine.stopping`: what it did then is not known.
    private func isAnswered(
        _ command: ShellCommand, by engine: EngineConnection, _ sink: AnswerSink
    ) async throws(CommandFailure) -> Bool {
        let timer = command.timeout.map { patience in
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
        // That nothing more comes is not said: it would end what the command waits for with the engine's drain.
        let isSent = await engine.send(command.line)
        let ending = await engine.relay(to: sink) { sink.isAnswered }
        if sink.isAnswered { return true }
        switch ending {
        case .silent, .left:
            throw command.unanswered(ending.failure?.text ?? "the engine has not answered in time", isTimeout: true)
        case .lost where isSent && !command.isRepeatable:
            throw command.unanswered(ending.failure?.text ?? "the engine has ended", isTimeout: false)
        default: return false
        }
    }

    /// Waits until the engine that was told to stop has let go of the profile, so that what stands behind the command in
    /// a script finds it free.
    private func profileIsFree() async {
        guard let directory = engineOptions.directory else { return }
        let deadline = world.clock.now + (options.patience ?? Self.stopPatience)
        let watch = DirectoryWatch(directory, world.clock)
        defer { watch.close() }
        while engineOptions.isInUse, world.clock.now < deadline { await watch.change(before: deadline) }
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
        // Who waited for a delivery has used the time that there is for it.
        let patience = options.patience ?? (command.waitsForPeer ? command.timeout : nil)
        let left = patience.map { max(.zero, $0 - (world.clock.now - began)) }
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

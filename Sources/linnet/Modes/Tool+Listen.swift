import Engine
import Reactor
import Time
import Wire

extension Tool {
    /// How long an engine may take over a listener's end.
    private static let farewell = Duration.seconds(1)

    /// Prints events, and reads nothing: those of the engine that has the profile, or of one for this sake.
    func listen() async -> ExitCode {
        let sink = EventSink(to: output)
        do throws(CommandFailure) {
            let wish = options.wish
            var engineOptions = engineOptions
            try engineOptions.listen(wish)
            let began = world.clock.now
            let end = options.patience.map { began + $0 }
            let deadline = began + Self.patience
            let watch = engineOptions.directory.map { DirectoryWatch($0, world.clock) }
            defer { watch?.close() }
            while true {
                let isLate = world.clock.now >= deadline
                if let engine = runningEngine() {
                    if let refusal = options.refusalOfRunningEngine {
                        engine.close()
                        complain(refusal)
                        return .profileInUse
                    }
                    if let status = await listen(to: engine, wish, until: end) { return status }
                }
                if let watch, !isLate, engineOptions.isInUse {
                    await watch.change(before: deadline)
                    continue
                }
                do throws(CommandFailure) {
                    let engine = try await startQuietly(engineOptions, sink)
                    watch?.close()
                    return await listen(to: engine, until: end)
                } catch {
                    guard error.spec == .profileInUse, !isLate else { throw error }
                }
            }
        } catch {
            await Engine.refuse(error, world: world, output: sink)
            complain(error.message)
            return error.spec.exit
        }
    }

    /// Prints the events of an engine of our own.
    private func listen(to engine: Engine, until end: Instant?) async -> ExitCode {
        output.onClosed = { engine.readerGone() }
        var isLate = false
        let timer = end.map { end in
            world.clock.schedule(at: end) {
                isLate = engine.isRunning
                engine.stop(.endOfInput, drain: .zero)
            }
        }
        let status = await engine.exitCode
        timer?.cancel()
        return isLate ? concludeLate(status) : status
    }

    /// Prints the events of an engine that runs already; nil if it is on its way out and would not speak.
    private func listen(
        to engine: EngineConnection, _ wish: Subscription.Wish, until end: Instant?
    ) async -> ExitCode? {
        var (isLate, isLeaving) = (false, false)
        // What the reader has taken is acknowledged before the end, if the engine is well.
        let leave = { [world] in
            isLeaving = true
            engine.finish()
            world.clock.schedule(after: Self.farewell) { engine.close() }
        }
        let timer = end.map { end in
            world.clock.schedule(at: end) {
                isLate = true
                leave()
            }
        }
        defer {
            timer?.cancel()
            engine.close()
        }
        onSignal { _ in leave() }
        output.onClosed = { engine.close() }
        let subscription = Subscription(wish, to: output) { words in
            spawn { _ = await engine.send(words) }
        }
        let ending = await engine.relay(to: subscription) { subscription.isOver }
        if let failure = subscription.failure {
            complain(failure.message)
            return failure.spec.exit
        }
        if isLate, !subscription.hasEnough { return concludeLate(.success) }
        if isLeaving || subscription.hasEnough { return .success }
        switch ending {
        case .refused: return nil
        case .stopped where options.count != nil:
            complain("the engine stopped before there were that many events")
            return .commandFailed
        default:
            guard let failure = ending.failure else { return .success }
            complain(failure.text)
            return failure.exit
        }
    }

    /// The time is over. That is a failure only for those who wanted so many events in it.
    private func concludeLate(_ status: ExitCode) -> ExitCode {
        guard let count = options.count, let patience = options.patience else { return status }
        complain("no \(count) events within \(patience.millisecondsClamped) ms")
        return .timedOut
    }
}

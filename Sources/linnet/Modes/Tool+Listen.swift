import Engine
import Reactor
import Time
import Wire

extension Tool {
    /// How long to wait for an engine that has the profile and serves nobody: it is about to go, or has just come.
    private static let patience = Duration.seconds(5)
    private static let pause = Duration.milliseconds(20)
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
            while true {
                if let engine = runningEngine() {
                    if let refusal = options.refusalOfRunningEngine {
                        engine.close()
                        complain(refusal)
                        return .profileInUse
                    }
                    if let status = await listen(to: engine, wish, until: end) { return status }
                }
                do throws(CommandFailure) {
                    return await listen(to: try await startQuietly(engineOptions, sink), until: end)
                } catch {
                    guard error.spec == .profileInUse, world.clock.now < began + Self.patience else { throw error }
                    await world.clock.sleep(for: Self.pause)
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

import Engine
import Reactor
import Time
import Wire

extension Tool {
    /// Prints events, and reads nothing: those of the engine that has the profile, or of one for this sake.
    func listen() async -> ExitCode {
        do throws(CommandFailure) {
            let types = Array(options.words.dropFirst())
            var engineOptions = engineOptions
            try engineOptions.selectEvents(types, limit: options.count)
            let end = options.patience.map { world.clock.now + $0 }
            if let engine = runningEngine() { return await listen(to: engine, types, until: end) }
            let engine = try await start(engineOptions, EventSink(to: StandardOutput(world: world)))
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
        } catch {
            complain(error.message)
            return error.spec.exit
        }
    }

    private func listen(to engine: EngineConnection, _ types: [String], until end: Instant?) async -> ExitCode {
        var isLate = false
        let timer = end.map { end in
            world.clock.schedule(at: end) {
                isLate = true
                engine.close()
            }
        }
        defer {
            timer?.cancel()
            engine.close()
        }
        onSignal { _ in engine.close() }
        var members = [JSON.Member(name: "cmd", value: .string("events.subscribe"))]
        if !types.isEmpty { members.append(JSON.Member(name: "types", value: .array(types.map(JSON.string)))) }
        _ = await engine.send(JSON.object(members).bytes + [UInt8(ascii: "\n")])
        let count = LineCount(options.count, to: StandardOutput(world: world))
        await engine.relay(to: EventSink(to: count, isSubscribing: true)) { count.isSpent }
        return isLate && !count.isSpent ? concludeLate(.success) : .success
    }

    /// The time is over. That is a failure only for those who wanted so many events in it.
    private func concludeLate(_ status: ExitCode) -> ExitCode {
        guard let count = options.count, let patience = options.patience else { return status }
        complain("no \(count) events within \(patience.millisecondsClamped) ms")
        return .timedOut
    }
}

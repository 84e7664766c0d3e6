import Engine
import Reactor

extension Tool {
    /// Joins stdin and stdout to an engine that runs already. Its end is not the engine's.
    func attach() async -> ExitCode {
        guard options.words.count == 1 else {
            complain("attach takes no words; --home, --profile or --socket say which engine")
            return .usage
        }
        guard let engine = runningEngine() else {
            let place = socketPath ?? engineOptions.directory ?? "memory"
            complain("no engine serves \(place); start one with: linnet --on-eof stay")
            return .commandFailed
        }
        var isLeaving = false
        onSignal { _ in
            if isLeaving { engine.close() } else { engine.finish() }
            isLeaving = true
        }
        let input = StandardInput(world: world)
        let onEndOfInput = engineOptions.configuration.settings.onEndOfInput
        spawn {
            var isHeard = true
            await input.read { if isHeard { isHeard = await engine.send($0) } }
            switch onEndOfInput {
            case .drain: engine.finish()
            case .stay: break
            case .now: engine.close()
            }
        }
        await engine.relay(to: StandardOutput(world: world))
        engine.close()
        guard engine.hasSpoken else {
            complain("the engine would not speak: it is stopping, or another user's")
            return .commandFailed
        }
        return .success
    }
}

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
        var status = ExitCode.success
        var isLeaving = false
        onSignal { signal in
            if isLeaving {
                status = .signal(signal.rawValue)
                engine.close()
            } else {
                engine.finish()
            }
            isLeaving = true
        }
        output.onClosed = { engine.close() }
        let input = StandardInput(world: world)
        let onEndOfInput = engineOptions.configuration.settings.onEndOfInput
        spawn {
            var isHeard = true
            do throws(CommandFailure) {
                try await input.read { if isHeard { isHeard = await engine.send($0) } }
            } catch {
                complain(error.message)
                status = error.spec.exit
                return engine.finish()
            }
            switch onEndOfInput {
            case .drain: engine.finish()
            case .stay: break
            case .now: engine.close()
            }
        }
        let ending = await engine.relay(to: output)
        engine.close()
        if let failure = ending.failure {
            complain(failure.text)
            return failure.exit
        }
        return status
    }
}

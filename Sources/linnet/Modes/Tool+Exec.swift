import Engine
import Reactor

extension Tool {
    /// Runs a program between the engine's output and its input.
    func execute(_ program: String) async -> Int32 {
        var engineOptions = engineOptions
        engineOptions.tellsEvents = false
        let engine: Engine
        do throws(CommandFailure) {
            engine = try await startQuietly(engineOptions, SilentSink())
        } catch {
            complain(error.message)
            return error.spec.exit.number
        }
        let supervisor = Supervisor(program, options.restart ?? .onFailure, world: world, engine: engine, log: log)
        onSignal { supervisor.interrupt($0) }
        return await supervisor.run()
    }
}

/// Takes every line, and shows it to nobody.
private final class SilentSink: LineSink {
    func write(_ lines: [UInt8], done: @escaping @NetworkActor (Bool) -> Void) {
        done(true)
    }
}

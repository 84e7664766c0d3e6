import Engine
import Reactor

extension Tool {
    /// Reads commands from stdin until it ends.
    func filter() async -> ExitCode {
        do throws(CommandFailure) {
            let engine = try await start(engineOptions, StandardOutput(world: world))
            let input = StandardInput(world: world)
            spawn {
                await input.read { await engine.receive($0) }
                await engine.endOfInput()
            }
            return await engine.exitCode
        } catch {
            complain(error.message)
            return error.spec.exit
        }
    }
}

import Engine
import Reactor

extension Tool {
    /// Reads commands from stdin until it ends.
    func filter() async -> ExitCode {
        do throws(CommandFailure) {
            let engine = try await start(engineOptions, output)
            output.onClosed = { engine.readerGone() }
            let input = StandardInput(world: world)
            spawn {
                do throws(CommandFailure) {
                    try await input.read { await engine.receive($0) }
                    await engine.endOfInput()
                } catch {
                    if engine.isRunning { complain(error.message) }
                    engine.inputFailed(error)
                }
            }
            return await engine.exitCode
        } catch {
            complain(error.message)
            return error.spec.exit
        }
    }
}

import Engine
import Reactor

extension Tool {
    /// The longest that a person who has pressed the tab key should have to wait.
    private static let namePatience = Duration.seconds(2)

    /// Prints names that only the profile knows, one a line, for the completion scripts. Not in the help.
    func names() async -> ExitCode {
        var lines: [String] = []
        let kinds = Set(options.words.dropFirst())
        if kinds.contains("profiles") { lines += KnownNames.profiles(engineOptions) }
        if kinds.contains("aliases") || kinds.contains("groups") {
            let names = KnownNames()
            if let engine = runningEngine() {
                let timer = world.clock.schedule(after: Self.namePatience) { engine.close() }
                _ = await engine.send(KnownNames.question)
                await engine.relay(to: names) { names.isComplete }
                timer.cancel()
                engine.close()
            } else {
                await names.ask(engineOptions, world: world)
            }
            if kinds.contains("aliases") { lines += names.aliases }
            if kinds.contains("groups") { lines += names.groups }
        }
        return StandardOutput.printed(Array(lines.map { $0 + "\n" }.joined().utf8))
    }
}

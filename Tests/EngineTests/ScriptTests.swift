import Reactor
import Testing

/// The language, over real pipes: one script for each behaviour, in `Scripts/`.
@Suite struct ScriptTests {
    @Test(arguments: Script.all)
    func script(_ script: Script) async throws {
        try await spawn { try await ScriptRunner(script).run() }.value
    }

    @Test func thereAreScripts() {
        #expect(Script.all.count > 20)
    }
}

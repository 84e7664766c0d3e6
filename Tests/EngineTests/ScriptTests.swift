import Foundation
import Reactor
import Testing

/// The language, over real pipes: one script for each behaviour, in `Scripts/`.
@Suite struct ScriptTests {
    @Test(arguments: Script.all)
    func script(_ script: Script) async throws {
        try await spawn {
            await ScriptGate.shared.enter()
            defer { ScriptGate.shared.leave() }
            try await ScriptRunner(script).run()
        }.value
    }

    @Test func thereAreScripts() {
        // LINNET_SCRIPTS names a few of them, by a part of their names.
        #expect(Script.all.count > (ProcessInfo.processInfo.environment["LINNET_SCRIPTS"] == nil ? 20 : 0))
    }
}

/// Lets a few scripts run at a time: each starts engines, and some look at the clock.
@NetworkActor private final class ScriptGate {
    static let shared = ScriptGate()
    private var free = 4
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func enter() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    func leave() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}

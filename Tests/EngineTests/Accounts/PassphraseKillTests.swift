import Foundation
import Reactor
import Testing

/// An engine that is killed while it changes the passphrase: the account opens with the old one or with the new one,
/// and never with both, and it is the same account.
@Suite struct PassphraseKillTests {
    @Test(arguments: [UInt64(1), 2]) func oneOfTheTwoOpens(_ seed: UInt64) async throws {
        try await AskedEngine.inFolder("passphrase-kill") { folder in
            let random = SeededRandomSource(seed: seed)
            let home = ["--home", folder]
            let first = try AskedEngine(home, home: folder)
            let peer = try await first.line("started")["peer"]?.stringValue
            var (old, new) = ("the first passphrase", "the second one")
            try await first.tell(#""cmd":"account.password","new_passphrase":"\#(old)""#)
            try await first.close()

            var changes = 0
            for round in 0..<6 {
                let engine = try AskedEngine(home, home: folder)
                defer { engine.process.send(.kill) }
                try await engine.line("locked")
                if round % 2 == 0 { try await engine.tell(#""cmd":"account.unlock","passphrase":"\#(old)""#) }
                let line = #"{"cmd":"account.password","passphrase":"\#(old)","new_passphrase":"\#(new)"}"#
                engine.process.write(Array((line + "\n").utf8))
                // At any moment; when the new file is there and the old one still is, too; when it has just taken its
                // place.
                let end = ContinuousClock.now + .milliseconds(Int64(random.next(below: 2000)))
                let limit = ContinuousClock.now + .seconds(10)
                if round % 3 == 0 {
                    await World.real().clock.sleep(for: end - ContinuousClock.now)
                } else {
                    // On a thread of its own: it looks without a pause.
                    try await World.real().workers.run {
                        func isThere() -> Bool { access(folder + "/default/vault.new", F_OK) == 0 }
                        while !isThere(), ContinuousClock.now < limit {}
                        while round % 3 == 2, isThere(), ContinuousClock.now < limit {}
                    }
                }
                engine.process.send(.kill)
                _ = await engine.process.end(within: .seconds(20))

                let after = try AskedEngine(home, home: folder)
                defer { after.process.send(.kill) }
                #expect(try await after.line("locked")["peer"]?.stringValue == peer)
                let isOld = try await Self.opens(after, old)
                let isNew = try await Self.opens(after, new)
                #expect(isOld != isNew, "round \(round): old \(isOld), new \(isNew)")
                if isNew {
                    (old, new) = (new, old)
                    changes += 1
                }
                try await after.tell(#""cmd":"account.unlock","passphrase":"\#(old)""#)
                try await after.close()
            }
            #expect(changes > 0)
            print("PassphraseKillTests: seed \(seed), \(changes) of 6 changes had come through")
        }
    }

    @NetworkActor private static func opens(_ engine: AskedEngine, _ passphrase: String) async throws -> Bool {
        try await engine.ask(#""cmd":"account.verify","passphrase":"\#(passphrase)""#)["type"]?.stringValue == "ok"
    }
}

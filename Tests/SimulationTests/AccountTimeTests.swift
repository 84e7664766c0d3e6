import Engine
import Foundation
import Reactor
import Testing
import Time

/// What an account does with time: wrong passphrases cost ever more of it, and whoever asks for nothing is locked out.
@Suite struct AccountTimeTests {
    /// An engine whose account has the passphrase "right", in a directory that goes with the test.
    private static func inProfile(
        lockAfter: Duration = .zero, _ body: @escaping @NetworkActor (SimulatedEngine, World) async throws -> Void
    ) async throws {
        let directory = NSTemporaryDirectory() + "linnet-time-\(UInt64.random(in: 0...UInt64.max))"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try await SimulatedWorld.run(seed: 11, limit: .seconds(30 * 86_400)) { simulation in
            let world = simulation.host("alice")
            let alice = try await SimulatedEngine.start(world, directory: directory, lockAfter: lockAfter)
            try await alice.line(with: #""type":"started""#)
            await alice.send(#"{"cmd":"account.password","id":"p","new_passphrase":"right"}"#)
            try await alice.line(with: #""type":"ok","id":"p""#)
            try await body(alice, world)
            await alice.end()
        }
    }

    @Test func wrongPassphrasesBackOff() async throws {
        try await Self.inProfile { alice, world in
            var number = 0
            func answer(
                to passphrase: String, _ command: String = "account.verify"
            ) async throws -> (code: String, wait: Int) {
                number += 1
                await alice.send(#"{"cmd":"\#(command)","id":\#(number),"passphrase":"\#(passphrase)"}"#)
                let line = try await alice.line(with: #""id":\#(number),"#)
                return (try value("code", of: line), Int(try value("retry_after_ms", of: line)) ?? 0)
            }
            await alice.send(#"{"cmd":"account.lock","id":"l"}"#)
            try await alice.line(with: #""type":"ok","id":"l""#)
            var told: [Int] = []
            for round in 0..<10 {
                let (code, wait) = try await answer(to: "wrong", round % 2 == 0 ? "account.verify" : "account.unlock")
                #expect(code == "account.passphrase_wrong")
                told.append(wait)
                guard wait > 0 else { continue }
                // Too early, and even the right one is not looked at; nor does asking make it longer.
                await alice.sleep(for: .milliseconds(wait - 200))
                for passphrase in ["wrong", "right"] {
                    let (code, left) = try await answer(to: passphrase)
                    #expect(code == "rate.limited" && (1...200).contains(left), "\(code) \(left)")
                }
                await alice.sleep(for: .milliseconds(200))
            }
            #expect(told == [0, 1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000, 60000])
            // Nobody is locked out for ever, and the right one forgives.
            #expect(try await answer(to: "right", "account.unlock").code == "")
            try await alice.line(with: #""type":"started""#)
            #expect(try await answer(to: "wrong").wait == 0)
            #expect(try await answer(to: "wrong").wait == 1000)
        }
    }

    @Test func whoAsksForNothingIsLockedOut() async throws {
        try await Self.inProfile(lockAfter: .seconds(600)) { alice, world in
            @NetworkActor func isLocked() -> Bool { alice.lines.contains { $0.contains(#""type":"locked""#) } }
            // Whatever is asked keeps it open.
            for number in 0..<20 {
                await alice.sleep(for: .seconds(590))
                await alice.send(#"{"cmd":"contact.list","id":\#(number)}"#)
                try await alice.line(with: #""type":"ok","id":\#(number),"#)
            }
            #expect(!isLocked())
            let last = world.clock.now
            let locked = try await alice.line(with: #""type":"locked""#)
            #expect(locked.contains(#""reason":"idle""#))
            let idle = world.clock.now - last
            #expect(idle > .seconds(599) && idle < .seconds(602), "\(idle)")
            await alice.send(#"{"cmd":"contact.list","id":"late"}"#)
            #expect(try await alice.line(with: #""id":"late""#).contains("account.locked"))
            // For good, until somebody has the passphrase.
            await alice.sleep(for: .seconds(86_400))
            let start = alice.lines.count
            await alice.send(#"{"cmd":"account.unlock","id":"u","passphrase":"right"}"#)
            try await alice.line(with: #""type":"ok","id":"u""#)
            await alice.sleep(for: .seconds(590))
            #expect(!alice.lines[start...].contains { $0.contains(#""type":"locked""#) })
            try await alice.line(with: #""type":"locked""#, from: start)
        }
    }
}

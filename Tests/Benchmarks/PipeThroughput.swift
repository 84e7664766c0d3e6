import Foundation
import Identity
import Reactor
import Store
import Time

/// Lines a second through real pipes: trivial commands into an engine and their answers out of it, and the events of
/// its log; beside them what `cat`, `jq -c .` and Python's `json` make of the same bytes in the same run.
struct PipeThroughput {
    let linnet: String

    /// Each figure is the median of so many runs, the programs taking turns.
    private static let rounds = 5
    private static let commands = 200_000
    private static let events = 200_000

    func run() async throws {
        try commands()
        try await events()
    }

    private func commands() throws {
        let block = Array(String(repeating: "{\"cmd\":\"sync\",\"id\":7}\n", count: Self.commands).utf8)
        let rates = try compare(block) { try answered(block) }
        Table.add(Row("commands, answered", rates.figure, aim: ">= 100,000/s", note: rates.note))
    }

    /// Commands a second, from the first one written to the last one answered.
    private func answered(_ block: [UInt8]) throws -> Double {
        let program = try Program(linnet, ["--ephemeral"])
        _ = program.takeLines(1)
        let time = seconds {
            let writer = Thread { program.write(block) }
            writer.start()
            _ = program.takeLines(Self.commands)
        }
        program.finish()
        return Double(Self.commands) / time
    }

    private func events() async throws {
        let home = FileManager.default.temporaryDirectory.appendingPathComponent("linnet-events-\(getpid())").path
        defer { try? FileManager.default.removeItem(atPath: home) }
        try Program(linnet, ["--home", home]).finish()
        try await log(Self.events, in: home + "/default")
        // Whoever reads first is told all there is, and after that it counts as told.
        let first = try Program(linnet, ["--home", home])
        _ = first.takeLines(1)
        let text = first.takeLines(Self.events)
        first.finish()
        let rates = try compare(text) { try replayed(home) }
        Table.add(Row("events, from the log", rates.figure, aim: ">= 200,000/s", note: rates.note))
    }

    /// Logs messages as an engine does.
    private func log(_ count: Int, in profile: String) async throws {
        try await spawn {
            // The profile has no passphrase; its vault holds the key of the store.
            let vault = try Vault(parsing: Array(Data(contentsOf: URL(filePath: profile + "/vault"))))
            var configuration = StoreConfiguration()
            configuration.key = try vault.open(nil).storeKey
            let store = try await Store.open(.directory(profile), world: .real(), configuration: configuration)
            let now = World.real().wallClock.now
            for start in stride(from: 0, to: count, by: 10_000) {
                try await store.write { transaction in
                    for index in start..<start + 10_000 {
                        let payload = #"""
                            "message":"01M7XT4QXWV0RXV04NYQMAG8TA",\#
                            "chat":"12D3KooWPVErV6vwdAR7GQMjF1SdT7VTE8TNSNAwKiScSXyNJ8xZ",\#
                            "from":"12D3KooWPVErV6vwdAR7GQMjF1SdT7VTE8TNSNAwKiScSXyNJ8xZ",\#
                            "text":"message number \#(index)","sent_time":"2026-11-21T01:04:44.988Z"
                            """#
                        try transaction.append(
                            NewEvent(
                                type: "message", time: now,
                                chat: "12D3KooWPVErV6vwdAR7GQMjF1SdT7VTE8TNSNAwKiScSXyNJ8xZ",
                                payload: Array(payload.utf8)))
                    }
                }
            }
            await store.close()
        }.value
    }

    /// Events a second, of an engine that is asked for its log from the beginning.
    private func replayed(_ home: String) throws -> Double {
        let program = try Program(linnet, ["--home", home])
        _ = program.takeLines(1)
        let time = seconds {
            program.say(#"{"cmd":"events.subscribe","since":0}"#)
            _ = program.takeLines(1 + Self.events)
        }
        program.finish()
        return Double(Self.events) / time
    }
}

extension PipeThroughput {
    /// Lines a second of the engine, and of each of the others.
    private struct Rates {
        var all: [String: [Double]] = [:]

        func median(_ name: String) -> Double { all[name]?.median ?? 0 }
        var figure: String { median("linnet").figure + "/s" }

        var note: String {
            let others = ["cat", "jq", "python"].map { name in
                "\(name) \(median(name).figure)/s (\((median("linnet") / median(name)).figure) x)"
            }
            return "median of \(PipeThroughput.rounds); " + others.joined(separator: ", ")
        }
    }

    private func compare(_ text: [UInt8], _ linnet: () throws -> Double) throws -> Rates {
        let python = "import sys,json\nfor l in sys.stdin.buffer: sys.stdout.write(json.dumps(json.loads(l))+'\\n')"
        var rates = Rates()
        for _ in 0..<Self.rounds {
            rates.all["linnet", default: []].append(try linnet())
            rates.all["cat", default: []].append(try filter(text, "cat"))
            rates.all["jq", default: []].append(try filter(text, "jq", "-c", "."))
            rates.all["python", default: []].append(try filter(text, "python3", "-c", python))
        }
        return rates
    }

    /// Lines a second through another filter.
    private func filter(_ text: [UInt8], _ words: String...) throws -> Double {
        let program = try Program("/usr/bin/env", words)
        let time = seconds {
            let writer = Thread {
                program.write(text)
                program.closeInput()
            }
            writer.start()
            _ = program.takeLines(text.count { $0 == 0x0a })
        }
        program.finish()
        return Double(text.count { $0 == 0x0a }) / time
    }
}

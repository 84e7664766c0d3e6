import Engine
import Reactor
import TestSupport
import Time
import Wire

/// A whole stdin, in chunks of some size, to an engine in the simulated world: one answer for each line, each line that
/// comes out as the schema has it, `started` first and `stopped` last.
@NetworkActor public enum SessionTarget {
    private nonisolated static let schema = try? SchemaChecker(Language.standard.jsonSchema())
    /// Lines that may answer a command.
    private nonisolated static let answers = ["ok", "error"]

    /// The same, from a thread that is not the loop's, which waits.
    nonisolated static func runAndWait(_ input: [UInt8]) throws(FuzzFinding) -> String {
        let result = EventLoop.shared.runOnCurrentThread {
            do {
                return Result<String, FuzzFinding>.success(try await run(input))
            } catch {
                return .failure(error as? FuzzFinding ?? FuzzFinding("\(error)"))
            }
        }
        return try result.get()
    }

    /// Runs the target on an input.
    public static func run(_ input: [UInt8]) async throws -> String {
        let lines = try await SimulatedWorld.run(seed: 1, limit: .seconds(40 * 86_400)) { simulation in
            let world = simulation.host("engine")
            let sink = Sink(world)
            let engine = try await Engine.start(
                world: world, options: EngineOptions(location: .identity(.test(1))), output: sink)
            var random = SplitMix64(seed: UInt64(input.count))
            var rest = input[...]
            while !rest.isEmpty, engine.isRunning {
                let size = random.next(below: 8) == 0 ? rest.count : 1 + random.next(below: 64)
                await engine.receive(Array(rest.prefix(size)))
                rest = rest.dropFirst(size)
            }
            await engine.endOfInput()
            _ = await engine.exitCode
            return sink.lines
        }
        return try check(lines, input)
    }

    private static func check(_ lines: [[UInt8]], _ input: [UInt8]) throws(FuzzFinding) -> String {
        var types: [String] = []
        var codes: Set<String> = []
        for line in lines {
            let text = String(decoding: line, as: UTF8.self)
            guard OutputLine.isProper(line), let value = try? JSON(parsing: line, limits: wide),
                let type = value["type"]?.stringValue
            else { throw FuzzFinding("wrote \(text)") }
            if let problem = schema?.problem(withOutput: value) { throw FuzzFinding("\(problem): \(text)") }
            if let code = value["code"]?.stringValue, type == "error" {
                guard code != "internal" else { throw FuzzFinding("wrote \(text)") }
                codes.insert(code)
            }
            types.append(type)
        }
        guard types.first == "started", types.last == "stopped" else {
            throw FuzzFinding("began with \(types.first ?? "nothing"), ended with \(types.last ?? "nothing")")
        }
        let count = types.count { answers.contains($0) }
        let asked = questions(input)
        // What stands behind a `shutdown` may not have been read.
        let hasStopped = lines.contains { $0.starts(with: Array(#"{"type":"stopped","reason":"command""#.utf8)) }
        guard hasStopped ? count <= asked : count == asked else {
            throw FuzzFinding("\(asked) lines and \(count) answers")
        }
        return codes.sorted().first ?? "ok"
    }

    /// How many lines want an answer.
    private static func questions(_ input: [UInt8]) -> Int {
        input.split(separator: 0x0a).count { line in
            let content = line.last == 0x0d ? line.dropLast() : line
            return content.contains { $0 != 0x20 && $0 != 0x09 }
        }
    }

    /// `schema` writes long lines.
    private nonisolated static let wide = JSONLimits(count: 16 << 20, depth: 64)

    /// A reader that takes all, a little later.
    private final class Sink: LineSink {
        private(set) var lines: [[UInt8]] = []
        private let world: World

        init(_ world: World) { self.world = world }

        func write(_ bytes: [UInt8], done: @escaping @NetworkActor (Bool) -> Void) {
            lines += bytes.split(separator: 0x0a).map(Array.init)
            world.clock.schedule(after: .microseconds(50)) { done(true) }
        }
    }
}

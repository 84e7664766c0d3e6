import Engine
import Reactor
import TestSupport
import Testing
import Time
import Wire

/// An engine in a simulated world, with a reader that can stall.
@NetworkActor final class SimulatedEngine: LineSink {
    /// All that it has written.
    private(set) var lines: [String] = []
    /// The most bytes that it ever handed over at once: what it had kept for a slow reader.
    private(set) var largestBatch = 0
    /// Whether the reader takes nothing.
    var isStalled = false {
        didSet { if !isStalled { takeHeld() } }
    }
    private(set) var engine: Engine?
    private let world: World
    private var held: (lines: [UInt8], done: @NetworkActor (Bool) -> Void)?

    /// What every line is held against.
    private static let schema = try? SchemaChecker(Language.standard.jsonSchema())

    private init(_ world: World) {
        self.world = world
    }

    static func start(
        _ world: World, listen: [String] = [], retention: EventRetention = .init(), servesPerf: Bool = false,
        nickname: String? = nil, directory: String? = nil, lockAfter: Duration = .zero,
        record: (any RecordSink)? = nil
    ) async throws -> SimulatedEngine {
        let simulated = SimulatedEngine(world)
        var settings = Settings()
        settings.listen = listen
        settings.retention = retention
        settings.servesPerf = servesPerf
        settings.nickname = nickname
        settings.lockAfter = lockAfter
        let options = EngineOptions(
            location: directory.map { .directory($0) } ?? .ephemeral, Configuration(defaults: settings))
        simulated.engine = try await Engine.start(world: world, options: options, output: simulated, record: record)
        return simulated
    }

    /// Lets virtual time go by.
    func sleep(for time: Duration) async {
        await world.clock.sleep(for: time)
    }

    /// Gives it a line.
    func send(_ line: String) async {
        await engine?.receive(Array((line + "\n").utf8))
    }

    /// The first line from `start` on that holds all the parts; waits up to an hour of virtual time.
    @discardableResult
    func line(with parts: String..., from start: Int = 0) async throws -> String {
        let deadline = world.clock.now + .seconds(3600)
        var seen = start
        while world.clock.now < deadline {
            while seen < lines.count {
                let line = lines[seen]
                if parts.allSatisfy({ line.contains($0) }) { return line }
                seen += 1
            }
            await world.clock.sleep(for: .milliseconds(10))
            // Given up: time does not go on any more.
            try Task.checkCancellation()
        }
        throw Missing(parts: parts, lines: lines.suffix(20))
    }

    /// Ends its input and waits until it has stopped.
    func end() async {
        await engine?.endOfInput()
        _ = await engine?.exitCode
    }

    /// Ends it, and lets go of its profile.
    func leave() async {
        await end()
        engine = nil
    }

    func write(_ bytes: [UInt8], done: @escaping @NetworkActor (Bool) -> Void) {
        largestBatch = max(largestBatch, bytes.count)
        held = (bytes, done)
        if !isStalled { takeHeld() }
    }

    private func takeHeld() {
        guard let (bytes, done) = held else { return }
        held = nil
        let text = String(decoding: bytes, as: UTF8.self)
        let more = text.split(separator: "\n").map(String.init)
        for line in more { Self.check(line) }
        lines += more
        world.clock.schedule(after: .microseconds(100)) { done(true) }
    }

    private static func check(_ line: String) {
        guard let json = try? JSON(parsing: Array(line.utf8)) else {
            Issue.record("no JSON: \(line)")
            return
        }
        if let problem = schema?.problem(withOutput: json) { Issue.record("\(problem): \(line)") }
        if !OutputLine.isProper(Array(line.utf8)) { Issue.record("a raw character: \(line)") }
    }

    struct Missing: Error {
        let parts: [String]
        let lines: ArraySlice<String>
    }
}

/// The value of a field of a line.
func value(_ name: String, of line: String) throws -> String {
    let value = try JSON(parsing: Array(line.utf8))[name]
    switch value {
    case .string(let text): return text
    case .array(let values): return values.first?.stringValue ?? ""
    case let value?: return String(decoding: value.bytes, as: UTF8.self)
    case nil: return ""
    }
}

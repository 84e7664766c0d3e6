import Reactor
import Time
import Wire

/// Does again what a record tells, with a new engine, and compares what the engine says.
///
/// Each line goes in when the record has it, and not before something has come for every line that came before it
/// then: so answers whose ids a later line needs are there. The new engine's own names take the place of those that
/// the record has.
@NetworkActor public final class Replay {
    /// How a record is done again.
    public struct Options: Sendable {
        /// Where the engine keeps what it knows.
        public var location: EngineOptions.Location
        /// Whether to wait for answers alone, and not for the times of the record.
        public var isFast = false
        /// How much later than in the record a line may come.
        public var patience = Duration.seconds(5)

        /// With an engine at this place.
        public init(location: EngineOptions.Location) {
            self.location = location
        }
    }

    /// How it came out.
    public struct Result: Sendable {
        /// What is not as the record has it.
        public let differences: [Difference]
        /// How many lines are.
        public let matched: Int
        /// How many entries the record lost to a slow disk.
        public let lost: Int

        /// For people and programs: a line for each difference, and one that sums up.
        public var lines: [UInt8] {
            var json = JSONWriter()
            json.beginObject()
            json.key("same")
            json.bool(differences.isEmpty)
            json.key("matched")
            json.integer(matched)
            json.key("differences")
            json.integer(differences.count)
            if lost > 0 {
                json.key("lost")
                json.integer(lost)
            }
            json.endObject()
            json.newline()
            return differences.flatMap { $0.line(.standard) } + json.bytes
        }
    }

    private let record: Record
    private let options: Options
    private let world: World
    private let engine: Engine
    private var expectations: Expectations
    private var clients: [Int: Client] = [:]
    /// The last line of input of each client.
    private var lines: [Int: Int] = [:]
    /// The line of the record that was carried out last, and when it was, then.
    private var number = 1
    private var lastTime = Duration.zero
    private let began: Instant
    private var waiter: CheckedContinuation<Void, Never>?

    private init(_ record: Record, _ options: Options, _ world: World, _ engine: Engine, _ began: Instant) {
        self.record = record
        self.options = options
        self.world = world
        self.engine = engine
        self.began = began
        expectations = Expectations(record)
    }

    /// Does a record again.
    ///
    /// - Parameter sink: Where it is recorded in its turn.
    /// - Throws: what an engine says that cannot start; `argument.invalid`, if the record wants events that there are
    ///   not.
    public static func run(
        _ record: Record, _ options: Options, world: World, log: any LogSink = SilentLog(),
        record sink: (any RecordSink)? = nil
    ) async throws(CommandFailure) -> Result {
        var world = world
        world.network = LoopbackNetwork(world.network)
        let began = world.clock.now
        // What the engine says while it starts is kept until there is somebody to compare it.
        let pipes = ReplaySink(client: 0)
        let engine = try await Engine.start(
            world: world, options: try EngineOptions(record.header, at: options.location), output: pipes, log: log,
            record: sink, tellsFailure: false)
        let replay = Replay(record, options, world, engine, began)
        pipes.owner = replay
        return await replay.run()
    }

    private func run() async -> Result {
        for (index, entry) in record.entries.enumerated() {
            if case .output = entry.content { continue }
            await wait(for: index, entry.time)
            await perform(entry)
            (number, lastTime) = (entry.number, entry.time)
        }
        await wait(for: record.entries.count, record.entries.last?.time ?? .zero)
        let isToTheEnd = record.isToTheEnd
        if engine.isRunning { engine.stop(.endOfInput, drain: .zero) }
        _ = await engine.exitCode
        return Result(
            differences: expectations.result(isToTheEnd: isToTheEnd), matched: expectations.matched,
            lost: record.lost)
    }

    /// A line that the engine has written.
    fileprivate func take(_ bytes: ArraySlice<UInt8>, _ client: Int) {
        guard let line = try? JSON(parsing: Array(bytes), limits: .output) else { return }
        expectations.take(line, client: client, after: number)
        waiter?.resume()
        waiter = nil
    }

    // MARK: Waiting

    /// Suspends until it is time for an entry.
    private func wait(for index: Int, _ time: Duration) async {
        if !options.isFast { await world.clock.sleep(for: began + time - world.clock.now) }
        let limit = world.clock.now + options.patience + (options.isFast ? max(.zero, time - lastTime) : .zero)
        while !expectations.isMet(before: index) {
            guard world.clock.now < limit else { return expectations.giveUp(before: index) }
            let timer = world.clock.schedule(at: limit) { [self] in
                waiter?.resume()
                waiter = nil
            }
            await withCheckedContinuation { waiter = $0 }
            timer.cancel()
        }
    }
}

/// Doing
extension Replay {
    private func perform(_ entry: Record.Entry) async {
        switch entry.content {
        case .connected(let isReader): connect(entry.client, isReader)
        case .input(let bytes, let line, let redacted):
            await send(expectations.names.rewrite(input: bytes, redacted, .standard), entry.client, line)
        case .withheld(_, let line): await send([UInt8(ascii: "!")], entry.client, line)
        case .tooLong(let line):
            let long = [UInt8](repeating: UInt8(ascii: "x"), count: LineSplitter.maximumLength + 1)
            await send(long, entry.client, line)
        case .endOfInput:
            if let client = clients[entry.client] {
                spawn { await client.endOfInput() }
            } else if entry.client == 0 {
                await engine.endOfInput()
            }
        case .inputFailed(let reason): engine.inputFailed(CommandFailure(.inputFailed, reason))
        case .readerGone: if entry.client == 0 { engine.readerGone() } else { clients[entry.client]?.readerGone() }
        case .stopping(let reason):
            // All other reasons have been given to the engine already.
            if reason == StopReason.endOfInput.word, engine.isRunning { engine.stop(.endOfInput) }
        case .signal(let signal): engine.interrupt(signal: signal)
        case .output, .lost: break
        }
    }

    private func connect(_ number: Int, _ isReader: Bool) {
        let sink = ReplaySink(client: number)
        sink.owner = self
        // If it cannot be, its lines will be missing.
        clients[number] = isReader ? try? engine.connectReader(sink) : try? engine.connect(sink)
    }

    /// Gives a line to the engine, with so many blank ones before it that it has its number.
    private func send(_ bytes: [UInt8], _ client: Int, _ line: Int) async {
        let blank = min(max(0, line - (lines[client] ?? 0) - 1), Self.maximumBlankLines)
        lines[client] = line
        let chunk = [UInt8](repeating: UInt8(ascii: "\n"), count: blank) + bytes + [UInt8(ascii: "\n")]
        if client == 0 { await engine.receive(chunk) } else { await clients[client]?.receive(chunk) }
    }

    /// More than that nobody has written by mistake.
    private static let maximumBlankLines = 1 << 20
}

/// Takes an engine's lines, always and at once.
@NetworkActor private final class ReplaySink: LineSink {
    weak var owner: Replay? {
        didSet {
            for lines in early { pass(lines) }
            early = []
        }
    }
    private let client: Int
    private var early: [[UInt8]] = []

    init(client: Int) {
        self.client = client
    }

    func write(_ lines: [UInt8], done: @escaping @NetworkActor (Bool) -> Void) {
        if owner == nil { early.append(lines) } else { pass(lines) }
        done(true)
    }

    private func pass(_ lines: [UInt8]) {
        for line in lines.split(separator: UInt8(ascii: "\n")) { owner?.take(line, client) }
    }
}

extension Record {
    /// Whether it tells of the engine's end.
    fileprivate var isToTheEnd: Bool {
        entries.contains { entry in
            guard entry.client == 0, case .output(let bytes) = entry.content else { return false }
            return bytes.starts(with: #"{"type":"stopped""#.utf8)
        }
    }

    /// How many entries are missing.
    fileprivate var lost: Int {
        entries.reduce(0) { sum, entry in
            if case .lost(let count) = entry.content { sum + count } else { sum }
        }
    }
}

extension EngineOptions {
    /// An engine as it was when a record began, as far as the record tells.
    fileprivate init(_ header: RecordHeader, at location: Location) throws(CommandFailure) {
        var said = Configuration.Layer(.flag)
        // A setting that this linnet does not have, or not with this value, shows in what differs.
        for member in header.settings where member.name != "ephemeral" {
            // Nor may a stranger's file name places on this machine.
            guard let setting = Setting.named(member.name), setting.isRecorded else { continue }
            _ = said.put(setting, member.value)
        }
        var configuration = Configuration()
        configuration.add(said)
        self.init(location: location, configuration)
        if let events = header.events, events.isEmpty {
            tellsEvents = false
        } else {
            try selectEvents(header.events ?? [], limit: header.eventLimit)
        }
    }
}

import Engine
import Reactor
import Time

/// A connection to an engine that runs in another process.
@NetworkActor final class EngineConnection {
    /// How long an engine may take to say its first word. It says it at once: one that does not is suspended, or hangs.
    static let patience = Duration.seconds(10)

    /// How listening to it has ended.
    enum Ending {
        /// What was wanted has come.
        case enough
        /// Nobody takes the lines.
        case readerGone
        /// This side has closed it.
        case left
        /// The engine has said that it stops.
        case stopped
        /// It was closed before the first word: the engine is on its way out, or another user's. It has done nothing.
        case refused
        /// No word came in time.
        case silent
        /// The engine has ended without saying so: it was killed, or it crashed.
        case lost
    }

    private static let farewell = Array("{\"type\":\"stopped\"".utf8)

    private let connection: UnixConnection
    /// The line that has begun and not ended.
    private var rest: [UInt8] = []
    /// Whether it has said anything.
    private(set) var hasSpoken = false
    private var hasSaidFarewell = false
    private var isSilent = false
    private var hasLeft = false
    private var firstWord: Timer?

    /// Connects to the engine that serves this socket; nil if none does.
    init?(_ path: String, world: World) {
        guard let path = UnixPath(path), let connection = try? UnixConnection(connectingTo: path) else { return nil }
        self.connection = connection
        firstWord = world.clock.schedule(after: Self.patience) { [weak self] in self?.giveUp() }
    }

    /// Says something; false if nobody listens any more.
    func send(_ bytes: [UInt8]) async -> Bool {
        (try? await connection.writer.write(bytes)) != nil
    }

    /// Says that nothing more comes.
    func finish() {
        connection.closeWrite()
    }

    /// Ends it.
    func close() {
        hasLeft = true
        firstWord?.cancel()
        connection.close()
    }

    private func giveUp() {
        guard !hasSpoken, !hasLeft else { return }
        isSilent = true
        connection.close()
    }

    /// Passes on whole lines until `isEnough`, until the engine ends, or until nobody takes them.
    @discardableResult
    func relay(to sink: any LineSink, until isEnough: () -> Bool = { false }) async -> Ending {
        while !isEnough() {
            guard let lines = await lines() else { return ending }
            let isOpen = await withCheckedContinuation { continuation in
                sink.write(lines) { continuation.resume(returning: $0) }
            }
            guard isOpen else { return .readerGone }
        }
        return .enough
    }

    private var ending: Ending {
        if isSilent { return .silent }
        if hasLeft { return .left }
        guard hasSpoken else { return .refused }
        return hasSaidFarewell ? .stopped : .lost
    }

    /// The next whole lines; nil at the end.
    private func lines() async -> [UInt8]? {
        while let bytes = try? await connection.reader.read(maximum: 1 << 18) {
            guard let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else {
                rest += bytes
                continue
            }
            hasSpoken = true
            firstWord?.cancel()
            let lines = rest + bytes[...end]
            rest = Array(bytes[(end + 1)...])
            let last = lines.dropLast().lastIndex(of: UInt8(ascii: "\n")).map { lines[($0 + 1)...] } ?? lines[...]
            hasSaidFarewell = last.starts(with: Self.farewell)
            return lines
        }
        return nil
    }
}

extension EngineConnection.Ending {
    /// What went wrong, for a person, and the status to end with; nil if nothing did.
    var failure: (text: String, exit: ExitCode)? {
        switch self {
        case .enough, .readerGone, .left, .stopped: nil
        case .refused: ("the engine would not speak: it is stopping, or another user's", .commandFailed)
        case .silent: ("the engine does not answer: it is suspended, or hangs", .timedOut)
        case .lost: ("the engine ended without saying so: it was killed, or it crashed", .storage)
        }
    }
}

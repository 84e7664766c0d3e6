import Reactor
import Time

/// A speaker besides the reader of the engine's own pipes: a program at the other end of a socket, or one that runs
/// under `--exec`. It has its answers, its subscription and its commands under way for itself.
///
/// Its first line is `started`, its last is `stopped`. Its end is not the engine's.
@NetworkActor public final class Client {
    let session: Session
    private unowned let engine: Engine
    private var isEnding = false
    private var hasEnded = false
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private let onEnd: @NetworkActor () -> Void

    /// - Parameter outlivesReader: Whether it still speaks, and is heard, when nobody reads its lines any more.
    init(
        engine: Engine, sink: any LineSink, number: Int, outlivesReader: Bool,
        onEnd: @escaping @NetworkActor () -> Void
    ) {
        self.engine = engine
        self.onEnd = onEnd
        session = Session(engine: engine, sink: sink, number: number)
        if !outlivesReader { session.onReaderGone = { [weak self] in self?.end() } }
    }

    /// Takes bytes of input, cut anywhere; returns when there is room for more. Not to be called again before.
    public func receive(_ chunk: [UInt8]) async {
        guard !hasEnded else { return }
        await session.receive(chunk)
    }

    /// Says that there is no more input: its commands are finished, for up to the engine's drain, and it ends.
    public func endOfInput() async {
        guard !hasEnded, !isEnding else { return }
        isEnding = true
        await session.endOfInput()
        let limit = engine.world.clock.schedule(after: engine.settings.drain) { [session] in
            session.abandon(CommandFailure(.timeout, "the input has ended, and the command took too long"))
        }
        await session.allAnswered()
        limit.cancel()
        await session.output.drained(within: nil)
        guard !hasEnded else { return }
        engine.sayStopped(session, .endOfInput)
        await session.output.drained(within: nil)
        end()
    }

    /// Says that nobody takes its lines any more.
    func readerGone() {
        session.output.close()
    }

    /// Ends it: what is under way for it is given up.
    public func end() {
        guard !hasEnded else { return }
        hasEnded = true
        session.abandon(CommandFailure(.engineStopping, "the client has disconnected"))
        engine.remove(self)
        onEnd()
        for continuation in waiting { continuation.resume() }
        waiting = []
    }

    /// Suspends until it has ended.
    public func ended() async {
        if !hasEnded { await withCheckedContinuation { waiting.append($0) } }
    }

    /// Whether it has asked for something that is not done, or may be about to.
    var isBusy: Bool { session.inFlight > 0 || engine.world.clock.now < firstWordEnd }

    /// Until when it may be about to say its first word.
    var firstWordEnd: Instant { session.startedAt + Self.firstWord }

    /// How long a new client may take to say what it came for.
    private static let firstWord = Duration.milliseconds(250)
}

import Crypto
import Reactor
import Store
import Time
import Wire

/// One speaker of the line language: its lines in, its answers and events out, its commands under way.
///
/// The path of a command: bytes → `LineSplitter` → `JSON` → `Envelope` → the schema's validation → its handler →
/// `Invocation.ok` or `.fail` → `LineQueue` → the sink. Handlers that need nothing but memory answer within the turn;
/// the others run in a task each, started in input order. What orders them is that every effect on a chat begins in
/// the synchronous part of its handler, before its first suspension: so commands to one chat take effect in input
/// order, and independent ones overlap.
@NetworkActor final class Session {
    /// The most commands that may be unanswered; input is not read beyond it.
    nonisolated static let maximumInFlight = 64
    /// The most lines that are taken in one turn of the loop, so that a flood of commands leaves room for the network.
    private static let linesPerTurn = 256

    /// Which speaker it is: 0 on the engine's own pipes, then the clients by their coming.
    let number: Int
    let output: LineQueue
    let events: EventFeed
    let startedAt: Instant
    /// Called once, when nobody reads the lines any more.
    var onReaderGone: (@NetworkActor () -> Void)?
    private unowned let engine: Engine
    private var splitter = LineSplitter()
    private var outstanding: [Invocation] = []
    private var lastOrdinal: UInt64 = 0
    private var inputWaiter: CheckedContinuation<Void, Never>?
    private var roomWaiters: [CheckedContinuation<Void, Never>] = []
    private var quietWaiters: [(ordinal: UInt64, continuation: CheckedContinuation<Void, Never>)] = []

    init(engine: Engine, sink: any LineSink, number: Int) {
        self.engine = engine
        self.number = number
        output = LineQueue(world: engine.world, sink: sink, counters: engine.counters)
        events = EventFeed(output: output, world: engine.world)
        startedAt = engine.world.clock.now
        // Weak: what is still under way may outlive a client that has gone.
        output.onWritten = { [weak self] mark in
            self?.events.moved(through: mark)
            self?.outputMoved()
        }
        output.onClosed = { [weak self] in
            self?.keep(.readerGone)
            self?.outputMoved()
            self?.onReaderGone?()
        }
        if engine.record != nil { output.onLine = { [weak self] line in self?.keep(.output(line)) } }
    }

    var keys: IdempotencyKeys { engine.keys }

    var counters: Counters { engine.counters }

    var clock: any MonotonicClock { engine.world.clock }

    /// Commands that have no answer yet.
    var inFlight: Int { outstanding.count }

    /// Commands that have no answer yet and do more than wait for a message that was accepted.
    var unfinished: Int { outstanding.count { $0.accepted == nil } }

    /// Whether a command was given up, and is answered when the disk has said what came of it.
    func hasGivenUp(_ commands: (CommandSpec) -> Bool) -> Bool {
        outstanding.contains { $0.abandonment != nil && commands($0.spec) }
    }

    /// Takes bytes of input, cut anywhere, and returns when each of their lines has been started: with as many
    /// commands unanswered as there may be, or a reader that has too much before it, that takes a while.
    ///
    /// Not to be called again before it has returned.
    func receive(_ chunk: [UInt8]) async {
        counters.bytesIn += UInt64(chunk.count)
        let read = splitter.number
        defer { counters.linesIn += UInt64(splitter.number - read) }
        var offset = 0
        while offset < chunk.count {
            await capacity()
            chunk.withUnsafeBytes { bytes in
                var lines = 0
                while offset < bytes.count, lines < Self.linesPerTurn, !isSaturated {
                    splitter.next(in: bytes, at: &offset) { number, line in take(line, number) }
                    lines += 1
                }
            }
            if offset < chunk.count, !isSaturated { await Task.yield() }
        }
    }

    /// Takes the last line, if no newline ended it. There is no more input.
    func endOfInput() async {
        await capacity()
        let read = splitter.number
        splitter.end { number, line in take(line, number) }
        counters.linesIn += UInt64(splitter.number - read)
        keep(.endOfInput)
    }

    /// Writes an error that answers no command.
    func report(_ failure: CommandFailure) {
        output.error(failure)
    }

    /// Answers every command that has no answer yet.
    ///
    /// Those whose change is on its way to the disk are answered when that is known.
    func abandon(_ failure: CommandFailure) {
        for invocation in outstanding { invocation.abandon(failure) }
    }

    /// Answers every command that needs an unlocked account.
    ///
    /// - Returns: What they run in: it may go on for a moment.
    func abandonUnlocked(_ failure: CommandFailure) -> [Task<Void, Never>] {
        let ended = outstanding.filter { !$0.spec.worksLocked }
        for invocation in ended { invocation.abandon(failure) }
        return ended.compactMap(\.task)
    }
}

/// Lines
extension Session {
    /// Keeps what has happened, if anybody wants it.
    private func keep(_ content: @autoclosure () -> RecordEntry.Content) {
        guard let record = engine.record else { return }
        record.write(RecordEntry(content(), at: engine.world.clock.now, client: number))
    }

    private func take(_ line: LineSplitter.Line, _ number: Int) {
        switch line {
        case .tooLong:
            keep(.tooLong(line: number))
            let limit = LineSplitter.maximumLength
            refuse(
                CommandFailure(.lineTooLong, "the line has more than \(limit) bytes; it was skipped"), line: number)
        case .whole(let bytes):
            keep(.input(Array(bytes), line: number))
            do throws(JSONError) {
                guard case .object(let members) = try JSON(parsing: bytes) else {
                    let failure = CommandFailure(
                        .jsonInvalid, "the line is JSON, but no object; try {\"cmd\":\"help\"}")
                    return refuse(failure, line: number)
                }
                start(Envelope(members), members, number)
            } catch {
                refuse(CommandFailure(.jsonInvalid, error.description), line: number)
            }
        }
    }

    /// Answers a line that is no command.
    private func refuse(_ failure: CommandFailure, id: CommandID? = nil, command: String? = nil, line: Int) {
        counters.linesRefused += 1
        output.error(failure, id: id, command: command, line: line)
    }

    private func start(_ envelope: Envelope, _ members: [JSON.Member], _ line: Int) {
        let command = envelope.command.flatMap { engine.commands.named($0) }
        guard envelope.problem == nil, let command else {
            let failure = envelope.problem ?? engine.commands.unknown(envelope.command ?? "")
            let name = envelope.command.map(\.forMessage)
            // Nobody knows what it was meant to be: there may be a secret in it.
            defer {
                members.erase { !Envelope.isReserved($0) }
                eraseStack()
            }
            return refuse(failure, id: envelope.id, command: name, line: line)
        }
        lastOrdinal += 1
        let invocation = Invocation(command.spec, envelope, members, line: line, ordinal: lastOrdinal, self)
        outstanding.append(invocation)
        do throws(CommandFailure) {
            try command.spec.validate(members)
            try engine.admit(command.spec)
            if let timeout = envelope.timeout { limit(invocation, to: timeout) }
            if let key = envelope.key {
                try runOnce(command, invocation, key, members)
            } else {
                issueKey(command.spec, invocation, members)
                run(command, invocation)
            }
        } catch {
            invocation.fail(error)
        }
    }

    /// Runs a command with an idempotency key, unless it was run before: then it is answered as it was then.
    private func runOnce(
        _ command: Command, _ invocation: Invocation, _ key: String, _ members: [JSON.Member]
    ) throws(CommandFailure) {
        let claim = IdempotencyKeys.Claim(
            key: key, digest: engine.digest(of: members, command.spec), time: engine.world.steadyClock.now)
        switch try engine.keys.begin(claim, invocation) {
        case .new:
            invocation.claim = claim
            run(command, invocation)
        case .underWay(let first):
            invocation.first = first.invocation
            invocation.task = spawn { invocation.answer(as: await first.end()) }
        case .known:
            invocation.claim = claim
            // It may have to be done: before those behind it, then.
            invocation.hold = max(invocation.hold, .begun)
            invocation.task = spawn { [self] in await lookUp(claim, command, invocation) }
        }
    }

    /// Gives a command that changes something a key of linnet's own: if nobody can tell whether it was done, it can be
    /// asked for by that.
    private func issueKey(_ spec: CommandSpec, _ invocation: Invocation, _ members: [JSON.Member]) {
        guard spec.takesKey, !spec.isKnownByMessage else { return }
        invocation.claim = IdempotencyKeys.Claim(
            key: engine.newKey(), digest: engine.digest(of: members, spec), time: engine.world.steadyClock.now)
        invocation.isKeyIssued = true
    }

    /// Answers as the store says, or runs the command if the store knows nothing.
    private func lookUp(_ claim: IdempotencyKeys.Claim, _ command: Command, _ invocation: Invocation) async {
        do throws(CommandFailure) {
            switch try await engine.keys.past(claim) {
            case .outcome(let outcome, let id):
                invocation.isRecorded = true
                if let id, try await engine.messageResume(invocation, id, unless: outcome) { return }
                invocation.answer(as: outcome)
            case .message(let id): try await engine.messageResume(invocation, id)
            case nil:
                if let id = try await engine.messageMade(invocation, by: claim) {
                    invocation.isRecorded = true
                    try await engine.messageResume(invocation, id)
                } else if !invocation.isAnswered {
                    run(command, invocation)
                }
            }
        } catch {
            if error.spec == .keyConflict { invocation.isRecorded = true }
            invocation.fail(error)
        }
    }

    private func run(_ command: Command, _ invocation: Invocation) {
        let engine = engine
        switch command.handler {
        case .immediate(let body):
            do throws(CommandFailure) {
                try body(engine, invocation)
            } catch {
                invocation.fail(error)
            }
        case .concurrent(let body):
            invocation.task = spawn {
                await WriteContext.$cause.withValue(command.spec.isKept ? invocation : nil) {
                    do throws(CommandFailure) {
                        try await body(engine, invocation)
                    } catch {
                        invocation.fail(error)
                    }
                }
                if !invocation.isAnswered {
                    invocation.fail(CommandFailure(.internalError, "\(command.spec.name) ended without an answer"))
                }
            }
        }
    }

    private func limit(_ invocation: Invocation, to timeout: Duration) {
        invocation.deadline = engine.world.clock.schedule(after: timeout) { [weak invocation] in
            guard let invocation else { return }
            invocation.abandon(
                CommandFailure(
                    .timeout, "no answer after \(timeout.millisecondsClamped) ms", field: Fields.timeout.name))
        }
    }
}

/// Waiting
extension Session {
    /// Whether no further command may be started.
    private var isSaturated: Bool {
        outstanding.count >= Self.maximumInFlight || (output.isFull && output.isOpen)
            || outstanding.contains { $0.hold != .never }
    }

    /// Suspends while no further command may be started.
    private func capacity() async {
        while isSaturated { await withCheckedContinuation { inputWaiter = $0 } }
    }

    /// Suspends while the reader has so much before it that items of a list should wait.
    func room() async {
        while output.isFull, output.isOpen { await withCheckedContinuation { roomWaiters.append($0) } }
    }

    /// Suspends until every command before this one has its answer.
    func answersBefore(_ ordinal: UInt64) async {
        guard let first = outstanding.first, first.ordinal < ordinal else { return }
        await withCheckedContinuation { quietWaiters.append((ordinal, $0)) }
    }

    /// Suspends until every command has its answer.
    func allAnswered() async {
        await answersBefore(.max)
    }

    func answered(_ invocation: Invocation) {
        if let index = outstanding.firstIndex(where: { $0 === invocation }) { outstanding.remove(at: index) }
        let first = outstanding.first?.ordinal ?? .max
        while let index = quietWaiters.firstIndex(where: { $0.ordinal <= first }) {
            quietWaiters.remove(at: index).continuation.resume()
        }
        resumeInput()
        engine.lifecycle.changed()
    }

    /// Goes on with what waited for the reader.
    func outputMoved() {
        if !output.isFull || !output.isOpen {
            let waiters = roomWaiters
            roomWaiters = []
            for waiter in waiters { waiter.resume() }
        }
        resumeInput()
        engine.lifecycle.changed()
    }

    /// Overwrites what the functions of this turn have left on the stack: a short text passes through there.
    func eraseStack() {
        engine.world.atEndOfTurn { Stack.erase() }
    }

    /// Goes on with the input, if there is room for another command.
    func resumeInput() {
        guard !isSaturated, let waiter = inputWaiter else { return }
        inputWaiter = nil
        waiter.resume()
    }
}

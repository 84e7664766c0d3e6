import Reactor
import Store
import Time

/// Input, and the end.
extension Engine {
    /// The longest drain after a signal, so that all is over within three seconds.
    private static let signalDrain = Duration.milliseconds(1500)
    /// How long what was said last may take to get away.
    private static let goodbyePatience = Duration.milliseconds(200)
    /// How long clients may take over the last lines.
    private static let clientPatience = Duration.seconds(1)

    /// Takes bytes of input, cut anywhere; returns when there is room for more. Not to be called again before.
    public func receive(_ chunk: [UInt8]) async {
        await session.receive(chunk)
    }

    /// Says that there is no more input. What that means is the options' choice.
    public func endOfInput() async {
        await session.endOfInput()
        switch settings.onEndOfInput {
        case .drain: stop(.endOfInput)
        case .stay: log(.info, "input ended; serving on")
        case .now: stop(.endOfInput, drain: .zero)
        }
    }

    /// Says that no more input can be read, and why. The commands that were read are finished as at its end, but for a
    /// last line that is incomplete; then the engine ends with the status of the failure.
    public func inputFailed(_ failure: CommandFailure) {
        guard lifecycle.isRunning else { return }
        record?.write(RecordEntry(.inputFailed(failure.message), at: world.clock.now))
        session.report(failure)
        lifecycle.status = failure.spec.exit
        stop(.inputFailed, drain: settings.onEndOfInput == .now ? .zero : nil)
    }

    /// Says that nobody takes the lines on the engine's pipes any more, even if there is none to be written.
    public func readerGone() {
        session.output.close()
    }

    /// Asks the engine to stop, as a signal does: the first time it drains, the second time it stops at once and ends
    /// with the signal's status.
    public func interrupt(signal: Int32) {
        record?.write(RecordEntry(.signal(signal), at: world.clock.now))
        if lifecycle.isRunning {
            // Whoever sends a signal has little patience. What is not sent waits in the store.
            stop(.signal, drain: min(settings.drain, Self.signalDrain))
        } else {
            lifecycle.status = .signal(signal)
            stop(.signal, drain: .zero)
            for session in sessions { session.output.abandonReader() }
        }
    }

    /// Whether nothing has asked it to stop yet.
    public var isRunning: Bool { lifecycle.isRunning }

    /// How the process should end; suspends until the engine has stopped.
    public var exitCode: ExitCode {
        get async { await lifecycle.end() }
    }

    /// Stops the engine: finishes the commands that were read, sends what can be sent, for up to `drain`, and goes.
    /// Asked again, it takes the nearer of the two deadlines.
    public func stop(_ reason: StopReason, drain: Duration? = nil) {
        let deadline = world.clock.now + (drain ?? settings.drain)
        switch lifecycle.phase {
        case .running:
            lifecycle.isOpenWhileDraining = reason == .endOfInput || reason == .inputFailed
            lifecycle.move(to: .draining(until: deadline))
            log(.info, "stopping", [("reason", reason.word)])
            record?.write(RecordEntry(.stopping(reason.word), at: world.clock.now))
            onStopping?()
            spawn { [self] in await finish(reason) }
        case .draining(let earlier):
            lifecycle.move(to: .draining(until: min(earlier, deadline)))
            lifecycle.changed()
        case .closing, .stopped: break
        }
    }

    /// Says goodbye, and closes all connections.
    func closeNetwork() async {
        presence.stop()
        await gossip.flush(within: Self.goodbyePatience)
        await swarm.close()
    }

    private func finish(_ reason: StopReason) async {
        // The command that asked for the stop, and those that need only this turn, are answered first.
        await Task.yield()
        await drain()
        lifecycle.move(to: .closing)
        let end = CommandFailure(.engineStopping, "the engine stopped before the command was done")
        for session in sessions { session.abandon(end) }
        if !isLocked {
            discovery.stop()
            groups.stop()
            messaging.stop()
            stopPruning()
        }
        // What is on its way to the disk has its answer when it is there.
        await settled { _ in true }
        let pending = pendingCount
        if !isLocked { await closeNetwork() }
        await flush(reason)
        // Whoever has taken nothing for so long has had its time.
        if reason.patience != nil { for session in sessions { session.output.abandonReader() } }
        await closeStore()
        for session in sessions { sayStopped(session, reason, pending) }
        await flush(reason)
        for client in clients { client.end() }
        log(.info, "stopped", [("unsent", "\(pending.unsent)"), ("undelivered", "\(pending.undelivered)")])
        lifecycle.move(to: .stopped(lifecycle.status))
    }

    /// Suspends until every command that was given up has its answer, which no disk holds up for ever.
    func settled(_ commands: (CommandSpec) -> Bool) async {
        let deadline = world.clock.now + Invocation.patience + .seconds(1)
        while sessions.contains(where: { $0.hasGivenUp(commands) }), world.clock.now < deadline {
            await lifecycle.nextChange(before: deadline, world.clock)
        }
    }

    /// Writes the last line of a session.
    func sayStopped(_ session: Session, _ reason: StopReason, _ pending: (unsent: Int, undelivered: Int)? = nil) {
        let pending = pending ?? pendingCount
        session.output.line(Events.stopped.name) { line in
            line.expect(Events.stopped.fields)
            line.string(LifeFields.reason, reason.word)
            line.count(Fields.unsent, pending.unsent)
            line.count(Fields.undelivered, pending.undelivered)
        }
        session.output.seal()
    }

    /// Suspends until everybody has taken their lines. The reader of the pipes may take its time, as any filter lets
    /// it; the others must not hold up the end.
    private func flush(_ reason: StopReason) async {
        let others = clients.map { client in
            spawn { await client.session.output.drained(within: Self.clientPatience) }
        }
        await session.output.drained(within: reason.patience)
        for other in others { await other.value }
    }

    /// Finishes what was begun: the commands; then the messages, as far as their peers can be reached; then the events
    /// that tell of them.
    private func drain() async {
        await settle { sessions.allSatisfy { $0.unfinished == 0 } }
        guard !isLocked, case .draining(let deadline) = lifecycle.phase else { return }
        let outbox = spawn { [self] in
            await messaging.drain(for: max(deadline - world.clock.now, .zero))
            lifecycle.outboxIsDry()
        }
        await settle { lifecycle.isOutboxDry }
        outbox.cancel()
        // Who waits for a delivery waits as long as there is time.
        await settle { sessions.allSatisfy { $0.inFlight == 0 } }
        await settle { session.events.isCaughtUp }
    }

    /// Waits for a condition, at most until the drain's deadline.
    private func settle(_ condition: () -> Bool) async {
        while case .draining(let deadline) = lifecycle.phase, world.clock.now < deadline, !condition() {
            await lifecycle.nextChange(before: deadline, world.clock)
        }
    }

    /// What is written along with the next change: how far the reader is, if it has moved.
    func cursorUpdate() -> Store.Passenger? {
        let events = reader.events
        guard let consumer = options.reader.consumer, let seq = events.takeProgress() else { return nil }
        return Store.Passenger {
            try Self.move(consumer, to: seq, in: $0)
        } completion: { result in
            if case .failure = result { events.losesProgress(seq) }
        }
    }

    /// Closes the store, once it knows how far the readers are.
    func closeStore() async {
        guard !isLocked else { return }
        await saveCursors()
        await store.close()
        account.releaseStore()
    }

    /// Moves a cursor forward: a consumer may have acknowledged more by command.
    private nonisolated static func move(_ consumer: String, to seq: Int64, in transaction: Transaction) throws {
        guard try transaction.cursor(of: consumer).map({ $0.seq < seq }) != false else { return }
        try transaction.setCursor(of: consumer, to: seq)
    }

    /// Writes down how far the readers are. They are told nothing more before the store is opened anew.
    private func saveCursors() async {
        let progress = options.reader.consumer.flatMap { consumer in
            reader.events.takeProgress().map { (consumer: consumer, seq: $0) }
        }
        for session in sessions { session.events.stop() }
        let marks = readers.keys.sorted().compactMap { readers[$0]?.close() }
        guard progress != nil || !marks.isEmpty else { return }
        do throws(StoreError) {
            try await store.write { transaction in
                if let progress { try Self.move(progress.consumer, to: progress.seq, in: transaction) }
                for mark in marks { try mark(transaction) }
            }
        } catch {
            log(.error, "cursors not saved", [("reason", error.message)])
        }
    }

    /// Writes the lines of an engine that could not start: the error, and the end.
    public static func refuse(
        _ failure: CommandFailure, of command: String? = nil, world: World, output: any LineSink
    ) async {
        let queue = LineQueue(world: world, sink: output)
        queue.error(failure, command: command)
        queue.line(Events.stopped.name) { line in
            line.expect(Events.stopped.fields)
            line.string(LifeFields.reason, "error")
            line.count(Fields.unsent, 0)
            line.count(Fields.undelivered, 0)
        }
        await queue.drained(within: StopReason.signal.patience)
    }
}

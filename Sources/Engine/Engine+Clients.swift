import Reactor
import Store
import Time
import Wire

/// Those who speak to the engine besides the reader of its pipes.
extension Engine {
    /// The name, in the directory of a profile, of the socket on which its engine serves clients.
    public nonisolated static let socketName = "socket"

    /// Clients at a time.
    public nonisolated static let maximumClients = 64

    /// Lets another program speak to the engine. It is told events from now on.
    ///
    /// - Parameters:
    ///   - sink: Where its lines go.
    ///   - onEnd: Called once, when it has been written its last line, or cannot be.
    /// - Throws: `limit.reached`, `engine.stopping`.
    public func connect(
        _ sink: any LineSink, onEnd: @escaping @NetworkActor () -> Void = {}
    ) throws(CommandFailure) -> Client {
        let client = try makeClient(sink, isReader: false, onEnd)
        tell(client.session, after: lastSeq, as: nil)
        return client
    }

    /// Lets a program take the place of the reader of the pipes: it is told, first, what the reader before it was not.
    /// It ends with its input or with the engine, not when it stops to read.
    ///
    /// - Throws: `limit.reached`, `engine.stopping`.
    public func connectReader(
        _ sink: any LineSink, onEnd: @escaping @NetworkActor () -> Void = {}
    ) throws(CommandFailure) -> Client {
        let client = try makeClient(sink, isReader: true, onEnd)
        let written = reader.events.position.written
        reader = client.session
        tell(client.session, after: max(written, pipeCursor), as: pipeReader)
        return client
    }

    private func makeClient(
        _ sink: any LineSink, isReader: Bool, _ onEnd: @escaping @NetworkActor () -> Void
    ) throws(CommandFailure) -> Client {
        guard isRunning else { throw CommandFailure(.engineStopping, "the engine is stopping; start it again") }
        guard clients.count < Self.maximumClients else {
            throw CommandFailure(
                .limitReached, "\(Self.maximumClients) clients are connected; try again when one has disconnected")
        }
        clientCount += 1
        // A program that has closed its stdin may still have much to say.
        let client = Client(engine: self, sink: sink, number: clientCount, outlivesReader: isReader, onEnd: onEnd)
        clients.append(client)
        record?.write(
            RecordEntry(.connected(isReader: isReader), at: world.clock.now, client: client.session.number))
        log(.debug, "client connected", [("clients", "\(clients.count)")])
        if isLocked { sayLocked(client.session, lockReason) } else { sayStarted(client.session, lastSeq) }
        return client
    }

    /// Tells that the program under `--exec` has ended.
    ///
    /// - Parameter restart: When it is started again; nil if it is not.
    public func programEnded(_ status: Int32, restart: Duration?) {
        guard !isLocked else { return log(.warning, "program ended", [("status", "\(status)")]) }
        let event = Events.encode(Events.programEnded, at: world.wallClock.now) { line in
            line.integer(ProgramFields.status, Int64(status))
            if let restart { line.integer(ProgramFields.restart, restart.millisecondsClamped) }
        }
        store.write {
            _ = try $0.append(event)
        } completion: { [weak self] result in
            if case .failure(let error) = result { self?.storeFailed(error) }
        }
    }

    func remove(_ client: Client) {
        clients.removeAll { $0 === client }
        log(.debug, "client gone", [("clients", "\(clients.count)")])
        lifecycle.changed()
    }

    /// Tells a session durable events, beginning behind `seq`.
    ///
    /// - Parameter mark: The reader that it is, if that has a name.
    func tell(
        _ session: Session, after seq: Int64, as mark: ReaderMark?, limit: Int? = nil,
        _ filter: EventFilter = .everything
    ) {
        // All are told anew when the account is unlocked.
        guard !isLocked else { return }
        session.events.start(after: seq, latest: lastSeq, mark: mark, filter, limit: limit, log: eventLog)
    }

    /// The durable events of the store that is open now.
    var eventLog: EventFeed.Log {
        EventFeed.Log(
            events: { [store] seq, limit in try await store.read { try $0.events(after: seq, limit: limit) } },
            open: { [store] mark in await mark.open(in: store) })
    }

    /// The reader of the pipes, or the program in its place.
    var pipeReader: ReaderMark? { options.reader.consumer.flatMap { readers[ByteText($0)] } }

    /// Everybody who speaks to the engine, the pipes first.
    var sessions: [Session] { [session] + clients.map(\.session) }

    /// Suspends until no client has anything to be done, at most so long: the engine of one command may have been
    /// found by others.
    public func clientsIdle(within limit: Duration) async {
        let deadline = world.clock.now + limit
        while world.clock.now < deadline, clients.contains(where: \.isBusy) {
            // A client that has said nothing yet is busy until a certain time; no event tells that it has come.
            let end = clients.map(\.firstWordEnd).filter { $0 > world.clock.now }.min() ?? deadline
            await lifecycle.changes.wait(until: min(end, deadline), on: world.clock) {
                !clients.contains(where: \.isBusy)
            }
        }
    }
}

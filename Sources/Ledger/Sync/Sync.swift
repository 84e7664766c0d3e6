import Wire

/// One exchange of `/linnet/sync/1.0.0` over one stream: two peers compare a set, and give each other what is missing.
///
/// The one who opens the stream begins: it names the set and shows a proof that it may have it. It learns what is
/// different, asks for what it lacks, and gives what the other lacks. Everything moves in batches, each of which waits for
/// the one before: so a slow reader makes a slow exchange, and no queue.
///
/// Sans-I/O: give it the bytes that arrive, do what it says, in order. After an error, or after ``SyncAction/finished(_:)``,
/// the stream is over. How long to wait for the other is for the caller to say.
///
/// ```swift
/// var sync = Sync(initiating: set, items: items, salt: salt, proof: proof)
/// perform(sync.begin())
/// while let bytes = await stream.read() { perform(try sync.receive(bytes)) }
/// ```
public struct Sync: Sendable {
    /// The protocol.
    public static let protocolID = "/linnet/sync/1.0.0"
    /// The most bytes of items that one exchange takes. What is left comes with the next.
    public static let maximumReceivedBytes = 64 << 20
    /// The most items that one exchange takes.
    public static let maximumReceivedItems = Reconciliation.maximumNeed
    /// The largest item, in bytes.
    public static let maximumItemByteCount = SyncMessage.maximumByteCount - 64
    /// A batch is sent when it has so many bytes.
    private static let batchByteCount = 96 << 10

    private enum State {
        /// Of the initiator: nothing was sent.
        case fresh
        /// Of the responder: nothing has come.
        case listening
        /// Of the responder: the caller is asked whether the other may have the set.
        case authorising(comparison: [UInt8])
        case comparing
        /// Of the initiator: items are to come.
        case wanting
        /// Items are read by the caller, to be sent.
        case loading
        /// Of the responder: whatever the initiator says next.
        case serving
        /// Of the initiator: all is given.
        case finishing
        case over
    }

    private let begins: Bool
    private var set: SyncSet?
    private var salt: [UInt8]
    private var proof: [UInt8]
    private var items: ItemSet
    private var state: State
    private var decoder = LengthPrefixedDecoder(limit: SyncMessage.maximumByteCount)
    private var reconciliation: Reconciliation?
    /// What is still to be asked for, and to be given, in reverse.
    private var need: [Digest] = []
    private var have: [Digest] = []
    /// How many items may come in answer to the last question.
    private var outstanding = 0
    /// What the responder may be asked for.
    private var offered: Set<Digest> = []
    private var report = SyncReport()

    /// An exchange that we begin.
    ///
    /// - Parameters:
    ///   - items: what is ours.
    ///   - salt: 16 random bytes; see ``Reconciliation``.
    ///   - proof: what shows the other that we may have the set; at most 2048 bytes.
    public init(initiating set: SyncSet, items: ItemSet, salt: [UInt8], proof: [UInt8]) {
        begins = true
        self.set = set
        self.salt = salt
        self.proof = proof
        self.items = items
        state = .fresh
    }

    /// An exchange that the other begins.
    public init() {
        begins = false
        salt = []
        proof = []
        items = ItemSet([])
        state = .listening
    }

    /// Begins; of the initiator, once.
    public mutating func begin() -> [SyncAction] {
        guard case .fresh = state, let set, let reconciliation = Reconciliation(items, salt: salt, begins: true),
            proof.count <= SyncMessage.maximumProofByteCount
        else { return [] }
        self.reconciliation = reconciliation
        state = .comparing
        return [send(.open(set, salt: salt, proof: proof, comparison: reconciliation.opening()))]
    }

    /// Answers ``SyncAction/authorise(_:proof:salt:)``: the other may have the set, and this is what there is of it here.
    public mutating func accept(_ items: ItemSet) throws(SyncError) -> [SyncAction] {
        guard case .authorising(let comparison) = state,
            let reconciliation = Reconciliation(items, salt: salt, begins: false)
        else { return [] }
        self.reconciliation = reconciliation
        offered = Set(items.items.lazy.map(\.id))
        state = .serving
        return try compare(comparison)
    }

    /// Answers ``SyncAction/authorise(_:proof:salt:)``: the other does not get the set.
    public mutating func refuse(_ code: SyncError.Code = .denied) -> [SyncAction] {
        guard case .authorising = state else { return [] }
        state = .over
        return [send(.refuse(code)), .finished(report)]
    }

    /// Answers ``SyncAction/load(_:)`` with the bytes of those that are still there, in that order.
    public mutating func provide(_ items: [[UInt8]]) -> [SyncAction] {
        guard case .loading = state else { return [] }
        var actions: [SyncAction] = []
        var batch: [[UInt8]] = []
        var size = 0
        for item in items where item.count <= Self.maximumItemByteCount {
            if size + item.count > Self.batchByteCount, !batch.isEmpty {
                actions.append(send(.items(batch, isLast: false)))
                (batch, size) = ([], 0)
            }
            batch.append(item)
            size += item.count + 4
            report.sent += 1
        }
        actions.append(send(.items(batch, isLast: true)))
        state = .serving
        return begins ? actions + give() : actions
    }

    /// Takes bytes of the stream, in whatever pieces.
    ///
    /// - Throws: ``SyncError``; the stream is to be reset then.
    public mutating func receive(_ bytes: [UInt8]) throws(SyncError) -> [SyncAction] {
        decoder.receive(bytes)
        var actions: [SyncAction] = []
        while true {
            // If the caller is to do something first, what has come is read after it.
            if isPaused { return actions }
            let frame: [UInt8]?
            do throws(WireError) {
                frame = try decoder.next()
            } catch {
                throw fail(.malformed, "a message that is too long")
            }
            guard let frame else { return actions }
            guard let message = SyncMessage(frame) else { throw fail(.malformed, "not a message of the protocol") }
            do throws(SyncError) {
                actions += try handle(message)
            } catch {
                state = .over
                throw error
            }
        }
    }

    /// Reads on what had come before the caller was asked for something. Call it after ``accept(_:)`` and
    /// ``provide(_:)``.
    public mutating func resume() throws(SyncError) -> [SyncAction] { try receive([]) }

    /// Tells that the stream has ended.
    ///
    /// - Throws: ``SyncError`` `cut` if the exchange has not.
    public func end() throws(SyncError) {
        guard case .over = state else { throw SyncError(.cut, "the stream ended before the exchange did") }
    }
}

extension Sync {
    private var isPaused: Bool {
        switch state {
        case .authorising, .loading, .over: true
        default: false
        }
    }

    private func send(_ message: SyncMessage) -> SyncAction { .send(LengthPrefix.frame(message.encoded)) }

    private mutating func fail(_ code: SyncError.Code, _ detail: String) -> SyncError {
        state = .over
        return SyncError(code, detail)
    }

    private mutating func handle(_ message: SyncMessage) throws(SyncError) -> [SyncAction] {
        switch (message, state) {
        case (.open(let set, let salt, let proof, let comparison), .listening):
            self.salt = salt
            self.set = set
            state = .authorising(comparison: comparison)
            return [.authorise(set, proof: proof, salt: salt)]
        case (.compare(let bytes), .comparing): return try compare(bytes)
        case (.compare(let bytes), .serving) where !begins: return try compare(bytes)
        case (.refuse(let code), .comparing):
            throw fail(code == .busy ? .busy : .denied, "the peer does not give this set")
        case (.items(let items, let isLast), .wanting):
            guard items.count <= outstanding else { throw fail(.tooMany, "more items than were asked for") }
            outstanding -= items.count
            let action = try take(items)
            return isLast ? [action] + ask() : [action]
        case (.want(let ids), .serving) where !begins:
            state = .loading
            // Of anything else that is stored here nothing is told, not even that it is.
            return [.load(ids.filter(offered.contains))]
        case (.items(let items, _), .serving) where !begins:
            return [try take(items)]
        case (.done, .serving) where !begins:
            state = .over
            return [send(.thanks), .finished(report)]
        case (.thanks, .finishing):
            state = .over
            return [.finished(report)]
        default:
            throw fail(.malformed, "a message that may not come now")
        }
    }

    private mutating func compare(_ bytes: [UInt8]) throws(SyncError) -> [SyncAction] {
        guard var reconciliation else { return [] }
        let answer = try reconciliation.answer(bytes)
        self.reconciliation = reconciliation
        report.rounds = reconciliation.rounds
        if let answer { return [send(.compare(answer))] }
        need = reconciliation.need.reversed()
        have = reconciliation.have.reversed()
        return ask()
    }

    /// Of the initiator: asks for the next that it lacks; if there is nothing left, gives what it has.
    private mutating func ask() -> [SyncAction] {
        guard !need.isEmpty, report.received < Self.maximumReceivedItems else { return give() }
        let ids = Array(need.suffix(SyncMessage.maximumWanted).reversed())
        need.removeLast(ids.count)
        outstanding = ids.count
        state = .wanting
        return [send(.want(ids))]
    }

    private mutating func give() -> [SyncAction] {
        guard !have.isEmpty else {
            state = .finishing
            return [send(.done)]
        }
        let ids = Array(have.suffix(SyncMessage.maximumWanted).reversed())
        have.removeLast(ids.count)
        state = .loading
        return [.load(ids)]
    }

    private mutating func take(_ items: [[UInt8]]) throws(SyncError) -> SyncAction {
        report.received += items.count
        report.receivedBytes += items.reduce(0) { $0 + $1.count }
        guard report.received <= Self.maximumReceivedItems, report.receivedBytes <= Self.maximumReceivedBytes else {
            throw fail(.tooMany, "the peer sent more than one exchange takes")
        }
        return .received(items)
    }
}

import Messaging
import Reactor
import Store
import Time
import Wire

/// The idempotency keys of an engine: who gives a key again gets the first answer again.
///
/// What a key came to is in the store for seven days, or until ``maximumCount`` others were given after it; in memory
/// are the commands that are under way, and the hashes of the keys that the store may know. So a command with a new key
/// begins at once, in input order; only one whose key may be known waits for a look into the store, and such a command
/// changes nothing.
@NetworkActor final class IdempotencyKeys {
    /// How long a key is remembered.
    nonisolated static let lifetime = Duration.seconds(7 * 86_400)
    /// How many keys are remembered; the oldest go first.
    nonisolated static let maximumCount = KnownKeys.maximumCount

    /// A key with the hash of what its command says.
    struct Claim: Sendable, Equatable {
        let key: String
        let digest: CommandDigest
        /// When it was given.
        let time: Timestamp

        /// Keys that were given before this are forgotten.
        var horizon: Timestamp { time - IdempotencyKeys.lifetime }
    }

    /// How a command ended.
    enum Outcome: Sendable {
        /// Well, with these members on its line.
        case ok([UInt8])
        case error(CommandFailure)
    }

    /// What a command with a key has to do.
    enum Standing {
        /// Begin: nobody gave the key before.
        case new
        /// Look up what the store knows, and begin if that is nothing.
        case known
        /// Answer as the command does that is under way.
        case underWay(Pending)
    }

    /// What the store knows of a key.
    enum Past: Sendable {
        case outcome(Outcome, MessageID?)
        /// The command made this message, and the engine ended before it was answered.
        case message(MessageID)
    }

    /// A command under way, and those who wait for its end.
    @NetworkActor final class Pending {
        /// The first command with the key.
        let invocation: Invocation
        fileprivate let digest: CommandDigest
        private var outcome: Outcome?
        private var waiters: [CheckedContinuation<Outcome, Never>] = []

        fileprivate init(_ digest: CommandDigest, _ invocation: Invocation) {
            self.digest = digest
            self.invocation = invocation
        }

        /// How it ends.
        func end() async -> Outcome {
            if let outcome { return outcome }
            return await withCheckedContinuation { waiters.append($0) }
        }

        fileprivate func end(_ outcome: Outcome) {
            self.outcome = outcome
            for waiter in waiters { waiter.resume(returning: outcome) }
            waiters = []
        }
    }

    private let store: Store
    private let report: @NetworkActor (StoreError) -> Void
    /// By the bytes: two texts that look the same are two keys, as in the store.
    private var underWay: [[UInt8]: Pending] = [:]
    private var known: KnownKeys
    private var isPruning = false

    init(store: Store, known: KnownKeys, report: @escaping @NetworkActor (StoreError) -> Void) {
        self.store = store
        self.known = known
        self.report = report
    }

    /// Takes a key for a command.
    ///
    /// - Throws: `key.conflict` when a command under way has it for something else.
    func begin(_ claim: Claim, _ invocation: Invocation) throws(CommandFailure) -> Standing {
        let bytes = Array(claim.key.utf8)
        if let pending = underWay[bytes] {
            guard pending.digest.isSame(as: claim.digest) else { throw Self.conflict(claim) }
            return .underWay(pending)
        }
        underWay[bytes] = Pending(claim.digest, invocation)
        let isNew = known.insert(claim.key, at: claim.time)
        if known.isFull { forgetOldest() }
        return isNew && !claim.key.hasPrefix(Self.prefix) ? .new : .known
    }

    /// Forgets the oldest keys: first on the disk, and then here, so that none is taken for new that the store knows.
    private func forgetOldest() {
        guard !isPruning, let horizon = known.horizon else { return }
        isPruning = true
        store.write {
            try $0.pruneKeys(olderThan: horizon, limit: .max)
        } completion: { [weak self] result in
            self?.isPruning = false
            switch result {
            case .success: self?.known.removeAll(before: horizon)
            case .failure(let error): self?.report(error)
            }
        }
    }

    /// What the keys that linnet gives begin with.
    private nonisolated static let prefix = "linnet:"

    /// A key of linnet's own; for a message, the one by which its command can be asked for.
    nonisolated static func issued(_ id: MessageID) -> String { prefix + id.description }

    /// The message by whose id a command may be asked for; nil for any other key.
    nonisolated static func message(of key: String) -> MessageID? {
        key.hasPrefix(prefix) ? MessageID(key.dropFirst(prefix.count)) : nil
    }

    /// What the store knows of a key that was begun; nil for nothing.
    ///
    /// - Throws: `key.conflict` when it was given for something else, `store.…`.
    func past(_ claim: Claim) async throws(CommandFailure) -> Past? {
        let found: StoredKey?
        do throws(StoreError) {
            found = try await store.read { try $0.key(claim.key, since: claim.horizon) }
        } catch {
            throw CommandFailure(error)
        }
        guard let found else { return nil }
        guard claim.digest.isSame(as: CommandDigest(stored: found.digest)) else { throw Self.conflict(claim) }
        let message = found.message.flatMap { MessageID($0) }
        if let outcome = found.outcome { return .outcome(Outcome(outcome), message) }
        return message.map(Past.message)
    }

    /// Ends a command that was begun: keeps how, if that is for good, and then lets everybody know.
    ///
    /// - Parameters:
    ///   - isRecorded: Whether the store has it already.
    ///   - done: Called when the answer may be told.
    func end(
        _ claim: Claim, _ outcome: Outcome, message: MessageID?, isRecorded: Bool,
        done: @escaping @NetworkActor () -> Void
    ) {
        let finish: @NetworkActor () -> Void = { [self] in
            underWay.removeValue(forKey: Array(claim.key.utf8))?.end(outcome)
            done()
        }
        guard !isRecorded, let answer = outcome.stored else { return finish() }
        let row = StoredKey(
            key: claim.key, digest: claim.digest.bytes, time: claim.time, message: message?.description,
            outcome: answer)
        // This is no change that the command makes: it is what is known of it.
        WriteContext.$cause.withValue(nil) {
            store.write {
                try $0.settle(row, expiring: claim.horizon)
            } completion: { [report] result in
                // The command has ended as it has; what is lost is that this is known the next time.
                if case .failure(let error) = result { report(error) }
                finish()
            }
        }
    }

    static func conflict(_ claim: Claim) -> CommandFailure {
        CommandFailure(
            .keyConflict, "the key '\(claim.key.forMessage)' was used with a different command; use a new one",
            field: Fields.key.name)
    }
}

extension IdempotencyKeys.Outcome {
    /// What the store keeps; nil for an error after which the same command may be tried again.
    var stored: StoredKey.Outcome? {
        switch self {
        case .ok(let members): return .ok(members)
        case .error(let failure):
            guard failure.spec.retry == .never else { return nil }
            var members = [
                JSON.Member("code", .string(failure.spec.code)), JSON.Member("text", .string(failure.message)),
            ]
            if let field = failure.field { members.append(JSON.Member("field", .string(field))) }
            let details = failure.details + (failure.standing?.details ?? [])
            return .error(JSON.object(members + [JSON.Member("details", .object(details))]).bytes)
        }
    }

    /// What the store has kept. An error that this version does not know is told as `internal`.
    init(_ stored: StoredKey.Outcome) {
        switch stored {
        case .ok(let members): self = .ok(members)
        case .error(let bytes):
            let error = (try? JSON(parsing: bytes)) ?? .null
            let spec = ErrorSpec.all.first { $0.code == error["code"]?.stringValue } ?? .internalError
            self = .error(
                CommandFailure(
                    spec, error["text"]?.stringValue ?? "the kept answer cannot be read",
                    field: error["field"]?.stringValue, details: error["details"]?.objectValue ?? []))
        }
    }
}

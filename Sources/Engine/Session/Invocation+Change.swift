import Messaging
import Reactor
import Store
import Wire

/// What a command changes for good, and what its answer may say of it at any moment:
///
/// | the change | a command that is given up |
/// |---|---|
/// | not begun | is answered at once, and begins none any more: an error without more means that nothing was done |
/// | on its way to the disk | waits for the disk, though not for ever: then the error says that it is not known |
/// | made | has only to say so |
///
/// Whatever writes to the store in the handler's task is counted, by ``WriteCause``; what changes another file says so
/// with `changing`.
extension Invocation: WriteCause {
    /// How far a change has come.
    enum Change {
        case none
        case underWay
        case made
    }

    /// How long an answer waits for a disk.
    nonisolated static let patience = Duration.seconds(3)

    /// The message that is on the disk, if the command makes one.
    var accepted: MessageID? { change == .made ? message : nil }

    func begin() throws(StoreError) -> WriteCompanion? {
        // A change is one write: what comes behind it follows from it.
        guard change == .none else { return nil }
        guard !isAnswered else { throw StoreError(.aborted, "the command was given up before it changed anything") }
        change = .underWay
        release(.begun)
        let answer = promise
        return WriteCompanion(record: record(answer)) { [self] failure in
            change = failure == nil ? .made : .none
            if failure == nil { recorded = answer }
            release(.made)
        }
    }

    /// What is written with the change, so that who asks again by the key is told what was done.
    private func record(_ answer: [UInt8]?) -> (@Sendable (Transaction, any Sendable) throws -> Void)? {
        guard let claim, !isRecorded else { return nil }
        let late = lateAnswer
        let known = StoredKey(
            key: claim.key, digest: claim.digest.bytes, time: claim.time, message: message?.description)
        return { transaction, result in
            var row = known
            row.outcome = (answer ?? late?(result)).map(StoredKey.Outcome.ok)
            try transaction.insert(row, expiring: claim.horizon)
        }
    }

    /// Makes a change outside the store.
    ///
    /// - Throws: what `body` throws; then nothing has changed. And where the command was given up before.
    func changing<T>(_ body: () async throws(CommandFailure) -> T) async throws(CommandFailure) -> T {
        guard !isAnswered else { throw CommandFailure(.engineStopping, "the command was given up") }
        change = .underWay
        do throws(CommandFailure) {
            let result = try await body()
            change = .made
            return result
        } catch {
            change = .none
            throw error
        }
    }

    /// Says how the command will be answered once its change is made. To be said before the change is begun.
    func promise(_ body: (inout LineWriter) -> Void) {
        promise = members(body)
    }

    /// Answers as was promised.
    func keepPromise() {
        guard let promise else { return fail(CommandFailure(.internalError, "\(spec.name) promised no answer")) }
        answer(as: .ok(promise))
    }

    /// The members of an `ok`.
    func members(_ body: (inout LineWriter) -> Void) -> [UInt8] {
        LineWriter.members(spec, body)
    }

    /// Gives the command up, for this reason.
    func abandon(_ failure: CommandFailure) {
        guard !isAnswered, abandonment == nil else { return }
        deadline?.cancel()
        guard (first ?? self).change != .none else {
            fail(failure)
            task?.cancel()
            return
        }
        abandonment = failure
        // Nothing holds its handler up any more but the disk.
        deadline = session.clock.schedule(after: Self.patience) { [weak self] in self?.fail(failure) }
        task?.cancel()
    }

    /// The failure, with what was done before it.
    func standing(_ failure: CommandFailure) -> CommandFailure {
        var failure = failure
        let subject = first ?? self
        switch subject.change {
        case .none: break
        case .underWay: failure.standing = .unknown(key: subject.keyToAskBy)
        case .made:
            if let message = subject.message { failure.standing = .made(message, subject.messageState) }
        }
        return failure
    }

    /// The key by which the outcome can be asked for: one's own, or one of linnet's.
    private var keyToAskBy: String? {
        claim?.key ?? message.map { IdempotencyKeys.issued($0) }
    }

    /// Whether the store has this outcome with the change.
    func isKept(_ outcome: IdempotencyKeys.Outcome) -> Bool {
        guard case .ok(let members) = outcome, change == .made else { return false }
        return members == recorded || lateAnswer != nil
    }

    /// Lets the lines behind it go on.
    func release(_ stage: CommandSpec.Hold) {
        guard hold != .never, hold <= stage else { return }
        hold = .never
        session.resumeInput()
    }
}

extension LineWriter {
    /// The members of a command's `ok`, without the envelope.
    static func members(_ spec: CommandSpec, _ body: (inout LineWriter) -> Void) -> [UInt8] {
        var line = LineWriter()
        line.beginPayload(spec.answer)
        body(&line)
        return line.takePayload()
    }
}

import Messaging
import Reactor
import Store
import Wire

/// One command under way: what was asked, and the one answer it gets.
///
/// However a command ends (its handler, its timeout, the engine's stop), the first answer counts and every later one
/// is let go: so each line gets exactly one. What the answer says of a change is in `Invocation+Change`.
@NetworkActor final class Invocation {
    let spec: CommandSpec
    /// The position among the session's commands.
    let ordinal: UInt64
    /// How far the change that it makes has come.
    var change = Change.none
    /// The message that it makes, once it has a name.
    var message: MessageID?
    /// Where that message was when somebody last looked.
    var messageState = MessageState.accepted
    /// The members of its `ok`, as soon as they are certain but for the change itself.
    var promise: [UInt8]?
    /// The same where only the change itself tells: made of its result.
    var lateAnswer: (@Sendable (any Sendable) -> [UInt8]?)?
    /// What stands in the store, with the change, as its answer.
    var recorded: [UInt8]?
    /// Why it is given up, when its change was on the way already.
    var abandonment: CommandFailure?
    /// The command with the same key that it waits for, and answers as.
    var first: Invocation?
    /// Why its message has not been delivered yet, as far as is known.
    var obstacle: (@NetworkActor () -> String?)?
    /// Its idempotency key, if it has one and nobody else answers for it.
    var claim: IdempotencyKeys.Claim?
    /// Whether the key is linnet's own, given in case the outcome cannot be told.
    var isKeyIssued = false
    /// Whether the store has its answer already.
    var isRecorded = false
    /// Until when the lines behind it wait, so that it takes effect before them.
    var hold = CommandSpec.Hold.never
    /// When it last told how far it is.
    var meter: ProgressMeter?
    /// What its handler runs in, when it needed a task.
    var task: Task<Void, Never>?
    /// What ends it when it takes too long.
    var deadline: Timer?

    let session: Session
    private let id: CommandID?
    private let line: Int
    private let members: [JSON.Member]
    private(set) var isAnswered = false

    init(
        _ spec: CommandSpec, _ envelope: Envelope, _ members: [JSON.Member], line: Int, ordinal: UInt64,
        _ session: Session
    ) {
        self.spec = spec
        self.id = envelope.id
        self.line = line
        self.members = members
        self.ordinal = ordinal
        self.session = session
        hold = spec.hold(for: members)
    }
}

/// Around it
extension Invocation {
    /// The events of the session that asked.
    var events: EventFeed { session.events }

    /// The session's commands without an answer, with this one.
    var inFlight: Int { session.inFlight }
}

/// Arguments
extension Invocation {
    /// The value of an argument that is required or has a default.
    func value<Value>(_ argument: Argument<Value>) throws(CommandFailure) -> Value {
        if let value = optional(argument) { return value }
        throw CommandFailure(
            .argumentMissing, "\(spec.name) needs '\(argument.spec.name)'", field: argument.spec.name)
    }

    /// The value of an argument, or its default, if there is either.
    func optional<Value>(_ argument: Argument<Value>) -> Value? {
        let given = members.value(argument.spec.name) ?? spec.argument(argument.spec.name)?.defaultValue
        return given.flatMap(argument.read)
    }
}

extension Invocation {
    /// Overwrites what nobody else may see, and what may be that under a wrong name.
    private func eraseSecrets() {
        guard spec.takesSecrets else { return }
        members.erase { name in !Envelope.isReserved(name) && (spec.argument(name)?.isSecret ?? true) }
        session.eraseStack()
    }
}

/// Answers
extension Invocation {
    /// Adds an `item` line.
    func item(_ body: (inout LineWriter) -> Void) {
        guard !isAnswered else { return }
        write("item", spec.item, body)
    }

    /// Ends the command well.
    func ok(_ body: (inout LineWriter) -> Void = { _ in }) {
        guard !isAnswered else { return }
        isAnswered = true
        guard claim != nil, !isKeyIssued else {
            write("ok", spec.answer, body)
            return finish(isFailure: false)
        }
        keep(.ok(members(body)))
    }

    /// Ends the command with an error.
    func fail(_ failure: CommandFailure) {
        guard !isAnswered else { return }
        if let abandonment {
            // What the disk has done is done: that is the answer, whatever the wait was given up for.
            if change == .made, let promise { return answer(as: .ok(promise)) }
            // Its waits ended because it was given up.
            isAnswered = true
            return keep(.error(explained(standing(failure.spec == .engineStopping ? abandonment : failure))))
        }
        isAnswered = true
        keep(.error(explained(standing(failure))))
    }

    /// The same failure with what keeps the message from its peer, if that is known.
    private func explained(_ failure: CommandFailure) -> CommandFailure {
        guard failure.spec.details.contains(where: { $0.name == Fields.obstacle.name }), let reason = obstacle?() else {
            return failure
        }
        var copy = failure.adding("the reason: \(reason)")
        copy.details.append(Fields.obstacle.detail(.string(reason)))
        return copy
    }

    /// Ends the command as the first with its key has ended.
    func answer(as outcome: IdempotencyKeys.Outcome) {
        guard !isAnswered else { return }
        isAnswered = true
        keep(outcome)
    }

    /// Whether the reader has so much before it that what can be spared should be.
    var isReaderBehind: Bool { session.output.isFull }

    /// Suspends while the reader has so much before it that more items should wait.
    func room() async {
        await session.room()
    }

    /// Suspends until every command before this one has its answer.
    func answersBefore() async {
        await session.answersBefore(ordinal)
    }

    func write(_ type: String, _ fields: [FieldSpec], _ body: (inout LineWriter) -> Void) {
        session.output.line(type) { line in
            line.answering(id, spec.name)
            line.expect(fields)
            body(&line)
        }
    }

    /// Answers, once the store has the answer if it is to be given again.
    private func keep(_ outcome: IdempotencyKeys.Outcome) {
        guard let claim, !isKeyIssued else { return tell(outcome) }
        deadline?.cancel()
        session.keys.end(claim, outcome, message: accepted, isRecorded: isRecorded || isKept(outcome)) { [self] in
            tell(outcome)
        }
    }

    private func tell(_ outcome: IdempotencyKeys.Outcome) {
        switch outcome {
        case .ok(let members):
            session.output.line("ok") { line in
                line.answering(id, spec.name)
                line.members(members)
            }
            finish(isFailure: false)
        case .error(let failure):
            session.output.error(failure, id: id, command: spec.name, line: line)
            finish(isFailure: true)
        }
    }

    private func finish(isFailure: Bool) {
        if isFailure {
            session.counters.commandsFailed += 1
        } else {
            session.counters.commandsSucceeded += 1
        }
        deadline?.cancel()
        deadline = nil
        eraseSecrets()
        session.answered(self)
    }
}

extension LineQueue {
    /// Adds an `error` line.
    func error(_ failure: CommandFailure, id: CommandID? = nil, command: String? = nil, line number: Int? = nil) {
        line("error") { line in
            line.answering(id, command)
            line.expect(
                [Fields.code, Fields.errorText, Fields.field, Fields.line, Fields.retry] + failure.spec.details)
            line.string(Fields.code, failure.spec.code)
            line.string(Fields.errorText, failure.message)
            line.string(Fields.field, failure.field)
            line.count(Fields.line, number)
            line.string(Fields.retry, failure.retry.rawValue)
            let details = failure.details + (failure.standing?.details ?? [])
            for field in failure.spec.details {
                for detail in details where detail.name == field.name { line.value(detail, as: field) }
            }
        }
    }
}

extension LineWriter {
    /// The keys that every answer begins with.
    mutating func answering(_ id: CommandID?, _ command: String?) {
        expect([Fields.id, Fields.cmd])
        switch id {
        case .string(let text): string(Fields.id, text)
        case .integer(let number): integer(Fields.id, number)
        case nil: break
        }
        string(Fields.cmd, command)
    }
}

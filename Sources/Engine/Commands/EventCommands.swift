import Reactor
import Store
import Time
import Wire

/// The commands about durable events and who reads them.
extension Command {
    static let eventsSubscribe = Command(
        spec: CommandSpec(
            "events.subscribe", "Choose which events are written from now on, and where to begin.",
            arguments: [
                EventArguments.types.spec, EventArguments.chats.spec, EventArguments.since.spec,
                EventArguments.consumer.spec,
            ],
            answer: [EventArguments.consumer.spec, EventFields.after.required, EventFields.last.required],
            errors: [
                .targetUnknown, .targetAmbiguous, .targetSelf, .cursorBeyond, .limitReached, .storeFull, .storeFailed,
            ],
            example: #"{"cmd":"events.subscribe","types":["message*"],"consumer":"bot"}"#
        ).kept.beforeAllElse.opposite("unsubscribe"),
        handler: .concurrent { engine, call throws(CommandFailure) in try await engine.eventsSubscribe(call) })

    static let eventsAck = Command(
        spec: CommandSpec(
            "events.ack", "Acknowledge all events up to this one for a consumer. Later ones are delivered again.",
            arguments: [EventArguments.consumer.required, EventArguments.acknowledged.required],
            answer: [EventArguments.consumer.required, Fields.sequence.required],
            errors: [.consumerUnknown, .cursorBackward, .cursorBeyond, .storeFull, .storeFailed], takesKey: true,
            example: #"{"cmd":"events.ack","consumer":"bot","seq":42}"#
        ).opposite("nack", "unack"),
        handler: .concurrent { engine, call throws(CommandFailure) in try await engine.eventsAck(call) })

    static let eventsReplay = Command(
        spec: CommandSpec(
            "events.replay", "List past durable events, each as it was written.",
            arguments: [
                EventArguments.replaySince.spec, EventArguments.until.spec, EventArguments.types.spec,
                EventArguments.chats.spec, Arguments.limit.or(.integer(100)), EventArguments.after.spec,
            ],
            alternatives: [.atLeastOne("since", "after")],
            item: [EventFields.event.required],
            answer: [Fields.count.required, EventFields.next],
            errors: [.targetUnknown, .targetAmbiguous, .targetSelf, .storeFailed],
            example: #"{"cmd":"events.replay","since":"24h","types":["message"]}"#),
        handler: .concurrent { engine, call throws(CommandFailure) in try await engine.eventsReplay(call) })
}

enum EventArguments {
    static let types = Argument.strings(
        FieldSpec(
            "types", .list(.string(bytes: 1...64), count: 1...64), "names of events; * and ? stand for any characters",
            example: .array([.string("message*")])))
    static let chats = Argument.strings(
        FieldSpec(
            "chats", .list(.target, count: 1...256), "only events of these conversations",
            example: .array([.string("bob")])))
    static let since = Argument.json(
        FieldSpec(
            "since", .identifier,
            "where to begin: after this seq, at a time, that long ago (\"24h\"), \"now\", or \"ack\": after what the consumer has "
                + "acknowledged; by default now, or ack with a consumer", example: .string("24h")
        ).renamed)
    static let consumer = Argument.string(
        FieldSpec(
            "consumer", .string(bytes: 1...64),
            "a name under which the engine remembers what this reader has acknowledged; up to 1024 names",
            example: .string("bot")))
    static let acknowledged = Argument.integer(Fields.sequence.saying("the last event that the consumer has handled"))
    static let replaySince = Argument.json(
        FieldSpec(
            "since", .identifier, "where to begin: after this seq, at a time, or that long ago", example: .string("24h")
        ).renamed)
    static let after = Argument.integer(
        FieldSpec(
            "after", .count, "continue after this seq: next of the previous page, with the other arguments unchanged",
            example: .integer(42)
        ).renamed)
    static let until = Argument.json(
        FieldSpec("until", .identifier, "where to end: at this seq, at a time, or that long ago", example: .integer(42))
            .renamed)
}

enum EventFields {
    static let after = FieldSpec("after", .count, "the events after this seq follow", example: .integer(40)).renamed
    static let last = FieldSpec("last", .count, "seq of the latest event", example: .integer(43)).renamed
    static let event = FieldSpec(
        "event", .object([]), "the event as it was written, or a gap where events are no longer kept",
        example: .object([
            JSON.Member("type", .string(Events.message.name)), JSON.Member("seq", .integer(43)),
        ]))
    static let from = FieldSpec(
        "from", .count, "seq of the first event that is no longer kept", example: .integer(1)
    ).renamed
    static let to = FieldSpec("to", .count, "seq of the last event that is no longer kept", example: .integer(40))
        .renamed
    static let next = FieldSpec("next", .count, "there are more: pass this as after", example: .integer(42)).renamed
}

extension Engine {
    func eventsSubscribe(_ call: Invocation) async throws(CommandFailure) {
        let filter = try filter(call)
        let consumer = call.optional(EventArguments.consumer)
        let since = try EventPosition.start(try position(call, EventArguments.since), consumer)
        if since == .now, consumer == nil { return subscribe(call, filter, after: call.events.latest) }

        let now = world.wallClock.now
        let start: ReaderStart
        do throws(StoreError) {
            start = try await store.write { try ReaderStart(since, as: consumer, isTold: true, in: $0, now: now) }
        } catch {
            throw CommandFailure(error)
        }
        if let problem = start.problem(EventArguments.since.spec.name) { throw problem }
        guard !call.isAnswered else { return }
        subscribe(call, filter, after: start.after, as: consumer.map { reader(named: $0, told: start.told) })
    }

    /// The consumer of this name: as this engine knows it, or else as the store does.
    private func reader(named consumer: String, told: Int64) -> ReaderMark {
        if let known = readers[ByteText(consumer)] {
            known.opened()
            return known
        }
        let mark = ReaderMark(consumer, told: told, isOpen: true)
        readers[ByteText(consumer)] = mark
        return mark
    }

    private func subscribe(
        _ call: Invocation, _ filter: EventFilter, after seq: Int64, as reader: ReaderMark? = nil
    ) {
        call.ok { line in
            line.string(EventArguments.consumer.spec, reader?.consumer)
            line.integer(EventFields.after, seq)
            line.integer(EventFields.last, call.events.latest)
        }
        call.events.subscribe(filter, after: seq, as: reader)
    }

    func eventsAck(_ call: Invocation) async throws(CommandFailure) {
        let consumer = try call.value(EventArguments.consumer)
        let seq = try call.value(EventArguments.acknowledged)
        call.promise { line in
            line.string(EventArguments.consumer.spec, consumer)
            line.integer(Fields.sequence, seq)
        }
        do throws(StoreError) {
            try await store.write { transaction in
                try Self.acknowledge(seq, as: consumer, transaction)
            }
        } catch {
            throw CommandFailure(error)
        }
        call.keepPromise()
    }

    /// Moves a consumer's cursor.
    ///
    /// - Throws: `consumer.unknown`, `cursor.beyond`, `cursor.backward`; then it stays where it is.
    private nonisolated static func acknowledge(_ seq: Int64, as consumer: String, _ transaction: Transaction) throws {
        guard let cursor = try transaction.cursor(of: consumer)?.seq, consumer != Lifecycle.cursorName else {
            throw CommandFailure(
                .consumerUnknown, "there is no consumer '\(consumer.forMessage)'; events.subscribe creates one",
                field: EventArguments.consumer.spec.name)
        }
        let last = try transaction.lastEventSeq()
        guard seq <= last else { throw CommandFailure.beyond(seq, last, Fields.sequence.name) }
        guard seq >= cursor else {
            throw CommandFailure(
                .cursorBackward, "'\(consumer.forMessage)' has already acknowledged \(cursor)",
                field: Fields.sequence.name, details: [Fields.sequence.detail(.integer(cursor))])
        }
        if cursor < seq { try transaction.setCursor(of: consumer, to: seq) }
    }
}

extension CommandFailure {
    /// An event that is not there yet.
    static func beyond(_ seq: Int64, _ last: Int64, _ field: String) -> CommandFailure {
        CommandFailure(
            .cursorBeyond, "there is no event \(seq) yet; the last is \(last)", field: field,
            details: [Fields.sequence.detail(.integer(last))])
    }
}

/// Replay
extension Engine {
    /// Events that are read from the store at once.
    private nonisolated static let replayPage = 64

    func eventsReplay(_ call: Invocation) async throws(CommandFailure) {
        let filter = try filter(call)
        let limit = Int(try call.value(Arguments.limit))
        let since = try position(call, EventArguments.replaySince) ?? .seq(0)
        guard since != .ack else { throw Self.noPosition(EventArguments.replaySince.spec.name) }
        let after = call.optional(EventArguments.after) ?? 0
        let until = try position(call, EventArguments.until) ?? .now
        guard until != .ack else { throw Self.noPosition(EventArguments.until.spec.name) }
        let now = world.wallClock.now
        let (first, end) = try await read { transaction in
            let last = try transaction.lastEventSeq()
            return (
                max(after, try since.seq(in: transaction, last: last, now: now, cursor: nil)),
                min(try until.seq(in: transaction, last: last, now: now, isEnd: true, cursor: nil), last)
            )
        }
        var (seq, count) = (first, 0)
        while seq < end, !call.isAnswered {
            let start = seq
            let page = try await read { try $0.events(after: start, limit: Self.replayPage) }
            if page.isEmpty {
                gap(call, seq + 1, end)
                count += 1
                seq = end
            }
            for event in page where seq < end {
                if event.seq > seq + 1 {
                    seq = min(event.seq - 1, end)
                    gap(call, start + 1, seq)
                    count += 1
                    if seq == end { break }
                }
                guard filter.admits(event.type, chat: event.chat) else {
                    seq = event.seq
                    continue
                }
                guard count < limit else {
                    return call.ok { line in
                        line.count(Fields.count, count)
                        line.integer(EventFields.next, seq)
                    }
                }
                await call.room()
                item(call, event)
                count += 1
                seq = event.seq
            }
        }
        call.ok { $0.count(Fields.count, count) }
    }

    private func item(_ call: Invocation, _ event: LoggedEvent) {
        call.item { line in
            line.field(EventFields.event) { json in
                json.beginObject()
                json.key("type")
                json.string(event.type)
                json.key("seq")
                json.integer(event.seq)
                json.key("time")
                json.string(event.time.rfc3339)
                if !event.payload.isEmpty { json.raw(event.payload) }
                json.endObject()
            }
        }
    }

    /// Tells that events are no longer kept.
    private func gap(_ call: Invocation, _ from: Int64, _ to: Int64) {
        call.item { line in
            line.field(EventFields.event) { json in
                json.beginObject()
                json.key("type")
                json.string(Events.gap.name)
                json.key("time")
                json.string(world.wallClock.now.rfc3339)
                json.key("from")
                json.integer(from)
                json.key("to")
                json.integer(to)
                json.endObject()
            }
        }
    }

    private func read<T: Sendable>(
        _ body: @escaping @Sendable (ReadTransaction) throws -> T
    ) async throws(CommandFailure) -> T {
        do throws(StoreError) {
            return try await store.read(body)
        } catch {
            throw CommandFailure(error)
        }
    }
}

/// Arguments
extension Engine {
    /// The filter that `types` and `chats` make.
    private func filter(_ call: Invocation) throws(CommandFailure) -> EventFilter {
        var filter = EventFilter.everything
        if let types = call.optional(EventArguments.types) {
            for type in types {
                guard let problem = Glob.problem(with: type, known: Events.all.lazy.map(\.name)) else { continue }
                throw CommandFailure(
                    .argumentInvalid, "'types': \(problem)", field: EventArguments.types.spec.name)
            }
            filter.types = types.map(Glob.init)
        }
        if let chats = call.optional(EventArguments.chats) {
            var peers: Set<ByteText> = []
            for chat in chats {
                let chat = try self.chat(chat, for: .reading, field: EventArguments.chats.spec.name).chat
                peers.insert(ByteText(chat))
            }
            filter.chats = peers
        }
        return filter
    }

    private func position(_ call: Invocation, _ argument: Argument<JSON>) throws(CommandFailure) -> EventPosition? {
        guard let value = call.optional(argument) else { return nil }
        guard let position = EventPosition(value) else { throw Self.noPosition(argument.spec.name) }
        return position
    }

    private static func noPosition(_ field: String) -> CommandFailure {
        CommandFailure(
            .argumentInvalid,
            "'\(field)' must be a seq, a time such as \"2026-11-20T22:31:04.118Z\", a time ago such as \"24h\", now, or in "
                + "events.subscribe ack", field: field)
    }
}

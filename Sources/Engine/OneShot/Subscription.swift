import Reactor
import Wire

/// A listener's side of the conversation with an engine that runs in another process: it subscribes once the engine is
/// unlocked, passes events on, and acknowledges what its reader has taken, if the reader is a consumer.
@NetworkActor public final class Subscription: LineSink {
    /// What the listener wants.
    public struct Wish: Sendable {
        /// Names of events, with `*` and `?`; none for all.
        public var types: [String] = []
        /// Where to begin, as `events.subscribe` takes it.
        public var since: String?
        /// The name by which the engine remembers what its reader has taken.
        public var consumer: String?
        /// How many events; nil for all.
        public var limit: Int?

        /// Every event from now on.
        public init() {}
    }

    /// What the engine said against it: nothing more comes.
    public private(set) var failure: CommandFailure?
    private let wish: Wish
    private let sink: any LineSink
    private let say: @NetworkActor ([UInt8]) -> Void
    private var isAsked = false
    private var isSubscribed = false
    private var left: Int?
    /// The last durable event that the reader has taken.
    private var taken: Int64 = 0
    /// The last one that the engine knows of, and the one that it is being told of.
    private var acknowledged: Int64 = 0
    private var asked: Int64?

    /// Passes events on to `sink`, and says to the engine what has to be said.
    public init(_ wish: Wish, to sink: any LineSink, say: @escaping @NetworkActor ([UInt8]) -> Void) {
        self.wish = wish
        self.sink = sink
        self.say = say
        left = wish.limit
    }

    /// Whether the reader has had as many events as it wanted.
    public var hasEnough: Bool { left == 0 }

    /// Whether there is nothing left to be done.
    public var isOver: Bool {
        failure != nil || hasEnough && (wish.consumer == nil || acknowledged >= taken)
    }

    /// Takes what the engine says.
    public func write(_ lines: [UInt8], done: @escaping @NetworkActor (Bool) -> Void) {
        var text: [UInt8] = []
        var last: Int64?
        for line in EngineLine.all(in: lines) {
            guard let json = line.json else {
                failure = failure ?? EngineLine.unreadable
                continue
            }
            switch json["type"]?.stringValue {
            case Events.started.name: subscribe()
            case Events.stopped.name: break
            case "ok": answered(json)
            case "error": refused(json)
            case let type?:
                let isOfItself = [Events.locked, Events.gap, Events.dropped].contains { $0.name == type }
                guard isSubscribed || type == Events.locked.name, !hasEnough else { continue }
                text += line.whole
                if let seq = json["seq"]?.integerValue { last = seq }
                if let count = left, !isOfItself { left = count - 1 }
            case nil: break
            }
        }
        guard !text.isEmpty else { return done(true) }
        sink.write(text) { [self] isOpen in
            if isOpen, let last {
                taken = max(taken, last)
                acknowledge()
            }
            done(isOpen)
        }
    }

    private func subscribe() {
        guard !isAsked else { return }
        isAsked = true
        var members: [JSON.Member] = []
        if !wish.types.isEmpty {
            members.append(JSON.Member(EventArguments.types.spec.name, .array(wish.types.map(JSON.string))))
        }
        if let since = wish.since { members.append(JSON.Member(EventArguments.since.spec.name, .string(since))) }
        put(Command.eventsSubscribe.spec, members)
    }

    private func acknowledge() {
        guard wish.consumer != nil, asked == nil, taken > acknowledged, failure == nil else { return }
        asked = taken
        put(Command.eventsAck.spec, [JSON.Member(Fields.sequence.name, .integer(taken))])
    }

    private func put(_ spec: CommandSpec, _ members: [JSON.Member]) {
        var members = [JSON.Member(Fields.cmd.name, .string(spec.name))] + members
        if let consumer = wish.consumer {
            members.append(JSON.Member(EventArguments.consumer.spec.name, .string(consumer)))
        }
        say(JSON.object(members).bytes + [UInt8(ascii: "\n")])
    }

    private func answered(_ json: JSON) {
        if json["cmd"]?.stringValue == Command.eventsSubscribe.spec.name {
            isSubscribed = true
        } else {
            acknowledgedAll()
        }
    }

    private func refused(_ json: JSON) {
        let code = json["code"]?.stringValue
        // Another listener of the same name is ahead: what it acknowledged counts for this one too.
        if code == ErrorSpec.cursorBackward.code { return acknowledgedAll() }
        let spec = ErrorSpec.all.first { $0.code == code } ?? .internalError
        failure = CommandFailure(spec, json[Fields.errorText.name]?.stringValue ?? code ?? "refused")
    }

    private func acknowledgedAll() {
        acknowledged = max(acknowledged, asked ?? 0)
        asked = nil
        acknowledge()
    }
}

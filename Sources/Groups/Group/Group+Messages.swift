import Crypto
import Identity
import Ledger
import Time

extension Group {
    /// How far an author's clock may be ahead of ours.
    public static let clockTolerance: Duration = .seconds(300)
    /// For how long after a new epoch began messages of the one before are taken from the topic: somebody may not have
    /// heard of it. Catching up takes them later, too.
    public static let epochGrace: Duration = .seconds(600)
    /// The most topics of ``topics(now:)``.
    static let maximumTopics = 4

    /// How a frame came.
    public enum Path: Sendable {
        /// Over the topic, now.
        case live
        /// From a member's store, while catching up.
        case history
    }

    /// What a frame holds.
    public enum Opened: Sendable {
        /// A message: to be stored with the frame that it came in, and told.
        case message(GroupMessage)
        /// An entry of the log, as bytes for ``Group/apply(_:now:)``.
        case entry([UInt8])
        /// Nothing for us. Each counts under its name.
        case refused(GroupRefusal)
    }

    /// Where the group talks: first the topic to publish to, then those of epochs that ended within the grace. Subscribe
    /// to all. None as long as we are not in the group, or have not its key.
    public func topics(now: Timestamp) -> [String] {
        guard let state else { return [] }
        if state.visibility == .public { return [EpochKey.publicTopic(id)] }
        guard isMember else { return [] }
        let latest = state.epochs.sorted { ($1.number, $0.id) < ($0.number, $1.id) }
        var topics: [String] = []
        for (index, epoch) in latest.enumerated() {
            // An epoch ended when the one after it began.
            let end = index == 0 ? nil : latest[index - 1].start
            if let end, end + Self.epochGrace < now { break }
            if let key = keys[epoch.id] { topics.append(key.topic) }
            if topics.count == Self.maximumTopics { break }
        }
        return topics
    }

    /// Where a public group talks, also before its log is here.
    public static func publicTopic(of group: GroupID) -> String { EpochKey.publicTopic(group) }

    /// What decides the number, the time and the predecessors of our next message: a copy, for ``seal(_:after:now:random:)``.
    public var messageClock: MessageClock { clock }

    /// Says something. The frame is to be stored with the message, and then to be published to the first of
    /// ``topics(now:)``; the group knows of the message when it is told, by ``note(_:)``.
    ///
    /// - Parameter clock: ``messageClock``, or what an earlier call has made of it: it goes on to the message after this.
    /// - Throws: ``GroupError`` `not_member`, `no_key`, `invalid_message`, `log_missing`.
    public func seal(
        _ draft: GroupMessage.Draft, after clock: inout MessageClock, now: Timestamp,
        random: (UnsafeMutableRawBufferPointer) -> Void
    ) throws(GroupError) -> (message: GroupMessage, frame: [UInt8]) {
        let state = try asMember()
        guard draft.isValid else {
            throw GroupError(
                .invalidMessage,
                "a message has 1 to \(GroupMessage.maximumBodyByteCount) bytes, a content type like 'text/plain', and "
                    + "mentions at most \(GroupMessage.maximumMentions)")
        }
        if state.visibility == .private, keys[state.epoch.id] == nil { throw .noKey }
        let message = GroupMessage.sign(
            draft, group: id, epoch: state.epoch.id, sequence: clock.sequence,
            time: clock.time(now, from: state.epoch.start), after: clock.after, by: identity)
        let frame = try frame(.message(message.encoded), state, nil, random)
        clock.note(message, isOwn: true)
        return (message, frame)
    }

    /// An entry of the log as a frame for the topic.
    ///
    /// One that begins an epoch goes to the epoch before (`in`), so that everybody hears of it.
    ///
    /// - Parameter epoch: whose key to use; nil for the current one.
    /// - Throws: ``GroupError`` `no_key`, `log_missing`.
    public func seal(
        _ entry: Entry, in epoch: EpochID? = nil, random: (UnsafeMutableRawBufferPointer) -> Void
    ) throws(GroupError) -> [UInt8] {
        guard let state else { throw Self.logMissing }
        return try frame(.entry(entry.encoded), state, epoch, random)
    }

    private func frame(
        _ payload: GroupFrame.Payload, _ state: GroupState, _ epoch: EpochID?,
        _ random: (UnsafeMutableRawBufferPointer) -> Void
    ) throws(GroupError) -> [UInt8] {
        guard state.visibility == .private else { return GroupFrame.plain(payload) }
        guard let key = keys[epoch ?? state.epoch.id] else { throw .noKey }
        return GroupFrame.sealed(payload, with: key, random: random)
    }

    /// Reads a frame. A message counts as heard when it was stored, and ``note(_:)`` has said so.
    ///
    /// - Parameters:
    ///   - now: our wall clock.
    ///   - path: how it came. From the topic only members are heard; what was said by those who have gone since comes by
    ///     catching up.
    public func read(_ frame: [UInt8], now: Timestamp, via path: Path = .live) -> Opened {
        do throws(GroupRefusal) {
            guard let state else { throw .logMissing }
            let payload: GroupFrame.Payload
            var epoch = state.epoch.id
            if state.visibility == .public {
                payload = try GroupFrame.openPlain(frame)
            } else {
                let key: EpochKey
                (payload, key) = try GroupFrame.open(frame, with: likelyKeys(state))
                epoch = key.epoch
            }
            switch payload {
            case .entry(let bytes): return .entry(bytes)
            case .message(let bytes):
                let message = try GroupMessage(decoding: bytes)
                try judge(message, epoch, state, now, path)
                return .message(message)
            }
        } catch {
            return .refused(error)
        }
    }

    /// Tells the clock of messages that were stored before: after ``restore(entries:keys:)``, with the latest ones.
    ///
    /// - Parameter nextSequence: the number after that of our own last message.
    public mutating func restore(
        messages: [(id: GroupMessageID, time: Timestamp)], nextSequence: UInt64
    ) {
        for (id, time) in messages.suffix(GroupMessage.maximumAfter) {
            clock.note(id, time: time, after: [])
            recent.insert(id)
        }
        clock.sequence = max(clock.sequence, nextSequence)
    }

    /// Whether a message is one of the latest thousands that were said, read or restored here.
    public func remembers(_ message: GroupMessageID) -> Bool { recent.contains(message) }

    /// A message is stored: what is said next follows it, and it is not taken again.
    public mutating func note(_ message: GroupMessage) {
        clock.note(message, isOwn: message.author == local)
        recent.insert(message.id)
    }

    /// The keys that we have, that of the current epoch first.
    private func likelyKeys(_ state: GroupState) -> [EpochKey] {
        (keys[state.epoch.id].map { [$0] } ?? []) + keys.keys.sorted().compactMap { keys[$0] }
    }

    private func judge(
        _ message: GroupMessage, _ epoch: EpochID, _ state: GroupState, _ now: Timestamp, _ path: Path
    ) throws(GroupRefusal) {
        guard message.group == id else { throw .anotherGroup }
        guard message.epoch == epoch else { throw .replayedEpoch }
        guard !recent.contains(message.id) else { throw .duplicate }
        guard message.time <= now + Self.clockTolerance else { throw .clockAhead }
        if let start = graph.time(of: epoch), message.time + Self.clockTolerance < start { throw .clockBehind }
        try judgeAuthor(message, state, path)
        guard path == .live, message.epoch != state.epoch.id else { return }
        if state.epoch.start + Self.epochGrace < now { throw .epochOver }
    }

    private func judgeAuthor(_ message: GroupMessage, _ state: GroupState, _ path: Path) throws(GroupRefusal) {
        guard !state.isMember(message.author) else { return }
        guard let former = state.former.first(where: { $0.peer == message.author }) else {
            if state.visibility == .private { throw .notMember }
            return
        }
        let wasMember =
            message.time <= former.left + Self.clockTolerance
            && former.joined <= message.time + Self.clockTolerance
        guard path == .history, wasMember else { throw .removedMember }
    }
}

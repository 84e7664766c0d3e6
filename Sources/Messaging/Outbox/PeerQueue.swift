import Store
import Time

/// The messages that wait for one peer, in their order: which to send next, and what an answer means for the rest.
///
/// At most a window of messages is held here; the store has them all. A pipelined message names the one before it, and a
/// receiver that has not stored that one answers `order`; the message then waits until everything before it is settled
/// or has moved on. Without a protocol that knows this rule, and with a peer whose protocol is not known yet, one message
/// goes at a time.
struct PeerQueue: Sendable {
    /// What the queue is limited to.
    struct Limits: Sendable {
        var window = 64
        var largeBody = 64 << 10
        /// Bytes of bodies held at most; one message in any case.
        var heldBytes = 4 << 20
    }

    /// A message to be sent now.
    struct Departure: Equatable, Sendable {
        var message: StoredMessage
        /// The message that it must come after.
        var after: MessageID?
        /// To be handed back with the answer.
        var epoch: Int
    }

    /// What came of a departure.
    enum Answer: Equatable, Sendable {
        case delivered
        case outOfOrder
        case busy(retryAfter: Duration?)
        case refused(String)
        /// The peer speaks no protocol that carries messages.
        case unsupported
        /// No connection, or it broke, or took too long: the peer may or may not have the message.
        case unreachable
    }

    /// A message that is done with.
    enum Settlement: Equatable, Sendable {
        case delivered
        case failed(String)
    }

    private struct Item: Sendable {
        let message: StoredMessage
        var isInFlight = false
        /// Refused for its order: to be sent again only when nothing is before it.
        var isHeldBack = false
    }

    /// So often may a peer answer that it speaks none of our protocols: it may just be starting.
    static let toleratedUnsupported = 3

    let limits: Limits
    private var items: [Item] = []
    private var heldBytes = 0
    private var inFlight = 0
    /// Messages up to here are held or settled.
    private var loadedThrough: Int64 = 0
    /// The store has messages behind `loadedThrough`.
    private var hasMore: Bool
    /// What the store was asked for: the messages behind this position.
    private var loading: Int64?
    private var backoff = RetryBackoff()
    private var unsupported = 0
    private var epoch = 0
    /// Whether the peer's protocol is known to keep the order of pipelined messages.
    var isPipelined = false
    /// Until then nothing is sent.
    private(set) var pausedUntil: Instant?
    /// Whether the peer itself has asked for the pause.
    private var isAskedToWait = false
    /// When the queue began to pause because the peer could not be reached, or when it was made.
    private var failedAt: Instant?
    /// Whether there is little time left to try: then failures are followed by short pauses.
    var isUrgent = false

    /// A peer that could not be reached is tried this long after at the soonest, if there is something new for it.
    static let freshGap = Duration.seconds(1)

    /// A queue whose messages, if `hasBacklog`, are all in the store.
    init(limits: Limits = Limits(), hasBacklog: Bool) {
        self.limits = limits
        hasMore = hasBacklog
    }

    /// True when there is nothing left to do for this peer.
    var isEmpty: Bool { items.isEmpty && !hasMore && loading == nil }

    /// Messages under way.
    var inFlightCount: Int { inFlight }

    /// The positions of the messages under way.
    var inFlightPositions: [Int64] { items.filter(\.isInFlight).map(\.message.position) }

    // MARK: Messages come in

    /// A message was stored behind all others.
    mutating func enqueue(_ message: StoredMessage) {
        guard message.position > loadedThrough else { return }
        if hasMore || loading != nil || !hasRoom(for: message) {
            hasMore = true
        } else {
            hold(message)
        }
    }

    /// What to ask the store for now; nil when enough is held. Answer with `loaded`.
    mutating func nextLoad() -> (after: Int64, limit: Int)? {
        guard hasMore, loading == nil, items.count <= limits.window / 2,
            heldBytes < limits.heldBytes / 2 || items.isEmpty,
            pausedUntil == nil
        else { return nil }
        loading = loadedThrough
        hasMore = false
        return (loadedThrough, limits.window - items.count)
    }

    /// The store's answer: the next messages in order, `limit` of them if there are as many.
    mutating func loaded(_ messages: [StoredMessage], limit: Int) {
        // A pause may have let go of what the answer continues.
        let continues = loading == loadedThrough
        loading = nil
        guard continues else {
            hasMore = true
            return
        }
        if messages.count >= limit { hasMore = true }
        for message in messages where message.position > loadedThrough {
            guard hasRoom(for: message) else {
                hasMore = true
                return
            }
            hold(message)
        }
    }

    /// The store could not answer. The queue pauses and asks again.
    mutating func loadFailed(now: Instant, entropy: UInt64) {
        loading = nil
        hasMore = true
        pause(now + backoff.next(entropy: entropy, isUrgent: isUrgent))
    }

    private func hasRoom(for message: StoredMessage) -> Bool {
        items.isEmpty
            || (items.count < limits.window && heldBytes + message.content.body.count <= limits.heldBytes)
    }

    private mutating func hold(_ message: StoredMessage) {
        items.append(Item(message: message))
        heldBytes += message.content.body.count
        loadedThrough = message.position
    }

    private func isLarge(_ item: Item) -> Bool { item.message.content.body.count > limits.largeBody }

    // MARK: Messages go out

    /// The next message to be sent now; to be asked until it answers nil.
    ///
    /// - Parameter time: What expires by then is not sent any more: the store may be about to say so.
    mutating func next(now: Instant, expiring time: Timestamp? = nil) -> Departure? {
        if let until = pausedUntil {
            guard until <= now else { return nil }
            endPause()
        }
        guard inFlight < (isPipelined ? limits.window : 1) else { return nil }
        guard let index = items.firstIndex(where: { !$0.isInFlight }) else { return nil }
        let item = items[index]
        if let time, let expiry = item.message.content.expiresAt, expiry <= time { return nil }
        if item.isHeldBack && index > 0 { return nil }
        if inFlight > 0 {
            // A large message is alone in the window, so it is the first one under way if there is any.
            guard !isLarge(item), let first = items.first(where: \.isInFlight), !isLarge(first) else { return nil }
        }
        items[index].isInFlight = true
        items[index].isHeldBack = false
        inFlight += 1
        let before = index > 0 ? items[index - 1].message.id : nil
        return Departure(message: item.message, after: before.flatMap { MessageID($0) }, epoch: epoch)
    }

    /// Takes in the answer to a departure. Returns what became of the message if it is done with.
    mutating func answered(
        _ answer: Answer, to departure: Departure, now: Instant, entropy: UInt64
    ) -> Settlement? {
        guard let index = items.firstIndex(where: { $0.message.position == departure.message.position }),
            items[index].isInFlight
        else { return nil }
        items[index].isInFlight = false
        inFlight -= 1
        if answer != .unsupported { unsupported = 0 }
        switch answer {
        case .delivered:
            backoff.reset()
            remove(at: index)
            return .delivered
        case .refused(let reason):
            backoff.reset()
            remove(at: index)
            return .failed(reason)
        case .outOfOrder:
            // The first message comes after none: a peer that says otherwise is not well.
            if index == 0, departure.after == nil {
                pauseAfterFailure(of: departure, now: now, entropy: entropy)
            } else {
                items[index].isHeldBack = true
            }
        case .busy(let delay):
            let pause = max(backoff.next(entropy: entropy, isUrgent: isUrgent), delay ?? .zero)
            self.pause(now + pause)
            isAskedToWait = true
        case .unsupported:
            unsupported += 1
            if unsupported >= Self.toleratedUnsupported {
                remove(at: index)
                return .failed("the peer speaks no protocol for messages")
            }
            // Time enough to finish starting, even where there is little.
            pauseAfterFailure(of: departure, now: now, entropy: entropy, isUrgent: false)
        case .unreachable:
            pauseAfterFailure(of: departure, now: now, entropy: entropy)
        }
        return nil
    }

    /// Takes out messages that have expired.
    mutating func drop(_ positions: some Sequence<Int64>) {
        let gone = Set(positions)
        for index in items.indices.reversed()
        where gone.contains(items[index].message.position) && !items[index].isInFlight {
            remove(at: index)
        }
    }

    /// There is reason to believe that the peer can be reached: whatever kept us waiting, try now.
    mutating func wake() {
        epoch += 1
        endPause()
    }

    /// Something new is there for a peer that could not be reached: it is worth a try, though not many a second.
    mutating func nudge(now: Instant) {
        guard let until = pausedUntil, !isAskedToWait else { return }
        let soonest = failedAt.map { $0 + Self.freshGap } ?? now
        if soonest <= now { endPause() } else { pausedUntil = min(until, soonest) }
    }

    /// Whether it waits because the peer has asked for it.
    var waitsByRequest: Bool { pausedUntil != nil && isAskedToWait }

    private mutating func endPause() {
        pausedUntil = nil
        isAskedToWait = false
    }

    /// Waits until `instant` before the first try.
    mutating func pause(_ instant: Instant) {
        pausedUntil = max(pausedUntil ?? instant, instant)
        guard inFlight == 0, let first = items.first else { return }
        // Nothing can go out for a while, so nothing needs to be held.
        loadedThrough = first.message.position - 1
        items = []
        heldBytes = 0
        hasMore = true
    }

    private mutating func pauseAfterFailure(
        of departure: Departure, now: Instant, entropy: UInt64, isUrgent: Bool? = nil
    ) {
        // What went out before the peer came back says nothing about the present, and a window of messages that fail
        // together is one failure.
        guard departure.epoch == epoch else { return }
        if let until = pausedUntil, until > now {
            pause(until)
        } else {
            failedAt = now
            pause(now + backoff.next(entropy: entropy, isUrgent: isUrgent ?? self.isUrgent))
        }
    }

    private mutating func remove(at index: Int) {
        heldBytes -= items[index].message.content.body.count
        items.remove(at: index)
        // Those behind name another message now, or none.
        for index in items.indices { items[index].isHeldBack = false }
    }
}

import CPlatform

/// What the poller found out about a descriptor.
struct Readiness: OptionSet {
    let rawValue: UInt32

    static let readable = Readiness(rawValue: UInt32(PLATFORM_READABLE))
    static let writable = Readiness(rawValue: UInt32(PLATFORM_WRITABLE))
    /// The other side will send no more: a short read no longer means that the rest is still to come.
    static let readClosed = Readiness(rawValue: UInt32(PLATFORM_READ_CLOSED))
    static let error = Readiness(rawValue: UInt32(PLATFORM_ERROR))
}

/// Told when its descriptor became ready. Edge-triggered: once for each change.
@NetworkActor protocol PollHandler: AnyObject {
    func ready(_ readiness: Readiness)
}

/// A descriptor's registration. The generation tells an event for a closed descriptor from one for its successor,
/// which may have the same number.
struct PollToken {
    fileprivate let rawValue: UInt64

    fileprivate init(slot: Int, generation: UInt32) {
        rawValue = UInt64(generation) << 32 | UInt64(UInt32(truncatingIfNeeded: slot))
    }

    fileprivate init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    fileprivate var slot: Int { Int(rawValue & 0xffff_ffff) }
    fileprivate var generation: UInt32 { UInt32(rawValue >> 32) }
}

/// The table of descriptors over the platform's poller (epoll; the C target holds what differs between systems).
/// Belongs to the loop's thread, but for `wake`.
final class Poller {
    private struct Slot {
        var generation: UInt32 = 0
        var handler: (any PollHandler)?
    }

    private static let capacity = 256
    /// No slot has this number: the events of the waker.
    private static let wakerToken = UInt64.max

    private let descriptor: Int32
    private let waker: Int32
    private let events: UnsafeMutablePointer<platform_event>
    private var slots: [Slot] = []
    private var free: [Int] = []

    init() {
        descriptor = platform_poller_create()
        waker = platform_waker_create()
        events = .allocate(capacity: Self.capacity)
        let added = platform_poller_add(descriptor, waker, Self.wakerToken)
        precondition(descriptor >= 0 && waker >= 0 && added >= 0, "no event poller: out of descriptors")
    }

    /// What of a descriptor is watched.
    enum Interest {
        /// Reading, writing and its end.
        case everything
        /// Its end alone.
        case hangup
    }

    /// Watches a descriptor until `remove`. What is ready already is reported too.
    @NetworkActor func add(
        _ watched: Int32, _ handler: any PollHandler, for interest: Interest = .everything
    ) throws(NetworkError) -> PollToken {
        let slot: Int
        if let reused = free.popLast() {
            slot = reused
        } else {
            slot = slots.count
            slots.append(Slot())
        }
        let token = PollToken(slot: slot, generation: slots[slot].generation)
        let code =
            switch interest {
            case .everything: platform_poller_add(descriptor, watched, token.rawValue)
            case .hangup: platform_poller_add_hangup(descriptor, watched, token.rawValue)
            }
        if code < 0 {
            free.append(slot)
            throw NetworkError(errno: -code)
        }
        slots[slot].handler = handler
        return token
    }

    /// Ends the watch. To be called before the descriptor is closed; events already on their way are dropped.
    @NetworkActor func remove(_ watched: Int32, _ token: PollToken) {
        guard slots[token.slot].generation == token.generation else { return }
        _ = platform_poller_remove(descriptor, watched)
        slots[token.slot].handler = nil
        slots[token.slot].generation &+= 1
        free.append(token.slot)
    }

    /// Waits for events, at most `timeout` nanoseconds (negative: for ever). Returns how many there are.
    func wait(timeout: Int64) -> Int {
        Int(max(0, platform_poller_wait(descriptor, events, Int32(Self.capacity), timeout)))
    }

    /// Tells the handlers of the `count` events that `wait` found.
    @NetworkActor func dispatch(_ count: Int) {
        for event in UnsafeBufferPointer(start: events, count: count) {
            if event.token == Self.wakerToken {
                platform_waker_clear(waker)
                continue
            }
            let token = PollToken(rawValue: event.token)
            guard slots[token.slot].generation == token.generation, let handler = slots[token.slot].handler else {
                continue
            }
            handler.ready(Readiness(rawValue: event.readiness))
        }
    }

    /// Ends a wait. From any thread.
    func wake() {
        platform_waker_wake(waker)
    }
}

import Reactor
import Time

/// What keeps discovery from working somewhere, when to try it again, and what a person was told of it.
///
/// Bounded by the interfaces of this host; at most ``maximumTold`` are told at a time.
struct Troubles {
    /// Where something does not work.
    enum Place: Hashable {
        /// The interfaces cannot be listed.
        case interfaces
        /// Their changes are not reported.
        case watch
        /// There is no socket for a source and a family.
        case socket(LocalDiscoveryService.SocketKey)
        /// The group cannot be entered on a link.
        case joining(LocalDiscovery.Source, DiscoveryLink.Key)
        /// Nothing can be sent on a link.
        case sending(LocalDiscovery.Source, DiscoveryLink.Key)
    }

    private struct Trouble {
        var text: String
        var isTold: Bool
        /// When to try again; nil where that happens by itself.
        var retry: Instant?
        var wait = Troubles.firstWait
    }

    /// From a failure to the next try; it doubles.
    static let firstWait: Duration = .seconds(1)
    /// The longest of these.
    static let longestWait: Duration = .seconds(60)
    /// Troubles that a person is told of at a time.
    static let maximumTold = 32

    private var troubles: [Place: Trouble] = [:]

    /// When something is to be tried again. While the interfaces are not known, nothing else can be.
    var nextRetry: Instant? { troubles[.interfaces]?.retry ?? troubles.values.compactMap(\.retry).min() }

    /// Whether something is to be tried: it has not failed, or so long ago that it is due.
    func isDue(_ place: Place, _ now: Instant) -> Bool {
        troubles[place]?.retry.map { $0 <= now } ?? true
    }

    /// Something has failed.
    ///
    /// - Parameter isRetried: Whether it is to be tried again after a while.
    /// - Returns: Whether a person is to be told: not again while it lasts.
    mutating func failed(_ place: Place, _ text: String, isRetried: Bool = true, _ now: Instant) -> Bool {
        var trouble = troubles[place] ?? Trouble(text: text, isTold: false)
        if isRetried {
            trouble.retry = now + trouble.wait
            trouble.wait = min(trouble.wait * 2, Self.longestWait)
        }
        let isNews = !trouble.isTold && troubles.values.count(where: \.isTold) < Self.maximumTold
        if isNews { (trouble.isTold, trouble.text) = (true, text) }
        troubles[place] = trouble
        return isNews
    }

    /// Something works, or works again.
    ///
    /// - Returns: What a person was told when it did not.
    mutating func worked(_ place: Place) -> String? {
        guard let trouble = troubles.removeValue(forKey: place), trouble.isTold else { return nil }
        return trouble.text
    }

    /// Everything that was due has been tried, but for what nobody needs any more.
    mutating func forgetDue(_ now: Instant) {
        troubles = troubles.filter { $0.value.retry.map { $0 > now } ?? true }
    }

    /// What has failed is tried at once: much may have changed.
    mutating func hurry(_ now: Instant) {
        for (place, trouble) in troubles where trouble.retry != nil {
            troubles[place]?.retry = now
            troubles[place]?.wait = Self.firstWait
        }
    }

    /// There is no such link any more.
    mutating func forget(_ key: DiscoveryLink.Key) {
        for source in LocalDiscovery.Source.allCases {
            troubles[.joining(source, key)] = nil
            troubles[.sending(source, key)] = nil
        }
    }
}

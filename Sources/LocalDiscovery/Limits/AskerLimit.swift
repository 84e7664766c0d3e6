import Reactor
import Swarm
import Time

/// How many answers each address may ask for. Programs of this host, all of which have the one address of loopback,
/// may ask for as many as they like.
///
/// Addresses can be forged, so whoever asks as many others must not keep us from answering one who asks honestly: when
/// more ask than are remembered, those who asked longest ago are forgotten. How often an answer goes out is bounded in
/// any case, since one answer serves all who ask meanwhile.
struct AskerLimit {
    /// Addresses that are remembered.
    static let maximumAskers = 256

    private struct Asker {
        var bucket: TokenBucket
        var lastAsked: Instant
    }

    private let rate: (burst: Int, perSecond: Double)
    private var askers: [IPAddress: Asker] = [:]

    init(_ rate: (burst: Int, perSecond: Double)) {
        self.rate = rate
    }

    /// Whether an answer may be given.
    mutating func admits(_ source: IPAddress, _ now: Instant) -> Bool {
        if source.isLoopback { return true }
        if askers[source] == nil, askers.count >= Self.maximumAskers { forgetSome(now) }
        var asker =
            askers[source]
            ?? Asker(bucket: TokenBucket(rate: rate.perSecond, burst: rate.burst, now: now), lastAsked: now)
        asker.lastAsked = now
        let isAdmitted = asker.bucket.take(now: now)
        askers[source] = asker
        return isAdmitted
    }

    private mutating func forgetSome(_ now: Instant) {
        askers = askers.filter { entry in
            var bucket = entry.value.bucket
            return !bucket.isFull(now: now)
        }
        guard askers.count >= Self.maximumAskers else { return }
        // An eighth at once, so that the cost of finding them is paid seldom.
        let oldest = askers.sorted { one, other in
            one.value.lastAsked == other.value.lastAsked
                ? one.key.bytes.lexicographicallyPrecedes(other.key.bytes)
                : one.value.lastAsked < other.value.lastAsked
        }
        for entry in oldest.prefix(Self.maximumAskers / 8) { askers[entry.key] = nil }
    }

    var count: Int { askers.count }
}

import Reactor
import Swarm
import Time

/// How many answers each address may ask for. Programs of this host, all of which have the one address of loopback,
/// may ask for as many as they like.
struct AskerLimit {
    /// Addresses that are remembered; no others are answered while that many have asked lately.
    static let maximumAskers = 256

    private let rate: (burst: Int, perSecond: Double)
    private var buckets: [IPAddress: TokenBucket] = [:]

    init(_ rate: (burst: Int, perSecond: Double)) {
        self.rate = rate
    }

    /// Whether an answer may be given.
    mutating func admits(_ source: IPAddress, _ now: Instant) -> Bool {
        if source.isLoopback { return true }
        if buckets[source] == nil, buckets.count >= Self.maximumAskers {
            buckets = buckets.filter { entry in
                var bucket = entry.value
                return !bucket.isFull(now: now)
            }
            guard buckets.count < Self.maximumAskers else { return false }
        }
        return buckets[source, default: TokenBucket(rate: rate.perSecond, burst: rate.burst, now: now)].take(now: now)
    }

    var count: Int { buckets.count }
}

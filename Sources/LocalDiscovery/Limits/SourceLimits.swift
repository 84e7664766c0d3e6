import Reactor
import Swarm
import Time

/// Which datagrams are looked at: so many in all, so many of each address, and none for a while of an address that
/// sends what makes no sense. Others are heard meanwhile.
///
/// Addresses of senders can be forged; the bound on all together holds whatever they are. Programs of this host have
/// one address together, so it is not held against one what another does. For all of them together there is a bound, and
/// it is one of their own: the kernel takes no datagram of loopback from outside, so no flood from there drowns them.
struct SourceLimits {
    /// Addresses that are remembered, by the datagram heard last.
    static let maximumSources = 512

    private struct Source {
        var bucket: TokenBucket
        var errors = 0
        /// When the minute began in which `errors` are counted.
        var errorsSince: Instant
        var silentUntil: Instant?
        var lastHeard: Instant
    }

    private let configuration: LocalDiscoveryConfiguration
    private var total: TokenBucket
    /// The same, of programs of this host.
    private var local: TokenBucket
    private var sources: [IPAddress: Source] = [:]

    init(_ configuration: LocalDiscoveryConfiguration, now: Instant) {
        self.configuration = configuration
        total = TokenBucket(rate: configuration.packets.perSecond, burst: configuration.packets.burst, now: now)
        local = total
    }

    /// Whether a datagram of this address is looked at.
    ///
    /// - Parameter isConnected: whether a connected peer has this address: a flood from elsewhere takes nothing from it.
    mutating func admits(
        _ source: IPAddress, _ now: Instant, isConnected: @autoclosure () -> Bool = false
    ) -> Bool {
        guard !source.isLoopback else { return local.take(now: now) }
        if sources[source] == nil, sources.count >= Self.maximumSources { forgetOldest() }
        var entry = sources[source] ?? makeSource(now)
        entry.lastHeard = now
        defer { sources[source] = entry }
        if let until = entry.silentUntil {
            guard until <= now else { return false }
            entry.silentUntil = nil
        }
        // The sender's own share first: what it has too much of does not count against the others.
        return entry.bucket.take(now: now) && (total.take(now: now) || isConnected())
    }

    /// A datagram of this address made no sense.
    mutating func malformed(_ source: IPAddress, _ now: Instant) {
        guard var entry = sources[source] else { return }
        if now - entry.errorsSince >= .seconds(60) {
            entry.errors = 0
            entry.errorsSince = now
        }
        entry.errors += 1
        if entry.errors >= configuration.maximumErrors {
            entry.errors = 0
            entry.silentUntil = now + configuration.silence
        }
        sources[source] = entry
    }

    /// Addresses that are not listened to now.
    func silenced(_ now: Instant) -> Int {
        sources.values.count { $0.silentUntil.map { $0 > now } == true }
    }

    var count: Int { sources.count }

    private func makeSource(_ now: Instant) -> Source {
        let (burst, rate) = configuration.packetsPerSource
        return Source(bucket: TokenBucket(rate: rate, burst: burst, now: now), errorsSince: now, lastHeard: now)
    }

    /// Drops an eighth at once, so that the cost of finding the oldest is paid seldom.
    private mutating func forgetOldest() {
        let oldest = sources.sorted { one, other in
            one.value.lastHeard == other.value.lastHeard
                ? one.key.bytes.lexicographicallyPrecedes(other.key.bytes) : one.value.lastHeard < other.value.lastHeard
        }
        for entry in oldest.prefix(Self.maximumSources / 8) { sources[entry.key] = nil }
    }
}

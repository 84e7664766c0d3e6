import Reactor
import Time

/// Decides whether one more connection from an address may be taken: how many there are at once, and how fast new
/// ones come, by IPv4 address, IPv6 /56 and IPv6 /48. Loopback is always admitted.
struct NetworkAdmission {
    /// The most prefixes remembered. Beyond it new prefixes are refused: an attacker with that many networks must not
    /// take our memory.
    static let maximumPrefixes = 16_384

    private struct Record {
        var connections = 0
        var bucket: TokenBucket
    }

    private let limits: NetworkLimits
    private var records: [NetworkPrefix: Record] = [:]
    private var nextSweep: Instant?

    init(limits: NetworkLimits) {
        self.limits = limits
    }

    /// Counts a connection from `ip` in, or says which limit is against it.
    mutating func admit(_ ip: IPAddress, now: Instant) throws(LimitExceeded) {
        guard !ip.unmapped.isLoopback, limits != .unlimited else { return }
        sweep(now: now)
        let tiers = tiers(of: ip)
        for tier in tiers {
            let connections = records[tier.prefix]?.connections ?? 0
            guard connections < tier.connections else {
                throw LimitExceeded(
                    scope: .network(tier.prefix.description), resource: .inboundConnections, limit: tier.connections,
                    current: connections)
            }
        }
        guard records.count <= Self.maximumPrefixes - tiers.count || tiers.allSatisfy({ records[$0.prefix] != nil })
        else {
            throw LimitExceeded(
                scope: .system, resource: .connectionRate, limit: Self.maximumPrefixes, current: records.count)
        }
        for tier in tiers {
            var record =
                records[tier.prefix]
                ?? Record(bucket: TokenBucket(rate: tier.rate, burst: tier.burst, now: now))
            let granted = record.bucket.take(now: now)
            records[tier.prefix] = record
            guard granted else {
                throw LimitExceeded(
                    scope: .network(tier.prefix.description), resource: .connectionRate, limit: tier.burst,
                    current: tier.burst)
            }
        }
        for tier in tiers { records[tier.prefix]?.connections += 1 }
    }

    /// Counts a connection that was admitted out again.
    mutating func release(_ ip: IPAddress) {
        guard !ip.unmapped.isLoopback, limits != .unlimited else { return }
        for tier in tiers(of: ip) {
            guard let count = records[tier.prefix]?.connections, count > 0 else { continue }
            records[tier.prefix]?.connections = count - 1
        }
    }

    private struct Tier {
        let prefix: NetworkPrefix
        let connections: Int
        let rate: Double
        let burst: Int
    }

    private func tiers(of ip: IPAddress) -> [Tier] {
        func tier(_ length: Int, isSite: Bool) -> Tier {
            Tier(
                prefix: NetworkPrefix(ip, length: length),
                connections: isSite ? limits.perSite : limits.perProvider,
                rate: isSite ? limits.siteRate : limits.providerRate,
                burst: isSite ? limits.siteBurst : limits.providerBurst)
        }
        if ip.unmappedBytes.count == 4 { return [tier(32, isSite: true)] }
        return [tier(56, isSite: true), tier(48, isSite: false)]
    }

    /// Forgets, once a minute, what no longer limits anything.
    private mutating func sweep(now: Instant) {
        guard let due = nextSweep else {
            nextSweep = now + .seconds(60)
            return
        }
        guard now >= due else { return }
        nextSweep = now + .seconds(60)
        records = records.filter { entry in
            var bucket = entry.value.bucket
            return entry.value.connections > 0 || !bucket.isFull(now: now)
        }
    }
}

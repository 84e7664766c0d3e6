import Multiformats
import Reactor

/// An address to dial, resolved to what a transport connects to.
struct DialCandidate {
    /// The address as the person or the address book gave it, without `/p2p`.
    let origin: Multiaddr
    /// The same with names resolved.
    let address: Multiaddr
    let target: SocketAddress

    var scope: AddressScope? { AddressScope(target) }

    var isIPv6: Bool { target.ip?.unmapped.isIPv4 == false }
}

/// The order in which the addresses of a peer are dialed: the nearest first, and families in turn, IPv6 before IPv4
/// (RFC 8305), so that a family without a way out costs one step.
enum AddressRanking {
    static func rank(_ candidates: [DialCandidate]) -> [DialCandidate] {
        var seen: Set<SocketAddress> = []
        let distinct = candidates.filter { seen.insert($0.target).inserted }
        return AddressScope.allCases.flatMap { scope in interleave(distinct.filter { $0.scope == scope }) }
    }

    private static func interleave(_ candidates: [DialCandidate]) -> [DialCandidate] {
        let v6 = candidates.filter(\.isIPv6)
        let others = candidates.filter { !$0.isIPv6 }
        var result: [DialCandidate] = []
        for index in 0..<max(v6.count, others.count) {
            if index < v6.count { result.append(v6[index]) }
            if index < others.count { result.append(others[index]) }
        }
        return result
    }
}

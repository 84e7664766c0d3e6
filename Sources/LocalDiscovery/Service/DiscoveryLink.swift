import Identity
import Multiformats
import Reactor
import Time

/// One interface, with one family of addresses, and what is said on it.
@NetworkActor struct DiscoveryLink {
    /// Names a link.
    nonisolated struct Key: Hashable, Comparable {
        let interface: UInt32
        let isIPv4: Bool

        var family: AddressFamily { isIPv4 ? .ipv4 : .ipv6 }

        static func < (left: Key, right: Key) -> Bool {
            left.interface == right.interface ? left.isIPv4 && !right.isIPv4 : left.interface < right.interface
        }
    }

    let interface: NetworkInterface
    var mdns: MDNSState<RandomGenerator>?
    var gigi: GigiState<RandomGenerator>?
    /// Since when nothing could be sent by a way whose last datagram could not.
    var failingSince: [LocalDiscovery.Source: Instant] = [:]
    /// When to begin anew, because something could not be sent.
    var retry: Instant?

    /// When something is due; nil for never.
    var nextDeadline: Instant? {
        [mdns?.nextDeadline, gigi?.nextDeadline, retry].compactMap { $0 }.min()
    }

    /// Does what is due.
    mutating func advance(_ now: Instant, _ time: Timestamp) {
        mdns?.advance(now)
        gigi?.advance(now, time)
    }

    /// Our addresses on the link are these from now on.
    mutating func setAddresses(_ addresses: [Multiaddr], _ now: Instant) {
        mdns?.setAddresses(addresses, now)
        gigi?.setAddresses(addresses, now)
    }

    /// Says goodbye.
    mutating func leave(_ time: Timestamp) {
        mdns?.leave()
        gigi?.leave(time)
    }
}

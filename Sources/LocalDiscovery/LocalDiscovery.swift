import Reactor

/// Finds peers on the networks that this host is plugged into, without any address typed: libp2p's mDNS
/// (`_p2p._udp.local`, port 5353), which every libp2p program speaks, and gigi-dns (port 7173), which also tells a
/// nickname, capabilities and other facts, here with a signature.
///
/// - ``MDNSMessage`` and ``GigiMessage`` are what goes over the wire, ``GigiAnnouncement`` the text in the latter.
/// - ``MDNSState`` and ``GigiState`` decide when to ask, answer and announce on one link; datagrams and the time in,
///   what to do out.
/// - ``PeerTable`` knows who is there, by whatever way they were heard of, and forgets them in time.
/// - ``SourceLimits`` turns floods away, ``LinkAddresses`` what cannot be on the link.
/// - ``DialPlan`` says whom to connect to, and when.
/// - ``LocalDiscoveryService`` runs it all on a swarm.
///
/// ```swift
/// let discovery = LocalDiscoveryService(swarm: swarm)
/// discovery.onEvent = { print($0) }
/// discovery.start()
/// ```
///
/// What is heard is a hint and no more: anybody on a link can write anything. It is the handshake of the connection that
/// proves who is there. It runs on the interfaces where the swarm listens: with a listener on loopback, on loopback
/// alone.
///
/// Source: libp2p/specs discovery/mdns.md, RFC 6762, RFC 6763; for gigi-dns, what gigi does.
public enum LocalDiscovery {
    /// The way that a peer was heard of.
    public enum Source: String, CaseIterable, Comparable, Sendable {
        /// libp2p's mDNS.
        case mdns
        /// gigi-dns.
        case gigi

        /// The one that tells more is greater.
        public static func < (left: Source, right: Source) -> Bool { left == .mdns && right == .gigi }

        /// Its UDP port.
        public var port: UInt16 { self == .mdns ? 5353 : 7173 }
    }

    /// The group of IPv4, 224.0.0.251 (RFC 6762, section 3).
    public static let group4 = group([224, 0, 0, 251])
    /// The group of IPv6, ff02::fb.
    public static let group6 = group([0xff, 0x02] + [UInt8](repeating: 0, count: 13) + [0xfb])

    /// The group of a source and a family, with its port.
    public static func group(_ source: Source, _ family: AddressFamily) -> SocketAddress {
        .ip(family == .ipv4 ? group4 : group6, port: source.port)
    }

    private static func group(_ bytes: [UInt8]) -> IPAddress {
        guard let address = IPAddress(bytes: bytes) else { preconditionFailure("4 or 16 bytes are an address") }
        return address
    }
}

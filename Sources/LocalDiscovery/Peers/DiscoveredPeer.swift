import Identity
import Multiformats
import Reactor
import Wire

/// A peer that was heard of on the local network.
public struct DiscoveredPeer: Equatable, Sendable {
    /// Who, as it was said.
    public let peer: PeerID
    /// What it wants to be called; nil if nobody said. For display: anybody may call themselves anything.
    public internal(set) var nickname: String?
    /// Whether nickname, capabilities and facts carry the peer's own signature. What mDNS tells never does.
    public internal(set) var isVerified = false
    /// What it says that it can do.
    public internal(set) var capabilities: [String] = []
    /// What else it tells.
    public internal(set) var metadata: [GigiAnnouncement.Fact] = []
    /// Where it is, without `/p2p`, in the order of being heard; at most
    /// ``LocalDiscoveryConfiguration/maximumAddresses``.
    public internal(set) var addresses: [Multiaddr] = []
    /// The way that tells the most, of those by which it was heard of.
    public internal(set) var source: LocalDiscovery.Source
    /// The interface that it was first heard on.
    public let interface: String

    init(_ peer: PeerID, source: LocalDiscovery.Source, interface: String) {
        self.peer = peer
        self.source = source
        self.interface = interface
    }

    /// Whether others would be told the same about both. By which way it is known is no news.
    func isShownAs(_ other: DiscoveredPeer) -> Bool {
        var same = other
        same.source = source
        // Addresses come again in another order.
        same.addresses = addresses
        return same == self && Set(addresses) == Set(other.addresses)
            && nickname.map { ByteText($0) } == other.nickname.map { ByteText($0) }
    }
}

/// What has become of a peer.
public enum DiscoveryEvent: Equatable, Sendable {
    /// It was heard of.
    case discovered(DiscoveredPeer)
    /// It tells something else, or is somewhere else.
    case updated(DiscoveredPeer)
    /// It has said goodbye, or nobody has heard of it for too long. What was last known.
    case expired(DiscoveredPeer)
}

/// That a peer was heard of, once.
struct Sighting: Equatable, Sendable {
    var peer: PeerID
    var source: LocalDiscovery.Source
    /// Where it was heard.
    var interface: UInt32
    var interfaceName = ""
    /// Who sent the datagram; nil for a program of this host.
    var from: IPAddress?
    /// Under which name, in mDNS.
    var instance: String?
    /// Where it is. In mDNS all of its addresses; in gigi-dns one of them.
    var addresses: [Multiaddr]
    /// What it tells besides, in gigi-dns.
    var nickname: String?
    var capabilities: [String] = []
    var metadata: [GigiAnnouncement.Fact] = []
    /// When it has signed that, by its own clock; nil if nothing proves it.
    var proof: Int64?
    /// How long it is believed.
    var lifetime: Duration
}

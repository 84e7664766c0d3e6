import Identity
import Multiformats
import Reactor

/// Someone who wants to know what happens in a swarm. All calls come on the network actor, right when it happens; an
/// observer must not wait in them. Observers are held weakly.
@NetworkActor
public protocol SwarmObserver: AnyObject {
    /// The first connection to `peer` is there.
    func peerConnected(_ peer: PeerID, _ connection: Connection)
    /// The last connection to `peer` has ended.
    func peerDisconnected(_ peer: PeerID)
    /// A connection is ready for streams.
    func connectionOpened(_ connection: Connection)
    /// A connection has ended.
    func connectionClosed(_ connection: Connection, reason: ConnectionCloseReason)
    /// Identify has learned about a peer, for the first time or anew.
    func identified(_ peer: PeerID, _ info: PeerInfo)
    /// ``Swarm/listenAddresses`` or ``Swarm/externalAddresses`` have changed.
    func listenAddressesChanged()
    /// This host's interfaces or their addresses have changed.
    func interfacesChanged()
    /// ``Swarm/interfaceWatchFailure`` has changed.
    func interfaceWatchChanged()
    /// A peer has told on the local network where it is.
    func peerAnnounced(_ peer: PeerID)
    /// ``Swarm/supportedProtocols`` has changed.
    func supportedProtocolsChanged()
    /// An inbound connection was not taken, or did not become one.
    func inboundConnectionFailed(_ error: SwarmError)
    /// No connection can be taken at an address that this node listens on, because of the error; nil: they are again.
    func acceptingChanged(_ address: Multiaddr, _ error: SwarmError?)
    /// A dial of `peer` found another peer, `actual`, at `address`.
    func wrongPeerAnswered(_ actual: PeerID, insteadOf peer: PeerID, at address: Multiaddr)
}

extension SwarmObserver {
    /// Does nothing.
    public func peerConnected(_ peer: PeerID, _ connection: Connection) {}
    /// Does nothing.
    public func peerDisconnected(_ peer: PeerID) {}
    /// Does nothing.
    public func connectionOpened(_ connection: Connection) {}
    /// Does nothing.
    public func connectionClosed(_ connection: Connection, reason: ConnectionCloseReason) {}
    /// Does nothing.
    public func identified(_ peer: PeerID, _ info: PeerInfo) {}
    /// Does nothing.
    public func listenAddressesChanged() {}
    /// Does nothing.
    public func interfacesChanged() {}
    /// Does nothing.
    public func interfaceWatchChanged() {}
    /// Does nothing.
    public func peerAnnounced(_ peer: PeerID) {}
    /// Does nothing.
    public func supportedProtocolsChanged() {}
    /// Does nothing.
    public func inboundConnectionFailed(_ error: SwarmError) {}
    /// Does nothing.
    public func acceptingChanged(_ address: Multiaddr, _ error: SwarmError?) {}
    /// Does nothing.
    public func wrongPeerAnswered(_ actual: PeerID, insteadOf peer: PeerID, at address: Multiaddr) {}
}

/// The observers of a swarm, in the order of joining.
@NetworkActor
struct ObserverList {
    private struct Entry {
        weak var observer: (any SwarmObserver)?
    }

    private var entries: [Entry] = []

    mutating func add(_ observer: any SwarmObserver) {
        entries.removeAll { $0.observer == nil || $0.observer === observer }
        entries.append(Entry(observer: observer))
    }

    mutating func remove(_ observer: any SwarmObserver) {
        entries.removeAll { $0.observer == nil || $0.observer === observer }
    }

    /// Those who are still there.
    var all: [any SwarmObserver] { entries.compactMap(\.observer) }
}

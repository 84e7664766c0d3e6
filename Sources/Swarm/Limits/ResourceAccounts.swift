import Identity
import Reactor
import Time

/// The accounts of all scopes of a swarm. A connection is charged to `system` and `transient` until it is upgraded,
/// then to `system` and its peer; an inbound stream to `system`, its peer and `transient` until it has a protocol,
/// then to that as well.
///
/// What strangers hold is charged to `strangers` besides, and the streams of familiar peers have a `transient` scope of
/// their own: however many strangers there are, and whatever they do, there is room for those whom we know.
@NetworkActor
final class ResourceAccounts {
    let limits: ResourceLimits
    let system: ResourceAccount
    let transient: ResourceAccount
    let allowListed: ResourceAccount
    let strangers: ResourceAccount
    /// Streams of familiar peers that have no protocol yet.
    let familiarTransient: ResourceAccount
    /// Whether a peer is one that the user knows.
    var isFamiliar: @NetworkActor (PeerID) -> Bool = { _ in false }
    private var peers: [PeerID: (account: ResourceAccount, users: Int)] = [:]
    private var protocolPeers: [ProtocolPeer: (account: ResourceAccount, users: Int)] = [:]
    private var networks: NetworkAdmission
    private(set) var refusals: UInt64 = 0
    private(set) var lastRefusal: LimitExceeded?

    private struct ProtocolPeer: Hashable {
        let protocolID: ProtocolID
        let peer: PeerID
    }

    init(limits: ResourceLimits) {
        self.limits = limits
        system = ResourceAccount(scope: .system, limit: limits.system)
        transient = ResourceAccount(scope: .transient, limit: limits.transient)
        allowListed = ResourceAccount(scope: .allowListed, limit: limits.allowListed)
        strangers = ResourceAccount(scope: .strangers, limit: limits.strangers)
        familiarTransient = ResourceAccount(scope: .transient, limit: limits.transient)
        networks = NetworkAdmission(limits: limits.networks)
    }

    /// Charges a connection that is to be upgraded. `ip` is given for inbound ones that the limits by network apply to.
    ///
    /// - Parameter makeRoom: told which limit is against one that is admitted otherwise, to end another.
    func openConnection(
        _ direction: Direction, isAllowListed: Bool, ip: IPAddress?, now: Instant,
        makeRoom: (LimitExceeded) -> Void = { _ in }
    ) throws(LimitExceeded) -> ConnectionCharge {
        do throws(LimitExceeded) {
            if let ip { try networks.admit(ip, now: now) }
            if direction == .inbound, let limit = crowdedLimit(isAllowListed: isAllowListed) { makeRoom(limit) }
            do throws(LimitExceeded) {
                let pending = isAllowListed ? allowListed : transient
                try pending.reserveConnection(direction)
                do throws(LimitExceeded) {
                    try system.reserveConnection(direction)
                } catch {
                    pending.releaseConnection(direction)
                    throw error
                }
                return ConnectionCharge(accounts: self, direction: direction, pending: pending, ip: ip)
            } catch {
                if let ip { networks.release(ip) }
                throw error
            }
        } catch {
            throw note(error)
        }
    }

    /// The limit, of those that unfinished connections count against, that leaves no room for another inbound one.
    private func crowdedLimit(isAllowListed: Bool) -> LimitExceeded? {
        do throws(LimitExceeded) {
            try (isAllowListed ? allowListed : transient).checkConnection(.inbound)
            try system.checkConnection(.inbound)
            return nil
        } catch {
            return note(error)
        }
    }

    func releaseNetwork(_ ip: IPAddress) { networks.release(ip) }

    /// Counts a refusal for the status, and gives it back.
    func note(_ refusal: LimitExceeded) -> LimitExceeded {
        refusals += 1
        lastRefusal = refusal
        return refusal
    }

    // Accounts of peers live as long as a connection to the peer, those of a protocol with a peer as long as a stream:
    // both are bounded by the limits on connections and streams.

    func retainPeer(_ peer: PeerID) -> ResourceAccount {
        if let entry = peers[peer] {
            peers[peer] = (entry.account, entry.users + 1)
            return entry.account
        }
        let account = ResourceAccount(scope: .peer(peer), limit: limits.peer)
        peers[peer] = (account, 1)
        return account
    }

    func releasePeer(_ peer: PeerID) {
        guard let entry = peers[peer] else { return }
        peers[peer] = entry.users > 1 ? (entry.account, entry.users - 1) : nil
    }

    func retain(_ protocolID: ProtocolID, _ peer: PeerID, limit: ResourceLimit) -> ResourceAccount {
        let key = ProtocolPeer(protocolID: protocolID, peer: peer)
        if let entry = protocolPeers[key] {
            protocolPeers[key] = (entry.account, entry.users + 1)
            return entry.account
        }
        let account = ResourceAccount(scope: .protocolPeer(protocolID, peer), limit: limit)
        protocolPeers[key] = (account, 1)
        return account
    }

    func release(_ protocolID: ProtocolID, _ peer: PeerID) {
        let key = ProtocolPeer(protocolID: protocolID, peer: peer)
        guard let entry = protocolPeers[key] else { return }
        protocolPeers[key] = entry.users > 1 ? (entry.account, entry.users - 1) : nil
    }
}

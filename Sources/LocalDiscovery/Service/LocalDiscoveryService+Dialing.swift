import Identity
import Reactor
import Swarm
import Time

/// Whom it dials
extension LocalDiscoveryService {
    /// When somebody is to be dialed; nil for not before something happens.
    var dialDeadline: Instant? {
        configuration.dialsPeers ? plan.nextDeadline(connected: swarm.connectedPeers.count) : nil
    }

    func dialDue() {
        guard configuration.dialsPeers else { return }
        for peer in plan.takeDue(connected: swarm.connectedPeers.count, now) {
            spawn { [weak self] in await self?.dial(peer) }
        }
    }

    private func dial(_ peer: PeerID) async {
        var isConnected = swarm.isConnected(peer)
        if !isConnected {
            do throws(SwarmError) {
                _ = try await swarm.dial(peer)
                isConnected = true
            } catch {
                table.failed(peer)
            }
        }
        plan.dialed(peer, isConnected: isConnected, now)
        pump()
    }

    /// A peer that is connected is not dialed, and stays known.
    public func peerConnected(_ peer: PeerID, _ connection: Connection) {
        table.reached(peer)
        plan.connected(peer)
    }

    /// A connection that broke is made anew; one that was closed on purpose is not.
    public func connectionClosed(_ connection: Connection, reason: ConnectionCloseReason) {
        let peer = connection.remotePeer
        guard isRunning, !swarm.isConnected(peer) else { return }
        let wasWanted =
            switch reason {
            case .local, .remote, .idle, .duplicate: true
            case .endOfStream, .unresponsive, .protocolError, .network: false
            }
        plan.disconnected(peer, wasWanted: wasWanted, now)
        pump()
    }
}

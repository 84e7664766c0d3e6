import Multiformats
import Time

extension PeerTable.Entry {
    /// Takes in what was heard.
    mutating func take(_ sighting: Sighting, _ now: Instant, limit: Int) {
        lastHeard = now
        let expires = now + sighting.lifetime
        if sighting.source == .mdns {
            // An answer tells all the addresses there are.
            heard.removeAll { $0.instance == sighting.instance && $0.interface == sighting.interface }
        }
        for address in sighting.addresses {
            heard.removeAll {
                $0.address == address && $0.source == sighting.source && $0.interface == sighting.interface
            }
            if heard.count >= limit, !makeRoom(for: sighting) { continue }
            heard.append(
                PeerTable.Heard(
                    address: address, source: sighting.source, interface: sighting.interface,
                    instance: sighting.instance, isProved: sighting.proof != nil, expires: expires))
        }
        guard sighting.source == .gigi else { return }
        if let signed = sighting.proof {
            // What others have said in its name counts no more.
            if !peer.isVerified { heard.removeAll { $0.source == .gigi && !$0.isProved } }
            proof = signed
        }
        peer.nickname = sighting.nickname
        peer.capabilities = sighting.capabilities
        peer.metadata = sighting.metadata
        peer.isVerified = sighting.proof != nil
    }

    /// What nothing proves gives way to what the peer has signed.
    private mutating func makeRoom(for sighting: Sighting) -> Bool {
        guard sighting.proof != nil, let index = heard.firstIndex(where: { !$0.isProved }) else { return false }
        heard.remove(at: index)
        return true
    }

    /// What follows from the addresses that are left.
    mutating func refresh() {
        if !heard.contains(where: { $0.source == .gigi }) {
            peer.nickname = nil
            peer.capabilities = []
            peer.metadata = []
            peer.isVerified = false
        }
        var addresses: [Multiaddr] = []
        for entry in heard where !addresses.contains(entry.address) { addresses.append(entry.address) }
        peer.addresses = addresses
        peer.source = heard.contains { $0.source == .gigi } ? .gigi : .mdns
    }
}

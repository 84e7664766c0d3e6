import Multiformats

extension Multiaddr {
    /// The peer that the address leads to: its final `/p2p`. Nil if there is none, or if it is no peer id.
    public var peerID: PeerID? {
        peerIDBytes.flatMap { try? PeerID(bytes: $0) }
    }

    /// The address with `/p2p` and this peer at its end; itself if it leads to this peer already.
    public func appending(peer: PeerID) -> Multiaddr {
        guard peerIDBytes != peer.bytes, let component = try? Component(code: .p2p, value: peer.bytes) else {
            return self
        }
        return appending(component)
    }
}

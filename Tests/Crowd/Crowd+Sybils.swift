import GossipSub
import Identity

/// Those who want to be in every mesh, and pass nothing on.
extension Crowd {
    /// Nodes of one attacker: each connects to every honest node, asks into its mesh at every heartbeat, tells it of
    /// messages that there are not, and keeps to itself what it is sent. They have so many addresses that none is
    /// conspicuous.
    public func addSybils(_ count: Int) throws {
        let honest = honest
        for number in 0..<count {
            try add(isSybil: true, address: "192.0.2.\(number / 10)")
            for node in honest { connect(nodes.count - 1, to: node) }
        }
    }

    func misbehave(_ sybil: Int) {
        for node in nodes[sybil].links.keys.sorted() where !nodes[node].isSybil {
            var rpc = RPC()
            rpc.control.graft = [Self.topic]
            rpc.control.iHave = [RPC.IHave(Self.topic, (0..<20).map { _ in MessageID(random.bytes(40)) })]
            send(rpc, from: sybil, to: node)
        }
    }

    /// The part of the honest nodes' meshes that is the attacker's, 0...1.
    public var sybilShare: Double {
        let members = honest.flatMap { nodes[$0].state.mesh(of: Self.topic) }
        let sybils = Set(nodes.filter(\.isSybil).map(\.key.peerID))
        return members.isEmpty ? 0 : Double(members.count { sybils.contains($0) }) / Double(members.count)
    }
}

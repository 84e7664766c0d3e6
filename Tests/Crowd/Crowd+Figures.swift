import GossipSub
import Time

/// What became of what was said.
extension Crowd {
    /// The part of `nodes`, the author aside, that has a message, 0...1.
    public func delivery(of said: Said, among nodes: [Int]) -> Double {
        let others = nodes.filter { $0 != said.author }
        guard !others.isEmpty else { return 1 }
        return Double(others.count { self.nodes[$0].times[said.id] != nil }) / Double(others.count)
    }

    /// Over how many links messages came, of each node and message.
    public func hops(of said: [Said], among nodes: [Int]) -> [Double] {
        said.flatMap { said in
            nodes.filter { $0 != said.author }.compactMap { self.nodes[$0].hops[said.id].map(Double.init) }
        }
    }

    /// How long messages took, in milliseconds, of each node and message.
    public func delays(of said: [Said], among nodes: [Int]) -> [Double] {
        said.flatMap { said in
            nodes.filter { $0 != said.author }.compactMap { node in
                self.nodes[node].times[said.id].map { Double($0 - said.time) / 1e6 }
            }
        }
    }

    /// Messages that came to honest nodes again, so far.
    public var duplicates: Int { honest.reduce(0) { $0 + nodes[$1].state.counts.duplicates } }

    /// Whether every honest node has as many in its mesh as it should have at least, or all there are.
    public var isMeshed: Bool {
        honest.allSatisfy { node in
            let state = nodes[node].state
            let peers = state.subscribers(of: Self.topic).count
            return state.mesh(of: Self.topic).count >= min(state.configuration.degreeLow, peers)
        }
    }

    /// The size of every honest node's mesh.
    public var meshSizes: [Int] { honest.map { nodes[$0].state.mesh(of: Self.topic).count } }
}

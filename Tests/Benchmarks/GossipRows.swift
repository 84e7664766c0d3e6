import Crowd
import Time

/// GossipSub in the simulated world: how much is delivered, how far, how often; and what it takes to break it.
struct GossipRows {
    private static let seed: UInt64 = 20_261_121

    func run() throws {
        for count in [100, 500, 1000] { try peace(count) }
        for count in [100, 500, 1000] { try loss(count) }
        for count in [100, 500, 1000] { try partition(count) }
        try sybils()
    }

    private func peace(_ count: Int) throws {
        let crowd = try Crowd(count: count, seed: Self.seed)
        crowd.run(for: .seconds(15))
        let before = crowd.duplicates
        var said: [Crowd.Said] = []
        for number in 0..<100 {
            said.append(try crowd.publish(number * 7 % count))
            crowd.run(for: .milliseconds(100))
        }
        crowd.run(for: .seconds(10))
        let honest = crowd.honest
        let delivery = said.map { crowd.delivery(of: $0, among: honest) }
        let (hops, delays) = (crowd.hops(of: said, among: honest), crowd.delays(of: said, among: honest))
        let duplicates = Double(crowd.duplicates - before) / Double(hops.count)
        Table.add(
            Row(
                "gossip, \(count) simulated nodes", "\(Self.percent(delivery)) delivered",
                note: "hops \(hops.quantile(0.5).figure) p50 \((hops.max() ?? 0).figure) max, "
                    + "\(delays.quantile(0.5).figure) ms p50 \(delays.quantile(0.99).figure) p99, "
                    + "\(duplicates.figure) duplicates a message; seed \(Self.seed)"))
    }

    private func loss(_ count: Int) throws {
        let crowd = try Crowd(count: count, degree: 10, seed: Self.seed)
        crowd.run(for: .seconds(15))
        for node in 0..<count where node % 10 < 3 { crowd.kill(node) }
        let said = try crowd.publish(5)
        let repair = crowd.run(until: { crowd.isMeshed }, limit: .seconds(60))
        crowd.run(for: .seconds(10))
        Table.add(
            Row(
                "gossip, 30 % of \(count) killed", "mesh in \(Self.text(repair))",
                note: "\(Self.percent([crowd.delivery(of: said, among: crowd.honest)])) of what was said at that moment"
            ))
    }

    private func partition(_ count: Int) throws {
        let crowd = try Crowd(count: count, seed: Self.seed)
        crowd.run(for: .seconds(15))
        let links = crowd.partition()
        crowd.run(for: .seconds(600))
        crowd.heal(links)
        let said = try crowd.publish(0)
        let honest = crowd.honest
        let arrival = crowd.run(until: { crowd.delivery(of: said, among: honest) == 1 }, limit: .seconds(120))
        let meshed = crowd.run(until: { crowd.isMeshed }, limit: .seconds(60))
        Table.add(
            Row(
                "gossip, \(count) after 10 min apart", "all in \(Self.text(arrival))",
                note: "what was said as the halves met; meshes whole \(Self.text(meshed)) later"))
    }

    private func sybils() throws {
        let crowd = try Crowd(count: 50, seed: Self.seed)
        crowd.run(for: .seconds(15))
        try crowd.addSybils(200)
        crowd.run(for: .seconds(60))
        var said: [Crowd.Said] = []
        for node in 0..<50 {
            said.append(try crowd.publish(node))
            crowd.run(for: .milliseconds(500))
        }
        crowd.run(for: .seconds(10))
        let honest = crowd.honest
        let delays = crowd.delays(of: said, among: honest)
        Table.add(
            Row(
                "gossip, 200 sybils among 50", Self.percent(said.map { crowd.delivery(of: $0, among: honest) }),
                note: "\(delays.quantile(0.5).figure) ms p50 \(delays.quantile(0.99).figure) p99; "
                    + "\((crowd.sybilShare * 100).figure) % of the meshes are theirs after a minute"))
    }

    private static func percent(_ shares: [Double]) -> String {
        (shares.reduce(0, +) / Double(max(shares.count, 1)) * 100).figure + " %"
    }

    private static func text(_ duration: Duration?) -> String {
        duration.map { (Double($0.nanosecondsClamped) / 1e9).figure + " s" } ?? "never"
    }
}

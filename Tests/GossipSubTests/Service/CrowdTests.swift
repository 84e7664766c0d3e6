import Crowd
import GossipSub
import Testing
import Time

/// GossipSub among many; `make bench` does the same with up to a thousand.
@Suite(.serialized) struct CrowdTests {
    @Test(arguments: [1, 2] as [UInt64]) func everybodyHearsEverything(seed: UInt64) throws {
        let crowd = try Crowd(count: 50, seed: seed)
        crowd.run(for: .seconds(10))
        #expect(crowd.isMeshed && crowd.meshSizes.allSatisfy { $0 <= 12 })
        let before = crowd.duplicates
        var said: [Crowd.Said] = []
        for node in 0..<10 {
            said.append(try crowd.publish(node * 5))
            crowd.run(for: .milliseconds(250))
        }
        crowd.run(for: .seconds(5))
        let honest = crowd.honest
        for message in said { #expect(crowd.delivery(of: message, among: honest) == 1) }
        #expect(crowd.hops(of: said, among: honest).allSatisfy { $0 <= 8 })
        // A mesh of six sends a message about five times too often, and IDONTWANT is for large ones.
        #expect(Double(crowd.duplicates - before) / Double(10 * 49) < 8)
    }

    @Test func aSeedIsARun() throws {
        func run() throws -> ([Double], Int) {
            let crowd = try Crowd(count: 40, seed: 9)
            crowd.run(for: .seconds(5))
            let said = try crowd.publish(3)
            crowd.run(for: .seconds(3))
            return (crowd.delays(of: [said], among: crowd.honest), crowd.duplicates)
        }
        let (first, second) = (try run(), try run())
        #expect(first == second && !first.0.isEmpty)
    }

    @Test func aThirdDies() throws {
        let crowd = try Crowd(count: 60, degree: 10, seed: 4)
        crowd.run(for: .seconds(10))
        for node in 0..<18 { crowd.kill(node * 3) }
        let repair = crowd.run(until: { crowd.isMeshed }, limit: .seconds(30))
        #expect(try #require(repair) <= .seconds(5))
        let said = try crowd.publish(1)
        crowd.run(for: .seconds(4))
        #expect(crowd.delivery(of: said, among: crowd.honest) == 1)
    }

    @Test func twoHalvesMeetAgain() throws {
        let crowd = try Crowd(count: 20, seed: 5)
        crowd.run(for: .seconds(10))
        let links = crowd.partition()
        crowd.run(for: .seconds(600))
        let apart = try crowd.publish(0)
        crowd.run(for: .seconds(30))
        #expect(crowd.delivery(of: apart, among: crowd.honest.filter { $0 % 2 == 0 }) == 1)
        #expect(crowd.delivery(of: apart, among: crowd.honest.filter { $0 % 2 == 1 }) == 0)
        crowd.heal(links)
        crowd.run(for: .seconds(2))
        let together = try crowd.publish(0)
        crowd.run(for: .seconds(3))
        #expect(crowd.delivery(of: together, among: crowd.honest) == 1)
    }

    @Test func sybilsDoNotSilence() throws {
        let crowd = try Crowd(count: 12, seed: 6)
        crowd.run(for: .seconds(10))
        try crowd.addSybils(48)
        crowd.run(for: .seconds(30))
        var said: [Crowd.Said] = []
        for node in 0..<10 {
            said.append(try crowd.publish(node))
            crowd.run(for: .seconds(1))
        }
        crowd.run(for: .seconds(10))
        for message in said { #expect(crowd.delivery(of: message, among: crowd.honest) == 1) }
        #expect(crowd.sybilShare < 0.5, "\(crowd.sybilShare)")
    }
}

import Reactor
import Testing
import Time

@testable import LocalDiscovery

/// What the system refuses is told once, with what to do; it is tried again, and works when it is refused no longer.
@Suite struct TroubleTests {
    /// What one host was told.
    @NetworkActor private final class Words {
        var problems: [String] = []
        var recoveries: [String] = []

        init(_ service: LocalDiscoveryService) {
            service.onProblem = { [unowned self] in problems.append($0) }
            service.onRecovery = { [unowned self] in recoveries.append($0) }
        }
    }

    @Test(
        "a refusal is told, retried with back-off, and over",
        arguments: [
            SimulatedRefusal.multicast, .joining, .interfaces,
        ])
    func refused(_ refusal: SimulatedRefusal) async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let lan = try Lan(simulation, count: 2)
            let words = Words(lan.services[0])
            simulation.refuse(refusal, on: "peer0", with: .permissionDenied)
            lan.start()
            await lan.pass(.seconds(300))
            #expect(lan.known[0] == 0)
            // For mDNS and gigi-dns, on loopback and on the one interface, or once for each, or once for all.
            let expected =
                switch refusal {
                case .joining: 4
                case .multicast: 2
                default: 1
                }
            #expect(words.problems.count == expected && Set(words.problems).count == expected, "\(words.problems)")
            #expect(words.problems.allSatisfy { $0.contains("permission denied") && $0.contains("sandbox") })
            #expect(words.recoveries.isEmpty)
            simulation.refuse(refusal, on: "peer0", with: nil)
            await lan.pass(.seconds(70))
            #expect(lan.known == [1, 1])
            #expect(words.problems.count == expected && Set(words.recoveries) == Set(words.problems))
            await lan.close()
        }
    }

    @Test("sockets that are lost are made anew")
    func lost() async throws {
        try await SimulatedWorld.run(seed: 3) { simulation in
            let lan = try Lan(simulation, count: 2)
            let words = Words(lan.services[0])
            lan.services[0].start()
            await lan.pass(.seconds(5))
            simulation.loseMulticast(on: "peer0", with: .system(5))
            await lan.pass(.milliseconds(500))
            #expect(words.problems.count == 2)
            #expect(
                words.problems.contains { $0.contains("mDNS") } && words.problems.contains { $0.contains("gigi-dns") })
            await lan.pass(.seconds(2))
            #expect(Set(words.recoveries) == Set(words.problems))
            lan.services[1].start()
            await lan.pass(.seconds(5))
            #expect(lan.known == [1, 1])
            await lan.close()
        }
    }

    @Test("interfaces whose changes are not reported are told of, and so is the end of that")
    func watching() async throws {
        try await SimulatedWorld.run(seed: 4) { simulation in
            let lan = try Lan(simulation, count: 1)
            let words = Words(lan.services[0])
            simulation.refuse(.watching, on: "peer0", with: .permissionDenied)
            lan.start()
            await lan.pass(.seconds(1))
            #expect(words.problems.count == 1)
            #expect(words.problems.first?.contains("AF_NETLINK") == true)
            simulation.refuse(.watching, on: "peer0", with: nil)
            await lan.pass(.seconds(1))
            #expect(words.recoveries == words.problems)
            await lan.close()
        }
    }

    @Test("what cannot be sent is told after a while, and once")
    func sending() async throws {
        try await SimulatedWorld.run(seed: 5) { simulation in
            let lan = try Lan(simulation, count: 2)
            let words = Words(lan.services[0])
            lan.start()
            await lan.pass(.seconds(5))
            simulation.refuse(.sending, on: "peer0", with: .permissionDenied)
            await lan.pass(.seconds(600))
            #expect((1...4).contains(words.problems.count), "\(words.problems)")
            #expect(Set(words.problems).count == words.problems.count)
            simulation.refuse(.sending, on: "peer0", with: nil)
            await lan.pass(.seconds(200))
            #expect(Set(words.recoveries) == Set(words.problems))
            await lan.close()
        }
    }

    @Test func aTryIsDueLaterEachTime() {
        var troubles = Troubles()
        let place = Troubles.Place.interfaces
        var now = Instant(nanoseconds: 0)
        var waits: [Duration] = []
        for number in 0..<9 {
            #expect(troubles.isDue(place, now))
            #expect(troubles.failed(place, "text", now) == (number == 0))
            #expect(!troubles.isDue(place, now))
            waits.append((troubles.nextRetry ?? now) - now)
            now = troubles.nextRetry ?? now
        }
        #expect(waits == [1, 2, 4, 8, 16, 32, 60, 60, 60].map { .seconds($0) })
        #expect(troubles.worked(place) == "text")
        #expect(troubles.worked(place) == nil && troubles.nextRetry == nil)
    }
}

import Reactor
import Testing
import Time

/// Engines as they ship, with everything on.
@Suite("Defaults") struct DefaultsTests {
    @Test("thirty messages between two that have met two seconds ago arrive in an instant")
    func thirtyMessages() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            simulation.setConditions(LinkConditions(latency: .milliseconds(1)))
            let alice = try await SimulatedEngine.start(
                simulation.host("alice"), listen: ["/ip4/10.0.0.1/tcp/4001"])
            let bob = try await SimulatedEngine.start(simulation.host("bob"))
            let started = try await alice.line(with: #""type":"started""#)
            let (peer, address) = (try value("peer", of: started), try value("addresses", of: started))
            await bob.send(#"{"cmd":"net.connect","id":"c","address":"\#(address)"}"#)
            try await bob.line(with: #""type":"ok","id":"c""#)
            await bob.sleep(for: .seconds(2))
            let start = simulation.elapsed
            for index in 0..<30 {
                await bob.send(
                    #"{"cmd":"message.send","id":\#(index),"to":"\#(peer)","text":"m\#(index)","wait":"delivered"}"#)
            }
            for index in 0..<30 { try await bob.line(with: #""type":"ok","id":\#(index),"#) }
            #expect(simulation.elapsed - start < .seconds(1))
            await bob.end()
            await alice.end()
        }
    }
}

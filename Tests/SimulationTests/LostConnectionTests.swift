import Foundation
import Reactor
import Testing
import Time

/// Connections that end without a word: the peer's power goes, or an address does.
@Suite("Lost connections") struct LostConnectionTests {
    /// What a peer may take from its return until messages have arrived.
    private static let aim = Duration.seconds(3)

    private struct Scene {
        let alice: SimulatedEngine
        let bob: SimulatedEngine
        let alicePeer: String
        let bobPeer: String
        let aliceAddress: String
    }

    /// Two engines with all defaults that have met, and each of whom has heard the other.
    @NetworkActor private func meet(_ simulation: SimulatedWorld, bobHome: String? = nil) async throws -> Scene {
        simulation.setConditions(LinkConditions(latency: .milliseconds(5), jitter: .milliseconds(2)))
        let alice = try await SimulatedEngine.start(simulation.host("alice"), listen: ["/ip4/0.0.0.0/tcp/4001"])
        let bob = try await SimulatedEngine.start(
            simulation.host("bob"), listen: ["/ip4/0.0.0.0/tcp/4002"], directory: bobHome)
        let (one, other) = (
            try await alice.line(with: #""type":"started""#), try await bob.line(with: #""type":"started""#)
        )
        let scene = Scene(
            alice: alice, bob: bob, alicePeer: try value("peer", of: one), bobPeer: try value("peer", of: other),
            aliceAddress: try value("addresses", of: one))
        await bob.send(#"{"cmd":"net.connect","id":"c","address":"\#(scene.aliceAddress)"}"#)
        try await bob.line(with: #""type":"ok","id":"c""#)
        try await say("hello", from: alice, to: bob, scene.bobPeer)
        try await say("hello", from: bob, to: alice, scene.alicePeer)
        await bob.sleep(for: .seconds(5))
        return scene
    }

    /// Sends a message, and waits until it is shown.
    @NetworkActor private func say(
        _ text: String, from one: SimulatedEngine, to other: SimulatedEngine, _ peer: String
    ) async throws {
        await send(text, from: one, to: peer)
        try await other.line(with: #""type":"message""#, #""text":"\#(text)""#)
    }

    @NetworkActor private func send(_ text: String, from one: SimulatedEngine, to peer: String) async {
        await one.send(#"{"cmd":"message.send","to":"\#(peer)","text":"\#(text)"}"#)
    }

    @Test("a peer whose power was cut is back at another address", arguments: [5, 40])
    func powerCut(outage: Int) async throws {
        let home = NSTemporaryDirectory() + "linnet-lost-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: home) }
        try await SimulatedWorld.run(seed: 1) { simulation in
            let scene = try await self.meet(simulation, bobHome: home + "/bob")
            simulation.partition(["alice"], ["bob"])
            for index in 0..<10 { await self.send("under way \(index)", from: scene.alice, to: scene.bobPeer) }
            await scene.alice.sleep(for: .seconds(Int64(outage)))
            // The same account, on another machine: what it had stored is of no interest here.
            try FileManager.default.createDirectory(atPath: home + "/again", withIntermediateDirectories: true)
            try FileManager.default.copyItem(atPath: home + "/bob/vault", toPath: home + "/again/vault")
            let again = try await SimulatedEngine.start(
                simulation.host("again"), listen: ["/ip4/0.0.0.0/tcp/4003"], directory: home + "/again")
            let start = simulation.elapsed
            await again.send(#"{"cmd":"net.connect","id":"c","address":"\#(scene.aliceAddress)"}"#)
            for index in 0..<10 {
                try await again.line(with: #""type":"message""#, #""text":"under way \#(index)""#)
            }
            try await self.say("new", from: scene.alice, to: again, scene.bobPeer)
            try await self.say("new", from: again, to: scene.alice, scene.alicePeer)
            #expect(simulation.elapsed - start < Self.aim)
            for engine in [again, scene.alice] { await engine.end() }
        }
    }

    @Test("our own address is another one")
    func ownAddress() async throws {
        try await SimulatedWorld.run(seed: 2) { simulation in
            let scene = try await self.meet(simulation)
            guard let address = IPAddress("10.9.0.1") else { return }
            simulation.readdress("bob", to: address)
            let start = simulation.elapsed
            try await self.say("from bob", from: scene.bob, to: scene.alice, scene.alicePeer)
            try await self.say("to bob", from: scene.alice, to: scene.bob, scene.bobPeer)
            #expect(simulation.elapsed - start < Self.aim)
            for engine in [scene.bob, scene.alice] { await engine.end() }
        }
    }

    @Test("the peer's address is another one, and it has nothing to say")
    func othersAddress() async throws {
        try await SimulatedWorld.run(seed: 3) { simulation in
            let scene = try await self.meet(simulation)
            guard let address = IPAddress("10.9.0.1") else { return }
            await self.send("under way", from: scene.alice, to: scene.bobPeer)
            simulation.readdress("bob", to: address)
            let start = simulation.elapsed
            try await self.say("to bob", from: scene.alice, to: scene.bob, scene.bobPeer)
            try await scene.bob.line(with: #""type":"message""#, #""text":"under way""#)
            #expect(simulation.elapsed - start < Self.aim)
            for engine in [scene.bob, scene.alice] { await engine.end() }
        }
    }

    @Test("an address is lost for a while")
    func withoutNetwork() async throws {
        try await SimulatedWorld.run(seed: 4) { simulation in
            let scene = try await self.meet(simulation)
            guard let nowhere = IPAddress("10.9.0.1"), let address = IPAddress("10.9.0.2") else { return }
            simulation.readdress("bob", to: nowhere)
            simulation.partition(["alice"], ["bob"])
            await self.send("from bob", from: scene.bob, to: scene.alicePeer)
            await self.send("to bob", from: scene.alice, to: scene.bobPeer)
            await scene.bob.sleep(for: .seconds(90))
            simulation.heal()
            simulation.readdress("bob", to: address)
            let start = simulation.elapsed
            try await scene.alice.line(with: #""type":"message""#, #""text":"from bob""#)
            try await scene.bob.line(with: #""type":"message""#, #""text":"to bob""#)
            #expect(simulation.elapsed - start < Self.aim)
            for engine in [scene.bob, scene.alice] { await engine.end() }
        }
    }
}

import Foundation
import Reactor
import Testing
import Wire

/// Messages between engines as they ship, over real pipes and sockets. Only discovery is off, as for all tests: engines
/// of other tests listen on loopback as well and are not to be found.
@Suite("Delivery by default", .serialized) struct DefaultDeliveryTests {
    private static let presence = "LINNET_PRESENCE=on"

    /// Runs a command as an engine of its own, to its end. Returns what it wrote.
    @NetworkActor private static func run(_ words: [String], home: String) async throws -> EngineProcess {
        let process = try EngineProcess([presence] + words, home: home)
        process.closeInput()
        _ = await process.end(within: .seconds(60))
        return process
    }

    /// Two engines that have met, the second of which dialed the first.
    @NetworkActor private static func meet(
        _ folder: String
    ) async throws -> (alice: EngineProcess, bob: EngineProcess, alicePeer: String, bobPeer: String, address: String) {
        let alice = try EngineProcess(
            [presence, "--home", folder + "/a", "--listen", "/ip4/127.0.0.1/tcp/0"], home: folder)
        let bob = try EngineProcess(
            [presence, "--home", folder + "/b", "--listen", "/ip4/127.0.0.1/tcp/0"], home: folder)
        let (one, other) = (try await alice.started(), try await bob.started())
        let answer = try await bob.ask(#""cmd":"net.connect","address":"\#(one.address)""#)
        #expect(answer["type"]?.stringValue == "ok")
        return (alice, bob, one.peer, other.peer, one.address)
    }

    @Test("thirty messages between two that have met two seconds ago")
    func thirtyMessages() async throws {
        try await spawn {
            let folder = try TestFolder()
            let (alice, bob, peer, _, _) = try await Self.meet(folder.path)
            await World.real().clock.sleep(for: .seconds(2))
            let start = ContinuousClock.now
            for index in 0..<30 {
                bob.say(#"{"cmd":"message.send","id":"\#(index)","to":"\#(peer)","text":"m","wait":"delivered"}"#)
            }
            for index in 0..<30 { #expect(try await bob.answer("\(index)")["type"]?.stringValue == "ok") }
            // It is milliseconds; a budget that presence has spent made it 44 s.
            #expect(ContinuousClock.now - start < .seconds(10))
            for engine in [alice, bob] { engine.send(.kill) }
        }.value
    }

    @Test("a peer that stops without a word and comes back as another process")
    func powerCut() async throws {
        try await spawn {
            let folder = try TestFolder()
            let (alice, bob, _, bobPeer, address) = try await Self.meet(folder.path)
            _ = try await alice.ask(
                #""cmd":"message.send","to":"\#(bobPeer)","text":"before","wait":"delivered""#)
            bob.send(Signal(rawValue: SIGSTOP))
            alice.say(#"{"cmd":"message.send","id":"under way","to":"\#(bobPeer)","text":"x","wait":"delivered"}"#)
            await World.real().clock.sleep(for: .seconds(2))
            try FileManager.default.createDirectory(
                atPath: folder.path + "/c/default", withIntermediateDirectories: true)
            try FileManager.default.copyItem(
                atPath: folder.path + "/b/default/vault", toPath: folder.path + "/c/default/vault")
            let again = try EngineProcess(
                [Self.presence, "--home", folder.path + "/c", "--listen", "/ip4/127.0.0.1/tcp/0"], home: folder.path)
            _ = try await again.started()
            let start = ContinuousClock.now
            again.say(#"{"cmd":"net.connect","id":"c","address":"\#(address)"}"#)
            #expect(try await alice.answer("under way")["type"]?.stringValue == "ok")
            // It is about a second; waiting for the old connection to be given up takes a minute and more.
            #expect(ContinuousClock.now - start < .seconds(15))
            for engine in [alice, bob, again] { engine.send(.kill) }
        }.value
    }

    @Test("one-shots deliver what an earlier one could not, and wait for who comes up while there is time")
    func oneShots() async throws {
        try await spawn {
            let folder = try TestFolder()
            let home = folder.path
            let bob = try EngineProcess(
                [Self.presence, "--home", home + "/b", "--listen", "/ip4/127.0.0.1/tcp/0"], home: home)
            let (peer, address) = try await bob.started()
            bob.send(.kill)
            _ = await bob.end(within: .seconds(30))
            let alice = try EngineProcess([Self.presence, "--home", home + "/a"], home: home)
            _ = try await alice.ask(#""cmd":"contact.add","peer":"\#(peer)","alias":"bob","addresses":["\#(address)"]"#)
            alice.closeInput()
            _ = await alice.end(within: .seconds(30))

            let send = ["--home", home + "/a", "message.send", "to=bob"]
            for text in ["one", "two"] {
                _ = try await Self.run(["--drain", "0.2"] + send + ["text=\(text)"], home: home)
            }
            let listen = address.split(separator: "/p2p/")[0]
            let again = try EngineProcess(
                [Self.presence, "--home", home + "/b", "--listen", String(listen)], home: home)
            _ = try await again.started()
            _ = try await Self.run(send + ["text=three"], home: home)
            for text in ["one", "two", "three"] {
                _ = try await again.line { $0["type"]?.stringValue == "message" && $0["text"]?.stringValue == text }
            }

            again.send(.kill)
            _ = await again.end(within: .seconds(30))
            let late = try EngineProcess([Self.presence, "--drain", "30"] + send + ["text=four"], home: home)
            late.closeInput()
            await World.real().clock.sleep(for: .seconds(3))
            let third = try EngineProcess(
                [Self.presence, "--home", home + "/b", "--listen", String(listen)], home: home)
            _ = try await third.line { $0["type"]?.stringValue == "message" && $0["text"]?.stringValue == "four" }
            _ = await late.end(within: .seconds(60))
            third.send(.kill)
        }.value
    }
}

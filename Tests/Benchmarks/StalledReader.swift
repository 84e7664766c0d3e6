import Foundation
import Multiformats
import Reactor

/// An engine whose reader takes nothing for a minute, while messages come in for it and peers come and go. Its memory
/// must not grow with what waits, and behind the stall every durable event must be there, in order.
struct StalledReader {
    let linnet: String

    private static let messages = 100_000
    /// Each connects, is identified and goes: three ephemeral events.
    private static let visits = 50_000
    private static let minimum = Duration.seconds(60)

    func run() async throws {
        let home = FileManager.default.temporaryDirectory.appendingPathComponent("linnet-stalled-\(getpid())").path
        defer { try? FileManager.default.removeItem(atPath: home) }
        let alice = try Program(linnet, ["--home", home, "--listen", "/ip4/127.0.0.1/tcp/0"])
        let started = alice.line(with: #""type":"started""#)
        let (peer, address) = (field("peer", of: started), field("addresses", of: started))
        let bob = try Program(linnet, ["--ephemeral"])
        bob.say(#"{"cmd":"net.connect","id":"c","address":"\#(address)"}"#)
        _ = bob.line(with: #""id":"c""#)

        let begin = ContinuousClock.now
        let speaker = Thread {
            for number in 1...Self.messages {
                bob.say(#"{"cmd":"message.send","to":"\#(peer)","text":"message number \#(number)"}"#)
            }
        }
        let counter = Thread { bob.skip(Self.messages, linesWith: #""type":"message.delivered""#) }
        speaker.start()
        counter.start()
        let visitors = try visit(Multiaddr(address), clients: 4)
        var memory: [Double] = []
        while !counter.isFinished || !visitors.isFinished || ContinuousClock.now - begin < Self.minimum {
            try await Task.sleep(for: .seconds(1))
            memory.append(alice.residentMiB)
        }
        let time = (ContinuousClock.now - begin) / .seconds(1)
        let settled = memory.count > 10 ? memory[10] : 0
        Table.add(
            Row(
                "memory, reader stalled", alice.peakMiB.figure + " MiB", aim: "flat",
                note: "peak; \(settled.figure) after 10 s, \((memory.last ?? 0).figure) after \(time.figure) s"))
        let found = Self.read(alice)
        Table.add(
            Row(
                "durable events lost to the stall", "\(Self.messages - found.inOrder)", aim: "0",
                note: "of \(Self.messages); ephemeral: \(found.ephemeral) told, \(found.dropped) told as dropped"))
        bob.finish()
        alice.finish()
    }

    /// Peers that come and go.
    private func visit(_ address: Multiaddr, clients: Int) throws -> Visitors {
        let visitors = Visitors()
        visitors.left = clients
        for _ in 0..<clients {
            spawn {
                let client = IdentifyingClient()
                for _ in 0..<Self.visits / clients { try? await client.visit(address) }
                visitors.left -= 1
            }
        }
        return visitors
    }

    /// How many visitors have visits to make.
    private final class Visitors: @unchecked Sendable {
        var left = 0
        var isFinished: Bool { left == 0 }
    }

    /// What the engine has told, through the last message.
    private static func read(_ engine: Program) -> (inOrder: Int, ephemeral: Int, dropped: Int) {
        var (inOrder, ephemeral, dropped) = (0, 0, 0)
        while inOrder < messages, let line = engine.line() {
            if line.hasPrefix(#"{"type":"message","#) {
                if field("text", of: line) == "message number \(inOrder + 1)" { inOrder += 1 }
            } else if line.hasPrefix(#"{"type":"dropped","#) {
                dropped += Int(field("count", of: line)) ?? 0
            } else if line.hasPrefix(#"{"type":"peer."#) {
                ephemeral += 1
            }
        }
        return (inOrder, ephemeral, dropped)
    }
}

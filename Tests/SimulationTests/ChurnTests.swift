import Engine
import Foundation
import Reactor
import Swarm
import TestSupport
import Testing

/// A hundred peers that connect, write and go, again and again. `SoakTests` does the same to a real process.
@Suite("soak", .serialized) struct ChurnTests {
    /// A minute of it: every message arrives once and in order, and neither connections, nor streams, nor memory pile up.
    @Test func aHundredPeers() async {
        // In a process of its own, whose memory nobody else has a hand in.
        await #expect(processExitsWith: .success) { try await Self.churn() }
    }

    private static func churn() async throws {
        try await SimulatedWorld.run(seed: 11) { simulation in
            simulation.setConditions(LinkConditions(latency: .milliseconds(10), jitter: .milliseconds(5)))
            let center = try await SimulatedEngine.start(simulation.host("center"), listen: ["/ip4/10.0.0.1/tcp/4001"])
            let started = try await center.line(with: #""type":"started""#)
            let (peer, address) = (try value("peer", of: started), try value("addresses", of: started))
            var peers: [SimulatedEngine] = []
            for number in 0..<100 { peers.append(try await SimulatedEngine.start(simulation.host("peer\(number)"))) }
            let clock = SleepingClock(simulation)
            for one in peers {
                await one.send(#"{"cmd":"contact.add","peer":"\#(peer)","alias":"center","addresses":["\#(address)"]}"#)
            }
            var memory: [Int] = []
            for round in 0..<6 {
                for (number, one) in peers.enumerated() {
                    // Not all at the same door at once: there is a limit to those who are not through it yet.
                    await clock.sleep(.milliseconds(10))
                    await one.send(#"{"cmd":"net.connect","peer":"center"}"#)
                    await one.send(
                        #"{"cmd":"message.send","id":"\#(round)","to":"\#(peer)","text":"\#(number) \#(round)","wait":"delivered"}"#
                    )
                }
                await clock.sleep(.seconds(8))
                for one in peers {
                    try await one.line(with: #""type":"ok","id":"\#(round)""#)
                    await one.send(#"{"cmd":"net.disconnect","peer":"\#(peer)"}"#)
                }
                await clock.sleep(.seconds(1))
                await center.send(#"{"cmd":"status","id":"s\#(round)"}"#)
                let status = try await center.line(with: #""type":"ok","id":"s\#(round)""#)
                #expect(try value("connections", of: status) == "0")
                #expect(try value("streams", of: status) == "0")
                memory.append(residentMemory())
            }
            let texts = try center.lines.filter { $0.hasPrefix(#"{"type":"message","#) }.map {
                try value("text", of: $0)
            }
            #expect(texts.count == 600 && Set(texts).count == 600)
            for number in 0..<100 {
                let own = texts.filter { $0.hasPrefix("\(number) ") }
                #expect(own == (0..<6).map { "\(number) \($0)" })
            }
            // What they wrote is kept, and every engine is in this process: a hundred and one of them.
            let grown = memory[5] - memory[2]
            #expect(grown < 24 << 20, "\(memory.map { $0 >> 20 }) MiB")
            for one in peers { await one.end() }
            await center.end()
        }
    }

    /// Of this process, in bytes; zero where the system does not tell.
    private static func residentMemory() -> Int {
        let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        return (text?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 4096
    }
}

import Engine
import Reactor
import Testing
import Wire

/// Long commands tell how far they are, at a pace.
@Suite struct ProgressTests {
    @Test func aMeasurementTellsFourTimesASecond() async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            simulation.setConditions(LinkConditions(bandwidth: 10 << 20, socketBuffer: 1 << 20))
            let server = try await SimulatedEngine.start(
                simulation.host("server"), listen: ["/ip4/0.0.0.0/tcp/4001"], servesPerf: true)
            let client = try await SimulatedEngine.start(simulation.host("client"))
            let started = try await server.line(with: #""type":"started""#)
            let (peer, address) = (try value("peer", of: started), try value("addresses", of: started))
            await client.send(#"{"cmd":"net.connect","address":"\#(address)"}"#)
            try await client.line(with: #""type":"ok""#, "net.connect")
            await client.send(#"{"cmd":"net.perf","id":7,"peer":"\#(peer)","upload":41943040,"download":41943040}"#)
            try await client.line(with: #""type":"ok","id":7"#)
            let lines = client.lines.filter { $0.hasPrefix(#"{"type":"progress""#) }
            for line in lines { #expect(line.hasPrefix(#"{"type":"progress","id":7,"cmd":"net.perf","done":"#)) }
            for phase in ["upload", "download"] {
                let told = lines.filter { $0.contains(#""phase":"\#(phase)""#) }
                // 4 s each way.
                #expect((12...17).contains(told.count), "\(told.count) of \(phase)")
                let done = try told.map { try JSON(parsing: Array($0.utf8))["done"]?.integerValue ?? 0 }
                #expect(done == done.sorted() && Set(done).count == done.count)
                let last = try #require(told.last.map { try JSON(parsing: Array($0.utf8)) })
                #expect(last["total"]?.integerValue == 41_943_040)
                #expect((8_000_000...13_000_000).contains(last["rate"]?.doubleValue ?? 0))
                #expect((last["eta_ms"]?.integerValue ?? .max) < 1000)
            }
            await client.end()
            await server.end()
        }
    }

    /// The reader is so far behind that an answer is what it needs, not how far things are.
    @Test func aSlowReaderIsSpared() async throws {
        try await SimulatedWorld.run(seed: 2) { simulation in
            simulation.setConditions(LinkConditions(bandwidth: 10 << 20, socketBuffer: 1 << 20))
            let server = try await SimulatedEngine.start(
                simulation.host("server"), listen: ["/ip4/0.0.0.0/tcp/4001"], servesPerf: true)
            let client = try await SimulatedEngine.start(simulation.host("client"))
            let started = try await server.line(with: #""type":"started""#)
            let (peer, address) = (try value("peer", of: started), try value("addresses", of: started))
            await client.send(#"{"cmd":"net.connect","address":"\#(address)"}"#)
            try await client.line(with: #""type":"ok""#, "net.connect")
            client.isStalled = true
            await client.send(#"{"cmd":"net.perf","id":7,"peer":"\#(peer)","upload":83886080}"#)
            // One batch is with the sink; behind it waits more than 1 MiB.
            await client.send(#"{"cmd":"schema"}"#)
            await client.sleep(for: .milliseconds(1))
            let much = String(repeating: #"{"cmd":"schema"}"# + "\n", count: 12)
            spawn { await client.send(much) }
            await client.sleep(for: .seconds(20))
            client.isStalled = false
            try await client.line(with: #""type":"ok","id":7"#)
            #expect(client.lines.count { $0.hasPrefix(#"{"type":"progress""#) } < 3)
            await client.end()
            await server.end()
        }
    }
}

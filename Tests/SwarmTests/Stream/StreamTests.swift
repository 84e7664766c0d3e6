import Identity
import Reactor
import TestSupport
import Testing

@testable import Swarm

/// Something that a test opens later.
@NetworkActor
private final class Gate {
    var isOpen = false
}

@Suite("Streams, in the simulated world")
struct StreamTests {
    /// Two connected swarms; the second one is to have the handlers.
    @NetworkActor
    private func run(
        _ configuration: SwarmConfiguration = .init(),
        _ body: @escaping @NetworkActor (SimulatedWorld, TestNetwork, Connection) async throws -> Void
    ) async throws {
        try await SimulatedWorld.run(seed: 1) { simulation in
            let network = try TestNetwork(simulation, count: 2, configuration: configuration)
            let connection = try await network.connect(0, 1)
            try await body(simulation, network, connection)
            await network.close()
        }
    }

    @Test("one protocol that the peer does not speak: the first read says so")
    func lazyRefusal() async throws {
        try await run { _, network, connection in
            let stream = try await connection.openStream(["/nobody/1.0.0"])
            try await stream.write([1, 2, 3])
            await #expect(throws: StreamError(.unsupportedProtocol, "")) { try await stream.read() }
            await #expect(throws: StreamError(.unsupportedProtocol, "")) { try await stream.write([1]) }
            await network[0].world.clock.sleep(for: .seconds(1))
            #expect(connection.streamCount == 0)
            #expect(network[1].connections[0].streamCount == 0)
        }
    }

    @Test("several protocols: the first that the peer speaks, or an error that names them")
    func eager() async throws {
        try await run { _, network, connection in
            network[1].setHandler("/echo/1.0.0", echoHandler)
            let stream = try await connection.openStream(["/echo/2.0.0", "/echo/1.0.0"])
            #expect(stream.protocolID == "/echo/1.0.0")
            try await stream.write([7])
            #expect(try await stream.read() == [7])
            stream.close()
            do throws(SwarmError) {
                _ = try await connection.openStream(["/a", "/b"])
                #expect(Bool(false))
            } catch {
                #expect(error.code == .unsupportedProtocol)
                #expect(error.protocols == ["/a", "/b"])
            }
        }
    }

    @Test("the peer hears of a stream on which nothing is written: reading only, and closing at once")
    func silent() async throws {
        try await run { _, network, connection in
            var seen: [String] = []
            network[1].setHandler("/hello/1.0.0") { stream in
                seen.append("hello")
                try? await stream.write(Array("welcome".utf8))
            }
            network[1].setHandler("/note/1.0.0") { stream in
                seen.append("note")
                #expect((try? await stream.readToEnd(limit: 10)) == [])
            }
            let reader = try await connection.openStream(["/hello/1.0.0"])
            #expect(try await reader.readToEnd(limit: 100) == Array("welcome".utf8))
            reader.close()
            let closer = try await connection.openStream(["/note/1.0.0"])
            closer.close()
            await network[0].world.clock.sleep(for: .seconds(1))
            #expect(seen == ["hello", "note"])
            #expect(connection.streamCount == 0)
            #expect(network[1].connections.first?.streamCount == 0)
        }
    }

    @Test("reads of any size, messages by length, and what is wrong with them")
    func reading() async throws {
        try await run { _, network, connection in
            let sent =
                Array("abcdef".utf8) + [5] + Array("hello".utf8) + [0] + [0x80, 0x01]
                + [UInt8](repeating: 9, count: 128)
            network[1].setHandler("/a/1") { stream in try? await stream.write(sent + [0x80, 0x00]) }
            network[1].setHandler("/b/1") { stream in try? await stream.write([0xff, 0xff, 0xff, 0xff, 0x0f, 1]) }
            network[1].setHandler("/c/1") { stream in try? await stream.write([3, 1]) }
            network[1].setHandler("/d/1") { stream in
                try? await stream.write([UInt8](repeating: 0xff, count: 10) + [1])
            }
            let a = try await connection.openStream(["/a/1"])
            #expect(try await a.read(max: 2) == Array("ab".utf8))
            #expect(try await a.read(exactly: 3) == Array("cde".utf8))
            #expect(try await a.read(exactly: 1) == Array("f".utf8))
            #expect(try await a.readLengthPrefixed(limit: 5) == Array("hello".utf8))
            #expect(try await a.readLengthPrefixed(limit: 5) == [])
            #expect(try await a.readLengthPrefixed(limit: 128).count == 128)
            await #expect(throws: StreamError(.malformed, "")) { try await a.readLengthPrefixed(limit: 5) }
            a.close()
            let b = try await connection.openStream(["/b/1"])
            await #expect(throws: StreamError(.tooLarge, "")) { try await b.readLengthPrefixed(limit: 1 << 20) }
            b.reset()
            let c = try await connection.openStream(["/c/1"])
            await #expect(throws: StreamError(.endOfStream, "")) { try await c.readLengthPrefixed(limit: 100) }
            c.close()
            let d = try await connection.openStream(["/d/1"])
            await #expect(throws: StreamError(.malformed, "")) { try await d.readLengthPrefixed(limit: 100) }
            d.close()
            let e = try await connection.openStream(["/a/1"])
            await #expect(throws: StreamError(.tooLarge, "")) { try await e.readToEnd(limit: 10) }
            e.reset()
        }
    }

    @Test("a reset reaches the other side with its code")
    func resets() async throws {
        try await run { _, network, connection in
            network[1].setHandler("/refuse/1") { stream in
                _ = try? await stream.read()
                stream.reset(.rateLimited)
            }
            let stream = try await connection.openStream(["/refuse/1"])
            try await stream.write([1])
            do throws(StreamError) {
                _ = try await stream.read()
                #expect(Bool(false))
            } catch {
                #expect(error.code == .reset)
                #expect(error.resetCode == .rateLimited)
            }
            #expect(connection.streamCount == 0)
        }
    }

    @Test("a deadline ends reading and writing, and the stream")
    func deadline() async throws {
        try await run { simulation, network, connection in
            var ended: StreamError?
            network[1].setHandler("/silent/1") { stream in
                do throws(StreamError) {
                    while try await stream.read() != nil {}
                } catch {
                    ended = error
                }
            }
            let stream = try await connection.openStream(["/silent/1"])
            stream.setDeadline(after: .seconds(7))
            let start = simulation.elapsed
            await #expect(throws: StreamError.timedOut) { try await stream.read() }
            #expect(simulation.elapsed - start == .seconds(7))
            await #expect(throws: StreamError.timedOut) { try await stream.write([1]) }
            await network[0].world.clock.sleep(for: .seconds(1))
            #expect(ended?.code == .reset)
        }
    }

    @Test("a cancelled read leaves the stream as it was")
    func cancelledRead() async throws {
        try await run { _, network, connection in
            network[1].setHandler("/echo/1", echoHandler)
            let stream = try await connection.openStream(["/echo/1"])
            let reader = spawn { try await stream.read() }
            await network[0].world.clock.sleep(for: .seconds(1))
            await #expect(throws: StreamError.busy) { try await stream.read() }
            reader.cancel()
            await #expect(throws: StreamError.cancelled) { try await reader.value }
            try await stream.write([4, 2])
            #expect(try await stream.read(exactly: 2) == [4, 2])
            stream.close()
        }
    }

    @Test("a writer waits while its reader does not read, and goes on when it does")
    func backPressure() async throws {
        try await run { _, network, connection in
            var received = 0
            let gate = Gate()
            network[1].setHandler("/slow/1") { stream in
                while !gate.isOpen { await stream.connection.swarm.world.clock.sleep(for: .seconds(1)) }
                while let bytes = try? await stream.read() { received += bytes.count }
            }
            let stream = try await connection.openStream(["/slow/1"])
            var written = 0
            let writer = spawn {
                for _ in 0..<64 {
                    try await stream.write([UInt8](repeating: 1, count: 256 << 10))
                    written += 256 << 10
                }
                stream.close()
            }
            await network[0].world.clock.sleep(for: .seconds(20))
            // A send queue and a window, and the write that filled the queue.
            #expect(written <= (1 << 20) + (256 << 10) * 2)
            gate.isOpen = true
            try await writer.value
            await network[0].world.clock.sleep(for: .seconds(30))
            #expect(received == 16 << 20)
        }
    }

    @Test("more streams than a handler's limit: the next is reset, and the refusal says which limit")
    func handlerLimit() async throws {
        try await run { _, network, connection in
            network[1].setHandler("/few/1", limits: ProtocolLimits(inboundStreams: 4, perPeer: 2)) { stream in
                _ = try? await stream.read()
            }
            var streams: [Stream] = []
            for _ in 0..<2 { streams.append(try await connection.openStream(["/few/1"])) }
            let third = try await connection.openStream(["/few/1"])
            do throws(StreamError) {
                _ = try await third.read()
                #expect(Bool(false))
            } catch {
                #expect(error.resetCode == .limitExceeded)
            }
            let refusal = try #require(network[1].resources.lastRefusal)
            #expect(
                refusal
                    == LimitExceeded(
                        scope: .protocolPeer("/few/1", network[0].localPeer), resource: .inboundStreams, limit: 2,
                        current: 2))
            for stream in streams { stream.close() }
            await network[0].world.clock.sleep(for: .seconds(1))
            let fourth = try await connection.openStream(["/few/1", "/none"])
            fourth.close()
        }
    }

    @Test("10,000 streams on one connection, all open at once")
    func tenThousand() async throws {
        try await run(.unlimited) { _, network, connection in
            network[1].setHandler("/echo/1", echoHandler)
            var streams: [Stream] = []
            for number in 0..<10_000 {
                let stream = try await connection.openStream(["/echo/1"])
                try await stream.write([UInt8(number & 0xff), UInt8(number >> 8)])
                streams.append(stream)
            }
            #expect(connection.streamCount == 10_000)
            var wrong = 0
            for (number, stream) in streams.enumerated() {
                if try await stream.read(exactly: 2) != [UInt8(number & 0xff), UInt8(number >> 8)] { wrong += 1 }
                stream.close()
            }
            #expect(wrong == 0)
            await network[0].world.clock.sleep(for: .seconds(5))
            #expect(connection.streamCount == 0)
            #expect(network[1].connections.first?.streamCount == 0)
            #expect(network[1].resources.system.streams == 0)
        }
    }

    /// slow reader / slow writer.
    @Test("a stalled stream leaves at least 80 % of the link to the one beside it")
    func stalledBeside() async throws {
        try await run(.unlimited) { simulation, network, connection in
            simulation.setConditions(LinkConditions(latency: .milliseconds(10), bandwidth: 4 << 20))
            network[1].setHandler("/stall/1") { stream in
                await stream.connection.swarm.world.clock.sleep(for: .seconds(1000))
            }
            var received = 0
            network[1].setHandler("/sink/1") { stream in
                while let bytes = try? await stream.read() { received += bytes.count }
            }
            let stalled = try await connection.openStream(["/stall/1"])
            let filler = spawn {
                while true { try await stalled.write([UInt8](repeating: 0, count: 64 << 10)) }
            }
            await network[0].world.clock.sleep(for: .seconds(2))
            let active = try await connection.openStream(["/sink/1"])
            let writer = spawn {
                while true { try await active.write([UInt8](repeating: 1, count: 64 << 10)) }
            }
            await network[0].world.clock.sleep(for: .seconds(2))
            let before = received
            await network[0].world.clock.sleep(for: .seconds(10))
            let rate = Double(received - before) / 10
            #expect(rate >= 0.8 * Double(4 << 20), "\(Int(rate)) bytes a second")
            filler.cancel()
            writer.cancel()
            active.reset()
            stalled.reset()
            _ = await (filler.result, writer.result)
        }
    }

    /// rust yamux deadlock 5410: both sides blocked writing.
    @Test("two peers each write 10 MiB on 100 streams before reading: it completes")
    func noDeadlock() async throws {
        try await run(.unlimited) { simulation, network, connection in
            simulation.setConditions(LinkConditions(latency: .milliseconds(1), bandwidth: 256 << 20))
            let block = [UInt8](repeating: 3, count: 100 << 10)
            network[1].setHandler("/both/1") { stream in
                let writer = spawn {
                    try? await stream.write(block)
                    stream.closeWrite()
                }
                await writer.value
                #expect((try? await stream.readToEnd(limit: 1 << 20).count) == block.count)
            }
            var tasks: [Task<Int, any Error>] = []
            for _ in 0..<100 {
                let stream = try await connection.openStream(["/both/1"])
                tasks.append(
                    spawn {
                        try await stream.write(block)
                        stream.closeWrite()
                        return try await stream.readToEnd(limit: 1 << 20).count
                    })
            }
            for task in tasks { #expect(try await task.value == block.count) }
        }
    }
}

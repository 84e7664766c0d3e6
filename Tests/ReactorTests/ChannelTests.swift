import Reactor
import TestSupport
import Testing

/// What every network must do, each in turn.
@Suite(.timeLimit(.minutes(15))) struct ChannelTests {
    @Test(arguments: Medium.allCases) func echoesWhatItIsSent(medium: Medium) async throws {
        try await medium.run { server, client, address in
            let listener = try server.network.listen(on: address, backlog: 16)
            listener.serveEcho()
            let channel = try await AsyncChannel.connect(client, to: listener.localAddress)
            #expect(channel.channel.remoteAddress == listener.localAddress)
            try await channel.write(Array("hello".utf8))
            #expect(try await channel.read(exactly: 5) == Array("hello".utf8))
            channel.channel.close()
            listener.close()
        }
    }

    @Test(arguments: Medium.allCases) func addressesMirrorEachOther(medium: Medium) async throws {
        try await medium.run { server, client, address in
            let listener = try server.network.listen(on: address, backlog: 16)
            let channel = try await AsyncChannel.connect(client, to: listener.localAddress)
            let accepted = try await accept(listener)
            #expect(accepted.channel.remoteAddress == channel.channel.localAddress)
            #expect(accepted.channel.localAddress == channel.channel.remoteAddress)
            #expect(listener.localAddress != address, "a port or number was filled in")
            for side in [channel, accepted] { side.channel.close() }
            listener.close()
        }
    }

    /// Both directions at a time, each larger than every buffer, so that every write is partial sooner or later.
    @Test(arguments: Medium.allCases) func movesLargeAmountsBothWays(medium: Medium) async throws {
        let size = medium == .tcp ? 100 << 20 : 8 << 20
        try await medium.run { server, client, address in
            let listener = try server.network.listen(on: address, backlog: 16)
            listener.serveEcho()
            let channel = try await AsyncChannel.connect(client, to: listener.localAddress)
            let writer = spawn {
                var sent = 0
                while sent < size {
                    let piece = Pattern.bytes(at: sent, count: min(1 << 18, size - sent))
                    try await channel.write(piece)
                    sent += piece.count
                }
                channel.channel.shutdownWrite()
            }
            var received = 0
            while let bytes = try await channel.read(maximum: 1 << 18) {
                try #require(bytes == Pattern.bytes(at: received, count: bytes.count), "at \(received)")
                received += bytes.count
            }
            try await writer.value
            #expect(received == size)
            channel.channel.close()
            listener.close()
        }
    }

    @Test(arguments: Medium.allCases) func halfCloseLeavesTheOtherDirectionOpen(medium: Medium) async throws {
        try await medium.run { server, client, address in
            let listener = try server.network.listen(on: address, backlog: 16)
            listener.serve { peer in
                let question = (try? await peer.readToEnd()) ?? []
                try? await peer.write(question + question)
                peer.channel.close()
            }
            let channel = try await AsyncChannel.connect(client, to: listener.localAddress)
            try await channel.write([1, 2, 3])
            channel.channel.shutdownWrite()
            #expect(try await channel.readToEnd() == [1, 2, 3, 1, 2, 3])
            #expect(try await channel.read() == nil, "the end stays the end")
            channel.channel.close()
            listener.close()
        }
    }

    @Test(arguments: Medium.allCases) func resetIsSeenByReaderAndWriter(medium: Medium) async throws {
        try await medium.run { server, client, address in
            let listener = try server.network.listen(on: address, backlog: 16)
            let channel = try await AsyncChannel.connect(client, to: listener.localAddress)
            let accepted = try await accept(listener)
            accepted.channel.reset()
            await #expect(throws: NetworkError.reset) { try await channel.read() }
            await #expect(throws: NetworkError.self) {
                for _ in 0..<100 { try await channel.write([1]) }
            }
            channel.channel.close()
            listener.close()
        }
    }

    /// EPIPE must be an error, and no SIGPIPE.
    @Test(arguments: Medium.allCases) func writingToAClosedChannelFails(medium: Medium) async throws {
        try await medium.run { server, client, address in
            let listener = try server.network.listen(on: address, backlog: 16)
            let channel = try await AsyncChannel.connect(client, to: listener.localAddress)
            let accepted = try await accept(listener)
            accepted.channel.close()
            #expect(try await channel.read() == nil)
            await #expect(throws: NetworkError.self) {
                for _ in 0..<100 {
                    try await channel.write([1])
                    await client.clock.sleep(for: .milliseconds(20))
                }
            }
            channel.channel.close()
            listener.close()
        }
    }

    @Test(arguments: Medium.allCases) func nobodyListensIsRefused(medium: Medium) async throws {
        try await medium.run { server, client, address in
            let listener = try server.network.listen(on: address, backlog: 16)
            let target = listener.localAddress
            listener.close()
            await #expect(throws: NetworkError.refused) { try await AsyncChannel.connect(client, to: target) }
        }
    }

    @Test(arguments: Medium.allCases) func anAddressHasOneListener(medium: Medium) async throws {
        try await medium.run { server, client, address in
            let first = try server.network.listen(on: address, backlog: 16)
            #expect(throws: NetworkError.addressInUse) {
                try server.network.listen(on: first.localAddress, backlog: 16)
            }
            first.close()
            let second = try server.network.listen(on: first.localAddress, backlog: 16)
            second.close()
        }
    }

    /// A writer is stopped by a reader who does not read, and goes on when it does.
    @Test(arguments: Medium.allCases) func backPressureStopsTheWriter(medium: Medium) async throws {
        try await medium.run { server, client, address in
            let listener = try server.network.listen(on: address, backlog: 16)
            let channel = try await AsyncChannel.connect(client, to: listener.localAddress)
            let accepted = try await accept(listener)
            var buffered = 0
            for _ in 0..<10 {
                buffered += channel.fill([UInt8](repeating: 7, count: 1 << 16), limit: 64 << 20)
                await client.clock.sleep(for: .milliseconds(50))
            }
            #expect(buffered > 0)
            #expect(buffered < 64 << 20, "finite buffers")
            let before = channel.writableCalls
            #expect(channel.fill([7], limit: 1) == 0)
            var drained = 0
            while drained < buffered, let bytes = try await accepted.read() { drained += bytes.count }
            #expect(drained == buffered)
            for _ in 0..<100 where channel.writableCalls == before {
                await client.clock.sleep(for: .milliseconds(20))
            }
            #expect(channel.writableCalls == before + 1)
            #expect(channel.fill([7], limit: 1) == 1)
            for side in [channel, accepted] { side.channel.close() }
            listener.close()
        }
    }

    @Test(arguments: Medium.allCases) func writesManyBuffersAtOnce(medium: Medium) async throws {
        try await medium.run { server, client, address in
            let listener = try server.network.listen(on: address, backlog: 16)
            listener.serveEcho()
            let channel = try await AsyncChannel.connect(client, to: listener.localAddress)
            let pieces: [[UInt8]] = [[1, 2], [], [3], [4, 5, 6]]
            let joined = pieces.flatMap { $0 }
            let result = joined.withUnsafeBytes { all in
                let vectors = [all[0..<2], all[2..<2], all[2..<3], all[3..<6]].map {
                    UnsafeRawBufferPointer(rebasing: $0)
                }
                return vectors.withUnsafeBufferPointer { channel.channel.write(vectors: $0) }
            }
            #expect(result == .bytes(6))
            #expect(try await channel.read(exactly: 6) == joined)
            channel.channel.close()
            listener.close()
        }
    }

    /// Closing in the middle of a callback, and everything that may be called afterwards.
    @Test(arguments: Medium.allCases) func aClosedChannelIsHarmless(medium: Medium) async throws {
        try await medium.run { server, client, address in
            let listener = try server.network.listen(on: address, backlog: 16)
            listener.onAccept = { $0.close() }
            let closers = try (0..<20).map { _ in
                ClosingDelegate(try client.network.connect(to: listener.localAddress, from: nil))
            }
            for _ in 0..<1000 where !closers.allSatisfy({ $0.connected == 1 }) {
                await client.clock.sleep(for: .milliseconds(10))
            }
            for closer in closers {
                let channel = closer.channel
                #expect(closer.connected == 1 && closer.laterCalls == 0)
                var byte: UInt8 = 0
                #expect(withUnsafeMutableBytes(of: &byte) { channel.read(into: $0) } == .failed(.closed))
                #expect(withUnsafeBytes(of: byte) { channel.write($0) } == .failed(.closed))
                channel.shutdownWrite()
                channel.reset()
                channel.close()
            }
            await client.clock.sleep(for: .milliseconds(50))
            #expect(closers.allSatisfy { $0.laterCalls == 0 })
            listener.close()
        }
    }

    @Test(arguments: Medium.allCases) func closingAnAttemptEndsIt(medium: Medium) async throws {
        try await medium.run { server, client, address in
            let listener = try server.network.listen(on: address, backlog: 16)
            let closer = ClosingDelegate(try client.network.connect(to: listener.localAddress, from: nil))
            closer.channel.close()
            await client.clock.sleep(for: .milliseconds(100))
            #expect(closer.connected == 0 && closer.laterCalls == 0)
            listener.close()
        }
    }
}

/// Takes the next connection.
@NetworkActor func accept(_ listener: any Listener) async throws -> AsyncChannel {
    let channel = await withCheckedContinuation { (continuation: CheckedContinuation<any ByteChannel, Never>) in
        listener.onAccept = { [weak listener] channel in
            // From the end of this call on, connections wait again.
            listener?.onAccept = nil
            continuation.resume(returning: channel)
        }
    }
    return AsyncChannel(channel)
}

/// Closes its channel as soon as that stands.
@NetworkActor private final class ClosingDelegate: ByteChannelDelegate {
    let channel: any ByteChannel
    var connected = 0
    var laterCalls = 0

    init(_ channel: any ByteChannel) {
        self.channel = channel
        channel.delegate = self
    }

    func channelConnected() {
        connected += 1
        channel.close()
    }

    func channelReadable() { laterCalls += 1 }
    func channelWritable() { laterCalls += 1 }
    func channelFailed(_ error: NetworkError) { laterCalls += 1 }
}

/// An endless stream of bytes in which no piece looks like its neighbours.
private enum Pattern {
    /// A prime, so that no buffer's size is a multiple of it.
    private static let period = 65_521
    private static let once: [UInt8] = {
        var random = SeededRandom(seed: 3)
        return random.bytes(period)
    }()
    private static let twice = once + once

    static func bytes(at offset: Int, count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        var start = offset % period
        while bytes.count < count {
            let amount = min(period, count - bytes.count)
            bytes += twice[start..<start + amount]
            start = (start + amount) % period
        }
        return bytes
    }
}

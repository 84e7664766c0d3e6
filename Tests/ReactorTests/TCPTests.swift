import CPlatform
import Foundation
import Testing

@testable import Reactor

/// What only real sockets do.
@Suite(.timeLimit(.minutes(15))) struct TCPTests {
    private static let loopback = SocketAddress.ip(.loopback4, port: 0)

    @Test func aThousandConnectionsAtOnce() async throws {
        try await spawn {
            let world = World.real()
            let listener = try world.network.listen(on: Self.loopback, backlog: 1024)
            listener.serveEcho()
            var channels: [AsyncChannel] = []
            for _ in 0..<1000 {
                channels.append(AsyncChannel(try world.network.connect(to: listener.localAddress, from: nil)))
            }
            for channel in channels { try await channel.connected() }
            for (index, channel) in channels.enumerated() {
                try await channel.write([UInt8(index & 255), UInt8(index >> 8)])
            }
            for (index, channel) in channels.enumerated() {
                #expect(try await channel.read(exactly: 2) == [UInt8(index & 255), UInt8(index >> 8)])
            }
            for channel in channels { channel.channel.close() }
            listener.close()
        }.value
    }

    /// A dial may leave from the port that we listen on, as hole punching needs.
    @Test func dialsFromTheListeningPort() async throws {
        try await spawn {
            let world = World.real()
            let here = try world.network.listen(on: Self.loopback, backlog: 4)
            let there = try world.network.listen(on: Self.loopback, backlog: 4)
            let channel = try await AsyncChannel.connect(world, to: there.localAddress, from: here.localAddress)
            #expect(channel.channel.localAddress == here.localAddress)
            let accepted = try await accept(there)
            #expect(accepted.channel.remoteAddress == here.localAddress)
            for side in [channel, accepted] { side.channel.close() }
            for listener in [here, there] { listener.close() }
        }.value
    }

    @Test func aForeignAddressIsNotOurs() async {
        await spawn {
            let world = World.real()
            #expect(throws: NetworkError.addressNotAvailable) {
                try world.network.listen(on: .ip(IPAddress("192.0.2.1") ?? .any4, port: 0), backlog: 4)
            }
            #expect(throws: NetworkError.self) {
                try world.network.connect(to: Self.loopback, from: .ip(.loopback6, port: 0))
            }
        }.value
    }

    /// Descriptors are closed and made again within one batch of events: an event for the old one must not reach the
    /// new one.
    @Test func eventsForAClosedDescriptorDoNotReachItsSuccessor() async throws {
        try await spawn {
            let first = PipeEnds()
            let second = PipeEnds()
            let poller = EventLoop.shared.poller
            let log = Box<[String]>([])
            let replaced = PipeEnds()
            let successor = Recorder("successor", log)
            let tokens = Box<[PollToken]>([])
            // Whichever of the two is dispatched first closes the other and puts a new pipe in its slot.
            let handlers = [first, second].map { mine in
                Recorder("original", log) { _ in
                    let other = mine === first ? second : first
                    guard log.value.count == 1 else { return }
                    poller.remove(other.read, tokens.value[mine === first ? 1 : 0])
                    tokens.value.append(try! poller.add(replaced.read, successor))
                }
            }
            tokens.value = [try poller.add(first.read, handlers[0]), try poller.add(second.read, handlers[1])]
            first.put()
            second.put()
            await until { !log.value.isEmpty }
            #expect(log.value == ["original"])
            replaced.put()
            await until { log.value.count > 1 }
            #expect(log.value == ["original", "successor"])
        }.value
    }

    /// In a process of its own, for the limit on descriptors.
    @Test func listenersSurviveRunningOutOfDescriptors() async {
        await #expect(processExitsWith: .success) {
            try await spawn {
                let world = World.real()
                let listener = try world.network.listen(on: .ip(.loopback4, port: 0), backlog: 128)
                var errors: [NetworkError] = []
                var accepted: [any ByteChannel] = []
                listener.onError = { errors.append($0) }
                listener.onAccept = { accepted.append($0) }
                var limit = rlimit()
                try #require(getrlimit(__rlimit_resource_t(7), &limit) == 0)
                limit.rlim_cur = 64
                try #require(setrlimit(__rlimit_resource_t(7), &limit) == 0)
                // Clients take descriptors too, until there are none: then some wait in the listener's queue.
                var clients: [any ByteChannel] = []
                for _ in 0..<200 {
                    guard let client = try? world.network.connect(to: listener.localAddress, from: nil) else { break }
                    clients.append(client)
                }
                try #require(clients.count < 200, "the limit is in force")
                #expect(throws: NetworkError.tooManyFiles) {
                    try world.network.connect(to: listener.localAddress, from: nil)
                }
                await world.clock.sleep(for: .milliseconds(50))
                try #require(errors.contains(.tooManyFiles))
                try #require(accepted.count < clients.count)
                // With descriptors again, those that wait are taken, and new ones too.
                var later = 0
                listener.onAccept = { channel in
                    later += 1
                    channel.close()
                }
                for client in clients.prefix(clients.count / 2) { client.close() }
                for _ in 0..<500 where later < clients.count - accepted.count {
                    await world.clock.sleep(for: .milliseconds(20))
                }
                try #require(later == clients.count - accepted.count)
                let last = try world.network.connect(to: listener.localAddress, from: nil)
                for _ in 0..<500 where later <= clients.count - accepted.count {
                    await world.clock.sleep(for: .milliseconds(20))
                }
                try #require(later > clients.count - accepted.count)
                last.close()
            }.value
        }
    }

    @Test func numericHostsResolveAtOnceAndNamesOnAThread() async throws {
        try await spawn {
            let network = World.real().network
            #expect(try await network.resolve("127.0.0.1", family: nil) == [.loopback4])
            #expect(try await network.resolve("::1", family: .ipv6) == [.loopback6])
            #expect(try await network.resolve("::1", family: .ipv4) == [])
            let local = try await network.resolve("localhost", family: nil)
            #expect(!local.isEmpty && local.allSatisfy(\.isLoopback))
            for wrong in ["", String(repeating: "a", count: 254), "a\0b"] {
                await #expect(throws: NetworkError.self) { try await network.resolve(wrong, family: nil) }
            }
            #expect(network.localAddresses().contains(.loopback4))
        }.value
    }
}

/// Waits for up to ten seconds, and a little longer for what should not follow.
@NetworkActor private func until(_ condition: @NetworkActor () -> Bool) async {
    let clock = World.real().clock
    for _ in 0..<1000 where !condition() { await clock.sleep(for: .milliseconds(10)) }
    await clock.sleep(for: .milliseconds(20))
}

private final class PipeEnds: @unchecked Sendable {
    let read: Int32
    private let write: Int32

    init() {
        var ends: [Int32] = [-1, -1]
        pipe(&ends)
        (read, write) = (ends[0], ends[1])
        _ = platform_set_nonblocking(read)
    }

    deinit {
        close(read)
        close(write)
    }

    func put() {
        var byte: UInt8 = 1
        _ = platform_write(write, &byte, 1)
    }
}

@NetworkActor private final class Recorder: PollHandler {
    private let name: String
    private let log: Box<[String]>
    private let action: @NetworkActor (Recorder) -> Void

    init(_ name: String, _ log: Box<[String]>, action: @escaping @NetworkActor (Recorder) -> Void = { _ in }) {
        self.name = name
        self.log = log
        self.action = action
    }

    func ready(_ readiness: Readiness) {
        guard readiness.contains(.readable) else { return }
        log.value.append(name)
        action(self)
    }
}

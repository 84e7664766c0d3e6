import Reactor
import Testing
import Time

@Suite struct InterfaceTests {
    @Test func linksAreKnownByTheirPrefix() throws {
        func address(_ text: String, _ length: Int) throws -> NetworkInterface.Address {
            NetworkInterface.Address(try #require(IPAddress(text)), prefixLength: length)
        }
        func isOnLink(_ other: String, _ own: NetworkInterface.Address) throws -> Bool {
            own.isOnLink(try #require(IPAddress(other)))
        }
        let site = try address("203.0.113.77", 26)
        #expect(try isOnLink("203.0.113.66", site))
        #expect(try !isOnLink("203.0.113.130", site))
        #expect(try !isOnLink("203.0.114.77", site))
        #expect(try !isOnLink("2001:db8::1", site))
        let global = try address("2001:db8:1:2::77", 64)
        #expect(try isOnLink("2001:db8:1:2:ffff::1", global))
        #expect(try !isOnLink("2001:db8:1:3::1", global))
        #expect(try !isOnLink("203.0.113.66", address("0.0.0.0", 0)), "no prefix says nothing")
        #expect(try !isOnLink("203.0.113.66", address("203.0.113.66", 33)))
        #expect(try isOnLink("203.0.113.66", address("203.0.113.66", 32)))
    }

    @Test func loopbackIsThere() async throws {
        let task = spawn { try World.real().network.interfaces() }
        let loopback = try #require(await task.value.first { $0.isLoopback })
        #expect(loopback.carriesMulticast)
        #expect(loopback.index > 0 && !loopback.name.isEmpty)
        #expect(loopback.addresses.contains(NetworkInterface.Address(.loopback4, prefixLength: 8)))
    }

    /// On loopback alone: nothing of it is seen on a network.
    @Test(.timeLimit(.minutes(1))) func aGroupOnLoopbackIsHeard() async throws {
        let task = spawn { () async throws -> [Datagram] in
            let world = World.real()
            let group = try #require(IPAddress("224.0.0.251"))
            let loopback = try #require(try world.network.interfaces().first { $0.isLoopback })
            // A port of our own, so that no other test's datagrams come.
            let target = SocketAddress.ip(group, port: UInt16(20_000 + world.random.next(below: 20_000)))
            let sockets = [try world.network.multicast(target), try world.network.multicast(target)]
            var heard: [Datagram] = []
            for socket in sockets {
                try socket.join(loopback.index)
                try socket.join(loopback.index)
                socket.onReceive = { heard.append($0) }
            }
            try sockets[0].send([1, 2, 3], on: loopback.index)
            try sockets[0].send([UInt8](repeating: 9, count: Datagram.maximumSize), on: loopback.index)
            try sockets[0].send([UInt8](repeating: 9, count: Datagram.maximumSize + 1), on: loopback.index)
            try sockets[0].send([4], on: loopback.index)
            for _ in 0..<100 where heard.count < 6 { await world.clock.sleep(for: .milliseconds(20)) }
            sockets[1].leave(loopback.index)
            try sockets[0].send([5], on: loopback.index)
            for _ in 0..<100 where heard.count < 7 { await world.clock.sleep(for: .milliseconds(20)) }
            await world.clock.sleep(for: .milliseconds(50))
            for socket in sockets { socket.close() }
            #expect(throws: NetworkError.closed) { try sockets[0].send([1], on: loopback.index) }
            return heard
        }
        let heard = try await task.value
        #expect(heard.map(\.bytes.count).sorted() == [1, 1, 1, 3, 3, 9000, 9000], "too long a one is dropped")
        #expect(heard.allSatisfy { $0.source.ip == .loopback4 })
    }

    /// A flood is taken in parts; connections get their turn between.
    @Test(.timeLimit(.minutes(1))) func aFloodIsTakenInParts() async throws {
        let task = spawn { () async throws -> (heard: Int, ticks: Int64) in
            let world = World.real()
            let group = try #require(IPAddress("224.0.0.251"))
            let loopback = try #require(try world.network.interfaces().first { $0.isLoopback })
            let target = SocketAddress.ip(group, port: UInt16(40_000 + world.random.next(below: 10_000)))
            let socket = try world.network.multicast(target)
            try socket.join(loopback.index)
            var heard = 0
            socket.onReceive = { _ in heard += 1 }
            for _ in 0..<2000 { try? socket.send([UInt8](repeating: 1, count: 100), on: loopback.index) }
            let start = world.clock.now
            await world.clock.sleep(for: .milliseconds(50))
            let ticks = (world.clock.now - start).millisecondsClamped / 100 + 1
            defer { socket.close() }
            return (heard, ticks)
        }
        let (heard, ticks) = try await task.value
        #expect(heard > 0 && heard <= 256 * ticks)
    }
}

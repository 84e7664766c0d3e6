import Foundation
import Identify
import Identity
import Multiformats
import Perf
import Reactor
import Swarm

/// Figures of the wire stack between two processes, without the engine above it.
@NetworkActor
struct WireRows {
    let bench: String

    func run() async throws {
        let server = try Program(bench, ["serve"])
        guard let line = server.line() else { return }
        let address = try Multiaddr(line)
        let swarm = Server.makeSwarm()
        let connection = try await swarm.dial(address)
        try await bulk(swarm, connection.remotePeer)
        try await roundTrips(connection, streams: 1, rounds: 50_000)
        try await roundTrips(connection, streams: 16, rounds: 20_000)
        try await newStreams(connection, concurrency: 1, count: 30_000)
        try await newStreams(connection, concurrency: 16, count: 60_000)
        try await handshakes(address, concurrency: 8, count: 4_000)
        server.finish()
        try await memory()
    }

    private func bulk(_ swarm: Swarm, _ peer: PeerID) async throws {
        let perf = PerfService(swarm: swarm)
        let size = UInt64(1 << 30)
        var up: [Double] = []
        var down: [Double] = []
        for _ in 0..<5 {
            let result = try await perf.run(peer, upload: size, download: 0)
            up.append(1024 / result.uploadSeconds)
            down.append(1024 / (try await perf.run(peer, upload: 0, download: size)).downloadSeconds)
        }
        let note = "median of 5 x 1 GiB, one stream"
        Table.add(Row("bulk, upload", up.median.figure + " MiB/s", aim: ">= 1,200", note: note))
        Table.add(Row("bulk, download", down.median.figure + " MiB/s", aim: ">= 1,200", note: note))
    }

    private func roundTrips(_ connection: Connection, streams: Int, rounds: Int) async throws {
        let message = [UInt8](repeating: 7, count: 64)
        let begin = ContinuousClock.now
        let tasks = (0..<streams).map { _ in
            spawn { () async throws -> Void in
                let stream = try await connection.openStream([Server.echo])
                for _ in 0..<rounds {
                    try await stream.write(message)
                    _ = try await stream.read(exactly: message.count)
                }
                stream.close()
            }
        }
        for task in tasks { try await task.value }
        let rate = Double(streams * rounds) / ((ContinuousClock.now - begin) / .seconds(1))
        Table.add(
            Row("64-byte round trips, \(streams) stream\(streams == 1 ? "" : "s")", rate.figure + "/s", aim: ">= 11k"))
    }

    private func newStreams(_ connection: Connection, concurrency: Int, count: Int) async throws {
        let message = [UInt8](repeating: 7, count: 64)
        let begin = ContinuousClock.now
        let tasks = (0..<concurrency).map { _ in
            spawn { () async throws -> Void in
                for _ in 0..<count / concurrency {
                    let stream = try await connection.openStream([Server.request])
                    try await stream.write(message)
                    stream.closeWrite()
                    _ = try await stream.readToEnd(limit: 1024)
                    stream.close()
                }
            }
        }
        for task in tasks { try await task.value }
        let rate = Double(count) / ((ContinuousClock.now - begin) / .seconds(1))
        Table.add(
            Row("new stream per request", rate.figure + "/s", aim: ">= 10k", note: "64 bytes, \(concurrency) at once"))
    }

    /// Connect, identify both ways, close; each client is a peer of its own.
    private func handshakes(_ address: Multiaddr, concurrency: Int, count: Int) async throws {
        let clients = (0..<concurrency).map { _ in IdentifyingClient() }
        let begin = ContinuousClock.now
        let tasks = clients.map { client in
            spawn { () async throws -> Void in
                for _ in 0..<count / concurrency { try await client.visit(address) }
            }
        }
        for task in tasks { try await task.value }
        let rate = Double(count) / ((ContinuousClock.now - begin) / .seconds(1))
        Table.add(
            Row("connect + identify + close", rate.figure + "/s", aim: ">= 1,200", note: "\(concurrency) at once"))
    }

    private func memory() async throws {
        let server = try Program(bench, ["serve"])
        guard let line = server.line() else { return }
        let address = try Multiaddr(line)
        _ = try await Server.makeSwarm().dial(address)  // what the first connection sets up once
        let before = server.residentMiB
        let clients = (0..<100).map { _ in Server.makeSwarm() }
        for client in clients { _ = try await client.dial(address) }
        let each = (server.residentMiB - before) * 1024 / Double(clients.count)
        Table.add(Row("memory per connection", each.figure + " KiB", note: "resident, 100 idle connections"))
        for client in clients { await client.close() }
        server.finish()
    }
}

/// A client that goes through the motions of a first meeting, again and again.
@NetworkActor
final class IdentifyingClient: SwarmObserver {
    private let swarm = Server.makeSwarm()
    private let identify: IdentifyService
    private var waiter: CheckedContinuation<Void, Never>?
    private var isIdentified = false

    init() {
        identify = IdentifyService(swarm: swarm, agentVersion: "linnet-bench")
        identify.start()
        swarm.addObserver(self)
    }

    func visit(_ address: Multiaddr) async throws {
        isIdentified = false
        let connection = try await swarm.dial(address, reuse: false)
        if !isIdentified { await withCheckedContinuation { waiter = $0 } }
        connection.close()
    }

    func identified(_ peer: PeerID, _ info: PeerInfo) {
        isIdentified = true
        waiter?.resume()
        waiter = nil
    }
}

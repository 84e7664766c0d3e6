import Foundation
import Identity
import Multiformats
import Reactor
import Swarm
import TestSupport
import Time
import Wire

/// An engine in a process of its own that listens on loopback, and an honest peer connected to it.
@NetworkActor final class AttackedEngine {
    /// Where it listens.
    let target: SocketAddress
    let world = World.real()
    private let child: ChildProcess
    private let honest: Swarm
    private let connection: Connection
    private let output: LineReader
    private var identifier: Int64 = 0

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    init() async throws {
        var command = ChildCommand(EngineProcess.tool, ["--ephemeral", "--listen", "/ip4/127.0.0.1/tcp/0"])
        command.environment = [
            "HOME=\(NSTemporaryDirectory())", "PATH=/usr/bin:/bin", "SWIFT_BACKTRACE=enable=no",
            // The engines of other tests would find it, and stand among its peers.
            "LINNET_DISCOVER=off",
        ]
        command.standardError = .piped
        let child = try ChildProcess(command)
        self.child = child
        output = LineReader(child)
        spawn { while try await child.standardError?.read() != nil {} }
        let started = try await output.next()
        guard let text = started["addresses"]?.arrayValue?.first?.stringValue else {
            throw Failure(description: "the engine listens nowhere")
        }
        let address = try Multiaddr(text)
        let port = address.components.first { $0.code == .tcp }?.value.reduce(0 as UInt16) { $0 << 8 | UInt16($1) }
        target = .ip(.loopback4, port: port ?? 0)
        honest = Swarm(world: world, identity: .test(200))
        connection = try await honest.dial(address)
    }

    /// The engine's answer to `status`.
    func status() async throws -> JSON {
        identifier += 1
        try await child.standardInput?.write(Array("{\"cmd\":\"status\",\"id\":\(identifier)}\n".utf8))
        while true {
            let line = try await output.next()
            if line["id"]?.integerValue == identifier { return line }
        }
    }

    /// How long the honest peer waits for the echo of a ping, on a stream of its own.
    func honestRoundTrip() async throws -> Duration {
        let start = world.clock.now
        let stream = try await connection.openStream(["/ipfs/ping/1.0.0"])
        stream.setDeadline(after: .seconds(10))
        try await stream.write([UInt8](repeating: 5, count: 32))
        _ = try await stream.read(exactly: 32)
        stream.close()
        return world.clock.now - start
    }

    /// The memory of its process in bytes; nil where the system does not tell.
    var residentMemory: Int? {
        guard let text = try? String(contentsOfFile: "/proc/\(child.processID)/statm", encoding: .utf8) else {
            return nil
        }
        return text.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 4096 }
    }

    /// Someone who has connected, and nothing more.
    func stranger() async throws -> Adversary { try await Adversary.connect(world, to: target) }

    /// Someone past the handshake.
    func insider(_ key: UInt8 = 66) async throws -> Adversary {
        do {
            let adversary = try await stranger()
            try await adversary.dialHandshake(as: .test(key))
            return adversary
        } catch {
            throw Failure(description: "an attacker could not even connect: \(error)")
        }
    }

    func wait(_ time: Duration) async { await world.clock.sleep(for: time) }

    func end() async {
        await honest.close()
        child.send(.kill)
        _ = await child.waitForExit()
    }
}

/// The lines of an engine, one at a time.
@NetworkActor private final class LineReader {
    private let child: ChildProcess
    private var partial: [UInt8] = []

    init(_ child: ChildProcess) { self.child = child }

    func next() async throws -> JSON {
        while true {
            if let end = partial.firstIndex(of: 0x0a) {
                let line = Array(partial[..<end])
                partial.removeFirst(end + 1)
                return try JSON(parsing: line)
            }
            guard let bytes = try await child.standardOutput?.read() else {
                throw AttackedEngine.Failure(description: "the engine ended: \(String(describing: child.exitStatus))")
            }
            partial += bytes
        }
    }
}

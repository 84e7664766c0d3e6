import Foundation
import Identify
import Identity
import Multiformats
import Perf
import Reactor
import Swarm

/// The other process of the wire figures: a bare swarm that echoes, answers requests and serves perf.
@NetworkActor
enum Server {
    static let echo: ProtocolID = "/echo/1.0.0"
    static let request: ProtocolID = "/request/1.0.0"

    /// Serves until stdin ends. The address is the first line of stdout.
    static func run() async throws {
        let swarm = makeSwarm()
        let perf = PerfService(swarm: swarm)
        perf.serve()
        let identify = IdentifyService(swarm: swarm, agentVersion: "linnet-bench")
        identify.start()
        swarm.setHandler(echo) { stream in
            while let bytes = try? await stream.read() {
                guard (try? await stream.write(bytes)) != nil else { return }
            }
            stream.close()
        }
        swarm.setHandler(request) { stream in
            guard let body = try? await stream.readToEnd(limit: 1 << 20) else { return }
            try? await stream.write(body)
            stream.close()
        }
        guard let address = try swarm.listen(on: Multiaddr("/ip4/127.0.0.1/tcp/0")).first else { return }
        print(address.appending(peer: swarm.localPeer))
        fflush(nil)
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                while readLine() != nil {}
                continuation.resume()
            }
        }
    }

    static func makeSwarm() -> Swarm {
        let world = World.real()
        return Swarm(world: world, identity: KeyPair.generate { world.random.fill($0) })
    }
}

import Identify
import Identity
import Multiformats
import Perf
import Ping
import Reactor
import RequestResponse
import Swarm
import Time

/// A swarm of ours with the protocols of the first release, and what it has learned by identify.
@NetworkActor
final class Node: SwarmObserver {
    nonisolated static let agent = "linnet-interop/1"
    let swarm: Swarm
    let identify: IdentifyService
    let ping: PingService
    let perf: PerfService
    private var infos: [PeerID: [PeerInfo]] = [:]
    private var waiting: [() -> Void] = []

    init() {
        let world = World.real()
        swarm = Swarm(world: world, identity: KeyPair.generate { world.random.fill($0) })
        identify = IdentifyService(swarm: swarm, agentVersion: Node.agent)
        ping = PingService(swarm: swarm)
        perf = PerfService(swarm: swarm)
        swarm.addObserver(self)
        identify.start()
        ping.start()
        perf.serve()
        swarm.setHandler("/echo/1.0.0") { stream in
            while let bytes = try? await stream.read() {
                guard (try? await stream.write(bytes)) != nil else { return }
            }
            stream.close()
        }
    }

    /// Listens on a free loopback port. Gives the address with our peer id, and the id.
    func listen() throws -> (Multiaddr, PeerID) {
        let addresses = try swarm.listen(on: Multiaddr("/ip4/127.0.0.1/tcp/0"))
        return (addresses[0].appending(peer: swarm.localPeer), swarm.localPeer)
    }

    /// What identify said of `peer`, once it has been heard `times` times; throws after half a minute.
    func identified(_ peer: PeerID, times: Int = 1) async throws -> PeerInfo {
        let patience = Duration.seconds(30)
        let deadline = swarm.world.clock.now + patience
        let alarm = swarm.world.clock.schedule(after: patience) { [weak self] in self?.wake() }
        defer { alarm.cancel() }
        while true {
            if let known = infos[peer], known.count >= times, let last = known.last { return last }
            guard swarm.world.clock.now < deadline else { throw Silence(peer: peer) }
            await withCheckedContinuation { continuation in waiting.append { continuation.resume() } }
        }
    }

    /// Identify was not heard of.
    struct Silence: Error {
        let peer: PeerID
    }

    func identified(_ peer: PeerID, _ info: PeerInfo) {
        infos[peer, default: []].append(info)
        wake()
    }

    private func wake() {
        let due = waiting
        waiting = []
        for resume in due { resume() }
    }
}

import Glibc
import Multiformats
import Reactor
import TestSupport
import Testing

@testable import Swarm

@Suite("Out of descriptors")
struct DescriptorLimitTests {
    /// accept loop: an error of accept ended the listener.
    @Test("with 64 descriptors and 200 dials, the listener lives on and serves afterwards")
    func acceptLoop() async {
        // A process of its own: the limit is the whole process's.
        await #expect(processExitsWith: .success) {
            try await spawn {
                var limit = rlimit(rlim_cur: 64, rlim_max: 64)
                guard setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
                let server = try TestPeer(.real(), key: 1, listen: "/ip4/127.0.0.1/tcp/0", configuration: .unlimited)
                server.swarm.setHandler("/echo/1", echoHandler)
                let world = World.real()
                guard case .socket(let target) = TransportAddress(server.address) else { exit(2) }
                var strangers: [Adversary] = []
                var refused = 0
                for _ in 0..<200 {
                    do {
                        strangers.append(try await Adversary.connect(world, to: target))
                    } catch {
                        refused += 1
                    }
                }
                guard refused > 0 else { exit(3) }
                await world.clock.sleep(for: .milliseconds(300))
                for stranger in strangers { stranger.reset() }
                await world.clock.sleep(for: .milliseconds(300))
                let client = Swarm(world: world, identity: .test(2))
                let stream = try await client.dial(server.address).openStream(["/echo/1"])
                stream.setDeadline(after: .seconds(20))
                try await stream.write([5])
                guard try await stream.read() == [5] else { exit(4) }
                await client.close()
                await server.swarm.close()
            }.value
        }
    }
}

import Multiformats
import Reactor
import TestSupport
import Testing

@testable import Swarm

@Suite("Connecting again and again")
struct RepeatedConnectTests {
    @Test("over real TCP: connect, one request, close")
    func repeated() async throws {
        try await spawn {
            let server = try TestPeer(.real(), key: 1, listen: "/ip4/127.0.0.1/tcp/0")
            let client = Swarm(world: .real(), identity: .test(2))
            server.swarm.setHandler("/echo/1.0.0", echoHandler)
            for number in 0..<100 {
                let connection = try await client.dial(server.address, reuse: false)
                let stream = try await connection.openStream(["/echo/1.0.0"])
                stream.setDeadline(after: .seconds(5))
                try await stream.write([UInt8(number)])
                #expect(try await stream.read() == [UInt8(number)])
                stream.close()
                connection.close()
            }
            await client.close()
            await server.swarm.close()
        }.value
    }
}

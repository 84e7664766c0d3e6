import Reactor
import Swarm
import TestSupport
import Testing

@Suite("Refusing a protocol")
struct RefusalTests {
    /// What came on a stream, and how it ended.
    private struct Answer: Equatable {
        var bytes: [UInt8] = []
        var isReset = false
    }

    /// Says `bytes` on a new stream and reads the answer to its end.
    @NetworkActor
    private func ask(_ simulation: SimulatedWorld, _ bytes: [UInt8], ends: Bool) async throws -> Answer {
        let network = try TestNetwork(simulation, count: 1)
        let world = simulation.host("dialer")
        guard let address = SocketAddress("10.0.0.1", port: 4001) else { return Answer() }
        let dialer = try await Adversary.connect(world, to: address)
        try await dialer.dialHandshake(as: .test(9))
        try dialer.sendSealed(Adversary.data(bytes, stream: 1, flags: ends ? 1 | 4 : 1))
        var answer = Answer()
        while true {
            let header = try await dialer.receiveSealed(12)
            let length = header[8...].reduce(0) { $0 << 8 | Int($1) }
            if header[1] == 0 { answer.bytes += try await dialer.receiveSealed(length) }
            answer.isReset = header[3] & 8 != 0
            if header[3] & (4 | 8) != 0 { break }
        }
        dialer.close()
        await network.close()
        return answer
    }

    @Test(
        "a lazy dialer gets to read the refusal of its only protocol",
        arguments: [[], [0xff, 0xff, 0xff, 1, 2], [9, 1]])
    func lazy(bytes: [UInt8]) async throws {
        let opening = Adversary.negotiation("/multistream/1.0.0")
        let answer = try await SimulatedWorld.run(seed: 1) { simulation in
            try await ask(simulation, opening + Adversary.negotiation("/unknown") + bytes, ends: true)
        }
        #expect(answer == Answer(bytes: opening + Adversary.negotiation("na")))
    }

    @Test("a dialer that is none is reset")
    func garbage() async throws {
        let answer = try await SimulatedWorld.run(seed: 1) { simulation in
            try await ask(simulation, [0xff, 0xff, 0xff], ends: false)
        }
        #expect(answer == Answer(isReset: true))
    }
}

import TestSupport
import Testing
import Time

@testable import Yamux

/// Random sequences of well-formed frames, mixed with the owner's calls. Whatever comes, the session keeps its
/// counts and bounds, sends only whole frames, and ends in good order.
@Suite final class FuzzTests {
    private var openedCount: UInt32 = 0

    private static let lengths: [UInt32] = [
        0, 0, 0, 1, 1, 12, 500, 4_000, 131_072, 262_143, 262_144, 262_145, 0x7fff_ffff, .max,
    ]

    @Test(arguments: 0..<150 as Range<UInt64>)
    func frameSequences(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let role: YamuxRole = Bool.random(using: &random) ? .dialer : .listener
        let endpoint = Endpoint(role) {
            $0.acceptBacklog = 4
            $0.acknowledgementBacklog = 4
            $0.maximumInboundStreams = 6
            $0.windowBudget = 1 << 20
            $0.resetBudget = 100
        }
        var failure: YamuxError?
        for _ in 0..<300 where failure == nil {
            do throws(YamuxError) {
                if Bool.random(using: &random) {
                    let bytes = bytes(for: endpoint, role: role, &random)
                    let cut = Int.random(in: 0...bytes.count, using: &random)
                    try endpoint.receive(bytes[..<cut])
                    try endpoint.receive(bytes[cut...])
                } else {
                    try call(endpoint, &random)
                }
            } catch {
                if error.severity != .stream { failure = error }
            }
            endpoint.checkInvariants("seed \(seed)")
        }
        let output = endpoint.output()
        let frames = try #require(Frame.parse(output))
        if let failure, case .connection(let code) = failure.severity {
            #expect(frames == [.goAway(code)])
            #expect(throws: failure) { try endpoint.receive([0]) }
        }
        #expect(!endpoint.hasOutput)
    }

    @Test(arguments: 0..<100 as Range<UInt64>)
    func damagedConversations(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let (dialer, listener) = pair()
        for _ in 0..<5 {
            let id = try dialer.open()
            try dialer.write(random.bytes(Int.random(in: 1..<200, using: &random)), to: id)
            if Bool.random(using: &random) { dialer.closeWrite(id) }
        }
        try? listener.receive(random.mutated(dialer.output()))
        listener.checkInvariants("seed \(seed)")
        #expect(Frame.parse(listener.output()) != nil)
    }

    /// What an honest peer could send in this state, and once in a while anything.
    private func bytes(for endpoint: Endpoint, role: YamuxRole, _ random: inout SeededRandom) -> [UInt8] {
        if Int.random(in: 0..<200, using: &random) == 0 { return wildBytes(&random) }
        let known = endpoint.streams.filter { $0.id != 0 }
        let stream = known.randomElement(using: &random)
        let id = stream?.id ?? 77
        switch Int.random(in: 0..<10, using: &random) {
        case 0, 1, 2:
            let extra: [UInt16] = [0, 0, Frame.fin, Frame.rst]
            let flags = Frame.syn | (extra.randomElement(using: &random) ?? 0)
            let payload = [UInt8](repeating: 0, count: [0, 1, 3_000].randomElement(using: &random) ?? 0)
            openedCount += 1
            return Frame.data(role == .dialer ? 2 * openedCount : 2 * openedCount - 1, payload, flags: flags).bytes
        case 3, 4, 5, 6:
            guard let stream, stream.isReceiving else { return Frame.data(id).bytes }
            let available = Int(stream.receiveWindow.available)
            let count = [0, 1, 100, 5_000, available / 2, available].randomElement(using: &random) ?? 0
            let choice: [UInt16] = [0, 0, 0, Frame.ack, Frame.fin]
            let flags = choice.randomElement(using: &random) ?? 0
            return Frame.data(id, [UInt8](repeating: 0, count: min(count, available)), flags: flags).bytes
        case 7:
            return Frame.window(id, UInt32.random(in: 0..<9_000, using: &random)).bytes
        case 8:
            let choice = [Frame.ack, Frame.fin, Frame.rst]
            let flags = choice.randomElement(using: &random) ?? 0
            return Frame.window(id, 0, flags: flags).bytes
        default:
            let opaque = UInt32.random(in: 0..<4, using: &random)
            return Frame.ping(opaque, flags: Bool.random(using: &random) ? Frame.syn : Frame.ack).bytes
        }
    }

    /// Any type, flags, id and length.
    private func wildBytes(_ random: inout SeededRandom) -> [UInt8] {
        var frame = Frame(
            type: UInt8.random(in: 0..<4, using: &random), flags: UInt16.random(in: 0..<32, using: &random),
            id: UInt32.random(in: 0..<14, using: &random), length: Self.lengths.randomElement(using: &random) ?? 0)
        if frame.type == 0 && frame.length <= 262_144 {
            let divisor = Bool.random(using: &random) ? 1 : 2
            frame.payload = [UInt8](repeating: 0, count: Int(frame.length) / divisor)
        }
        return frame.bytes
    }

    private func call(_ endpoint: Endpoint, _ random: inout SeededRandom) throws(YamuxError) {
        let known = endpoint.streams.filter { $0.id != 0 }
        let id = known.randomElement(using: &random)?.id ?? 5
        switch Int.random(in: 0..<16, using: &random) {
        case 0: _ = try endpoint.open()
        case 1: try endpoint.accept(id)
        case 2, 3: _ = try endpoint.read(id, max: Int.random(in: 0..<300_000, using: &random))
        case 4: try endpoint.write([UInt8](repeating: 0, count: Int.random(in: 0..<5_000, using: &random)), to: id)
        case 5: endpoint.closeWrite(id)
        case 6: endpoint.reset(id, code: id)
        case 7: endpoint.forget(id)
        case 8: endpoint.ping()
        case 9:
            endpoint.wait(.milliseconds(Int.random(in: 0..<4_000, using: &random)))
            try endpoint.handleTimeout()
        default:
            let size = Int.random(in: 13..<3_000, using: &random)
            let part = endpoint.transmit(size)
            if Frame.parse(part) == nil || part.count > size { Issue.record("not whole frames") }
        }
    }
}

import Negotiation
import TestSupport
import Testing

/// What came of a dialogue.
private struct Outcome: Equatable {
    var agreed: String?
    var leftover: [UInt8] = []
    var sent: [UInt8] = []
    var error: NegotiationError?
}

/// Feeds `pieces` to a machine, and what comes after the agreement to the protocol.
private func outcome(
    of pieces: [[UInt8]], _ receive: ([UInt8]) throws(NegotiationError) -> NegotiationStep
) -> Outcome {
    var outcome = Outcome()
    for piece in pieces {
        if outcome.agreed != nil {
            outcome.leftover += piece
            continue
        }
        do throws(NegotiationError) {
            switch try receive(piece) {
            case .needMore(let send):
                outcome.sent += send
            case .agreed(let id, let send, let leftover):
                outcome.sent += send
                outcome.agreed = id
                outcome.leftover = leftover
            }
        } catch {
            outcome.error = error
            break
        }
    }
    return outcome
}

/// `bytes` cut at random places, empty pieces among them.
private func pieces(of bytes: [UInt8], using random: inout SplitMix64) -> [[UInt8]] {
    var rest = bytes[...]
    var pieces: [[UInt8]] = []
    let largest = Int.random(in: 1...12, using: &random)
    while !rest.isEmpty {
        let count = Int.random(in: 0...largest, using: &random)
        pieces.append(Array(rest.prefix(count)))
        rest = rest.dropFirst(count)
    }
    return pieces
}

/// The outcome does not depend on how the stream of bytes was cut.
@Suite struct NegotiationSplitTests {
    private static let ids = ["/noise", "/tls/1.0.0", "/yamux/1.0.0", "/" + String(repeating: "p", count: 300)]
    private static let header = hex("132f6d756c746973747265616d2f312e302e300a")

    private static func message(_ text: String) -> [UInt8] {
        let length = text.utf8.count + 1
        return (length < 128 ? [UInt8(length)] : [UInt8(length & 0x7f | 0x80), UInt8(length >> 7)])
            + Array(text.utf8) + [0x0a]
    }

    @Test(arguments: 0..<40)
    func listener(seed: Int) {
        var random = SplitMix64(seed: UInt64(seed))
        for _ in 0..<50 {
            let proposals = (0..<Int.random(in: 0...5, using: &random)).map { _ in
                Self.ids.randomElement(using: &random) ?? ""
            }
            let tail = random.bytes(Int.random(in: 0...20, using: &random))
            let stream = Self.header + proposals.flatMap(Self.message) + Self.message("/agreed") + tail
            var whole = NegotiationListener { $0 == "/agreed" }
            let joined = outcome(of: [stream]) { bytes throws(NegotiationError) in try whole.receive(bytes) }
            var parts = NegotiationListener { $0 == "/agreed" }
            let split = outcome(of: pieces(of: stream, using: &random)) { bytes throws(NegotiationError) in
                try parts.receive(bytes)
            }
            #expect(split == joined)
            #expect(joined.agreed == "/agreed")
            #expect(joined.leftover == tail)
            let refusals = proposals.flatMap { _ in hex("036e610a") }
            #expect(joined.sent == Self.header + refusals + Self.message("/agreed"))
        }
    }

    @Test(arguments: 0..<40)
    func dialer(seed: Int) {
        var random = SplitMix64(seed: UInt64(seed))
        for _ in 0..<50 {
            let accepted = Int.random(in: 0..<Self.ids.count, using: &random)
            let tail = random.bytes(Int.random(in: 0...20, using: &random))
            let refusals = (0..<accepted).flatMap { _ in hex("036e610a") }
            let stream = Self.header + refusals + Self.message(Self.ids[accepted]) + tail
            var whole = NegotiationDialer(protocols: Self.ids)
            let joined = outcome(of: [stream]) { bytes throws(NegotiationError) in try whole.receive(bytes) }
            var parts = NegotiationDialer(protocols: Self.ids)
            let split = outcome(of: pieces(of: stream, using: &random)) { bytes throws(NegotiationError) in
                try parts.receive(bytes)
            }
            #expect(split == joined)
            #expect(joined.agreed == Self.ids[accepted])
            #expect(joined.leftover == tail)
            #expect(joined.sent == Self.ids[1..<(accepted + 1)].flatMap(Self.message))
        }
    }

    /// The leftover of one layer begins the next: header and proposal of three negotiations in one segment.
    @Test func layersInOneSegment() throws {
        let layers = ["/noise", "/yamux/1.0.0", "/ipfs/ping/1.0.0"]
        var bytes: [UInt8] = layers.flatMap { layer -> [UInt8] in Self.header + Self.message(layer) }
        bytes.append(7)
        for layer in layers {
            var listener = NegotiationListener { $0 == layer }
            guard case .agreed(layer, _, let leftover) = try listener.receive(bytes) else {
                Issue.record("no agreement on \(layer)")
                return
            }
            bytes = leftover
        }
        #expect(bytes == [7])
    }
}

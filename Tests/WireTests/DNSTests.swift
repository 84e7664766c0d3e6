import TestSupport
import Testing

@testable import Wire

@Suite("DNS messages")
struct DNSTests {
    /// A multicast question for `_p2p._udp.local`, and an answer whose name points into it.
    private static let response =
        hex("0000 8400 0001 0001 0000 0000") + question
        + hex("c00c 000c 0001 00000078 0006 03 666f6f c00c")
    private static let question = hex("04 5f703270 04 5f756470 05 6c6f63616c 00 000c 0001")

    @Test("a question and a compressed answer")
    func decodes() throws {
        let message = try DNSMessage(decoding: Self.response)
        #expect(message.flags == 0x8400)
        #expect(message.questions.map(\.name.description) == ["_p2p._udp.local"])
        let answer = try #require(message.answers.first)
        #expect(answer.name.description == "_p2p._udp.local")
        #expect(answer.type == 12 && answer.timeToLive == 120)
        var offset = answer.dataOffset
        #expect(try DNSName(decoding: Self.response, at: &offset).description == "foo._p2p._udp.local")
        #expect(offset == Self.response.count)
    }

    @Test("what is encoded is read again")
    func roundTrip() throws {
        var message = DNSMessage(id: 7, flags: 0x8400)
        let name = try DNSName(labels: [Array("a.b".utf8), Array("LOCAL".utf8)])
        message.questions = [.init(name: name, type: 12, recordClass: 0x8001)]
        message.additionals = [.init(name: name, type: 16, recordClass: 1, timeToLive: .max, data: [1, 2, 3])]
        var decoded = try DNSMessage(decoding: message.encoded)
        decoded.additionals[0].dataOffset = 0
        #expect(decoded == message)
        #expect(name.description == #"a\046b.LOCAL"#)
        #expect(name == (try DNSName(labels: [Array("A.B".utf8), Array("local".utf8)])))
    }

    @Test("CVE-2018-20994, RUSTSEC-2026-0118: pointers to themselves, to each other, forward, 128 deep")
    func pointerLoops() {
        func name(_ bytes: [UInt8], at start: Int = 0) -> DNSError? {
            var offset = start
            do throws(DNSError) {
                _ = try DNSName(decoding: bytes, at: &offset)
                return nil
            } catch {
                #expect(offset == start)
                return error
            }
        }
        #expect(name(hex("c000")) == .pointerLoop)
        #expect(name(hex("c002 c000"), at: 2) == .pointerLoop)
        #expect(name(hex("c002 0161 00")) == .pointerLoop)
        #expect(name(hex("0161 c000")) == .pointerLoop)
        var chain: [UInt8] = [0]
        for depth in 0..<128 {
            let target = depth == 0 ? 0 : chain.count - 2
            chain += [0xc0 | UInt8(target >> 8), UInt8(target & 0xff)]
        }
        #expect(name(chain, at: chain.count - 2) == .pointerLoop)
        #expect(name(chain, at: 1 + 2 * (DNSName.maximumJumps - 1)) == nil)
    }

    @Test("names, messages and counts beyond their bounds", arguments: [0b01, 0b10])
    func bounds(kind: Int) throws {
        var offset = 0
        #expect(throws: DNSError.malformedName) { try DNSName(decoding: [UInt8(kind << 6), 0], at: &offset) }
        let label = [UInt8(63)] + [UInt8](repeating: 0x61, count: 63)
        #expect(throws: DNSError.malformedName) {
            try DNSName(decoding: label + label + label + label + [0], at: &offset)
        }
        #expect(throws: DNSError.malformedName) { try DNSName(labels: [[UInt8](repeating: 0, count: 64)]) }
        #expect(throws: DNSError.malformedName) { try DNSName(labels: [[]]) }
        #expect(throws: DNSError.tooLarge) { try DNSMessage(decoding: [UInt8](repeating: 0, count: 9001)) }
        #expect(throws: DNSError.tooManyEntries) { try DNSMessage(decoding: hex("0000 0000 ffff ffff ffff ffff")) }
        for end in 0..<Self.response.count {
            #expect(throws: DNSError.truncated) { try DNSMessage(decoding: Array(Self.response[..<end])) }
        }
    }

    @Test("mutated messages end in a value or an error")
    func fuzz() {
        var random = SplitMix64(seed: 53)
        var taken = 0
        for _ in 0..<20_000 {
            if (try? DNSMessage(decoding: random.mutate(Self.response))) != nil { taken += 1 }
        }
        #expect(taken > 0)
    }
}

import Multiformats
import TestSupport
import Testing
import Wire

@Suite struct LengthPrefixTests {
    @Test func framesAsTheVectorsDo() {
        let message = Vectors.bytes("relay RESERVE")
        #expect(LengthPrefix.frame(message) == Vectors.bytes("relay RESERVE framed"))
        #expect(LengthPrefix.frame(Vectors.bytes("identify msg")) == Vectors.bytes("identify framed"))
        #expect(LengthPrefix.frame([]) == [0])
    }

    @Test func messagesComeOutWhateverThePieces() throws {
        var random = SplitMix64(seed: 1)
        for _ in 0..<300 {
            let messages = (0..<random.next(below: 8)).map { _ in random.bytes(random.next(below: 400)) }
            var stream: [UInt8] = []
            for message in messages { stream.appendLengthPrefixed(message) }
            var decoder = LengthPrefixedDecoder(limit: 400)
            var decoded: [[UInt8]] = []
            var position = 0
            while position < stream.count {
                let end = min(stream.count, position + 1 + random.next(below: 64))
                if random.next(below: 2) == 0 {
                    decoder.receive(Array(stream[position..<end]))
                } else {
                    stream[position..<end].withUnsafeBytes { decoder.receive($0) }
                }
                position = end
                while let message = try decoder.next() { decoded.append(message) }
                // One unfinished message is all it holds.
                #expect(decoder.bufferedCount < 402)
            }
            #expect(decoded == messages)
            #expect(throws: Never.self) { try decoder.finish() }
        }
    }

    /// prost-codec e156a22fa: a varint and a length that overflow together.
    @Test(arguments: [
        ("ffffffffffffffff7f", WireError.tooLong(count: 1 << 63 - 1, limit: 1024)),
        ("ffffffff0f", .tooLong(count: 0xffff_ffff, limit: 1024)), ("8108", .tooLong(count: 1025, limit: 1024)),
        ("8000", .malformedVarint(.notMinimal)), ("ffffffffffffffffff01", .malformedVarint(.tooLong)),
        ("80808080808080808001", .malformedVarint(.tooLong)),
    ])
    func aBadLengthEndsTheStream(bytes: String, error: WireError) {
        var decoder = LengthPrefixedDecoder(limit: 1024)
        decoder.receive(hex(bytes))
        #expect(throws: error) { try decoder.next() }
        decoder.receive([1, 2])
        #expect(throws: error) { try decoder.next() }
        #expect(throws: error) { try decoder.finish() }
    }

    /// GHSA-xqvc-92cf-94j4, ethereum/public-disclosures 24: memory for what was only announced.
    @Test func anAnnouncedLengthTakesNoMemory() throws {
        var decoder = LengthPrefixedDecoder(limit: .max)
        decoder.receive(hex("ffffffff0f"))
        #expect(try decoder.next() == nil)
        #expect(decoder.bufferedCount == 5)
        decoder = LengthPrefixedDecoder(limit: .max)
        decoder.receive(hex("ffffffffffffffff7f00"))
        #expect(try decoder.next() == nil)
        #expect(throws: WireError.truncated) { try decoder.finish() }
    }

    @Test func theRestIsForTheNextReader() throws {
        var decoder = LengthPrefixedDecoder(limit: 10)
        decoder.receive([1, 9, 5, 6])
        #expect(try decoder.next() == [9])
        #expect(decoder.takeRemainder() == [5, 6])
        #expect(decoder.bufferedCount == 0)
        #expect(try decoder.next() == nil)
    }
}

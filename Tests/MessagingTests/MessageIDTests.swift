import TestSupport
import Testing
import Time

@testable import Messaging

@Suite struct MessageIDTests {
    @Test func theSpecsExampleReadsAndWrites() throws {
        // github.com/ulid/spec: 01ARZ3NDEKTSV4RRFFQ69G5FAV is of 2016-07-30T23:54:10.259Z.
        let id = try #require(MessageID("01ARZ3NDEKTSV4RRFFQ69G5FAV"))
        #expect(id.description == "01ARZ3NDEKTSV4RRFFQ69G5FAV")
        #expect(id.time == Timestamp(milliseconds: 1_469_922_850_259))
        #expect(MessageID("01arz3ndektsv4rrffq69g5fav") == id)
        #expect(MessageID(bytes: id.bytes) == id)
    }

    @Test(arguments: [
        "", "01ARZ3NDEKTSV4RRFFQ69G5FA", "01ARZ3NDEKTSV4RRFFQ69G5FAVX", "81ARZ3NDEKTSV4RRFFQ69G5FAV",
        "01ARZ3NDEKTSV4RRFFQ69G5FAU", "01ARZ3NDEKTSV4RRFFQ69G5FAI", "01ARZ3NDEKTSV4RRFFQ69G5FA ",
        "01ARZ3NDEKTSV4RRFFQ69G5FAé",
    ])
    func otherTextsAreRefused(_ text: String) {
        #expect(MessageID(text) == nil)
    }

    @Test func theExtremesRoundTrip() {
        for id in [MessageID(high: 0, low: 0), MessageID(high: .max, low: .max), MessageID(high: 1 << 63, low: 1)] {
            #expect(MessageID(id.description) == id)
            #expect(MessageID(bytes: id.bytes) == id)
        }
        #expect(MessageID(high: .max, low: .max).description == "7ZZZZZZZZZZZZZZZZZZZZZZZZZ")
        #expect(MessageID(bytes: []) == nil && MessageID(bytes: Array(repeating: 0, count: 17)) == nil)
    }

    @Test func idsGrowWhateverTheClockDoes() {
        var generator = MessageIDGenerator()
        var random = SplitMix64(seed: 1)
        var last: MessageID?
        var texts: [String] = []
        for time in [1000, 1000, 1000, 5000, 4999, -1, .max, .min, 0, 10] as [Int64] {
            let id = generator.next(
                at: Timestamp(milliseconds: time), entropy: (UInt16(truncatingIfNeeded: random.next()), random.next()))
            if let last { #expect(id > last) }
            last = id
            texts.append(id.description)
        }
        #expect(texts == texts.sorted())
    }

    @Test func theIncrementCarries() {
        var generator = MessageIDGenerator()
        let first = generator.next(at: Timestamp(milliseconds: 7), entropy: (5, .max))
        let second = generator.next(at: Timestamp(milliseconds: 7), entropy: (0, 0))
        #expect(second == MessageID(high: first.high + 1, low: 0))
    }
}

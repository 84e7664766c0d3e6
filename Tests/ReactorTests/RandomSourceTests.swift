import Testing

@testable import Reactor

@Suite struct RandomSourceTests {
    /// From the reference implementation by Vigna (splitmix64.c), seed 1234567.
    @Test func splitMix64MatchesTheReference() {
        var mixer = SplitMix64(state: 1_234_567)
        let expected: [UInt64] = [
            6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
        ]
        #expect((0..<5).map { _ in mixer.next() } == expected)
    }

    /// From the reference implementation by Blackman and Vigna (xoshiro256starstar.c), state 1, 2, 3, 4.
    @Test func xoshiroMatchesTheReference() async {
        await spawn {
            let source = SeededRandomSource(state: (1, 2, 3, 4))
            let expected: [UInt64] = [
                11520, 0, 1_509_978_240, 1_215_971_899_390_074_240, 1_216_172_134_540_287_360,
            ]
            #expect((0..<5).map { _ in source.next() } == expected)
        }.value
    }

    @Test func streamsAreReproducibleAndDifferent() async {
        await spawn {
            let first = SeededRandomSource(seed: 1, stream: "a").bytes(100)
            #expect(first == SeededRandomSource(seed: 1, stream: "a").bytes(100))
            #expect(first != SeededRandomSource(seed: 1, stream: "b").bytes(100))
            #expect(first != SeededRandomSource(seed: 2, stream: "a").bytes(100))
            #expect(SeededRandomSource(seed: 1).bytes(0) == [] && first.count == 100)
        }.value
    }

    @Test func numbersBelowABoundAreSpreadEvenly() async {
        await spawn {
            let source = SeededRandomSource(seed: 5)
            var counts = [Int](repeating: 0, count: 7)
            for _ in 0..<70_000 { counts[source.next(below: 7)] += 1 }
            // Four standard deviations around 10,000.
            #expect(counts.allSatisfy { abs($0 - 10_000) < 400 })
            #expect(source.next(below: 0) == 0 && source.next(below: 1) == 0 && source.next(below: -5) == 0)
            #expect(source.next(below: UInt64.max) < .max)
            var generator = source.generator
            #expect((0..<100).shuffled(using: &generator).sorted() == Array(0..<100))
        }.value
    }

    @Test func theSystemSourceDoesNotRepeatItself() async {
        await spawn {
            let source = World.real().random
            #expect(source.bytes(32) != source.bytes(32))
            #expect(source.next() != source.next())
        }.value
    }
}

import Testing
import Time

@testable import Engine

/// How many idempotency keys an engine remembers.
@Suite struct KnownKeysTests {
    private func at(_ milliseconds: Int) -> Timestamp { Timestamp(milliseconds: Int64(milliseconds)) }

    @Test func theyAreNewOnce() {
        var known = KnownKeys([("a", at(1))], limit: 8, slack: 4)
        // Two texts that look the same are two keys.
        let keys = ["a", "b", "b", "\u{E9}", "e\u{301}"]
        let news = keys.map { known.insert($0, at: at(2)) }
        #expect(news == [false, true, false, true, true])
    }

    @Test func theOldestGoWhenTheStoreHasForgottenThem() throws {
        var known = KnownKeys(limit: 8, slack: 4)
        let news = (0..<12).map { known.insert("k\($0)", at: at($0)) }
        #expect(news.allSatisfy(\.self) && known.isFull && known.count == 12)
        let horizon = try #require(known.horizon)
        #expect(horizon == at(4))
        known.removeAll(before: horizon)
        #expect(known.count == 8 && !known.isFull && known.horizon == nil)
        let again = ["k3", "k4"].map { known.insert($0, at: at(20)) }
        #expect(again == [true, false])
    }

    @Test func thereIsAnEndEvenIfTheStoreDoesNotForget() {
        var known = KnownKeys(limit: 8, slack: 4)
        for number in 0..<1000 { _ = known.insert("k\(number)", at: at(number)) }
        #expect(known.count == 16)
        // Whether the store knows it has to be asked.
        let news = ["k999", "never"].map { known.insert($0, at: at(1000)) }
        #expect(news == [false, false])
    }
}

import Testing
import Time

@Suite struct TokenBucketTests {
    private let start = Instant(nanoseconds: 1_000_000_000)

    @Test func tokensComeBackWithTime() {
        var bucket = TokenBucket(rate: 2, burst: 10, now: start)
        for _ in 0..<10 {
            let isTaken = bucket.take(now: start)
            #expect(isTaken)
        }
        var delays: [Duration?] = []
        for milliseconds in [0, 499, 500] {
            delays.append(bucket.shortage(1, now: start + .milliseconds(milliseconds)))
        }
        #expect(delays == [.milliseconds(500), .milliseconds(2), nil])
        let full = [5, 6].map { bucket.isFull(now: start + .seconds($0)) }
        #expect(full == [false, true])
        // A clock that stands still or an earlier time gives nothing.
        let tooMany = bucket.shortage(11, now: start)
        #expect(tooMany != nil)
    }

    @Test func theNextTokenMayBeWaitedFor() {
        var bucket = TokenBucket(rate: 2, burst: 1, now: start)
        let waits = (0..<4).map { _ in bucket.reserve(now: start, patience: .seconds(1)) }
        #expect(waits == [.zero, .milliseconds(500), .seconds(1), nil])
    }
}

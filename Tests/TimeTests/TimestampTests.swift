import Foundation
import TestSupport
import Testing
import Time

@Suite struct TimestampTests {
    @Test(arguments: [
        (Int64(0), "1970-01-01T00:00:00.000Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        (1_795_213_864_118, "2026-11-20T22:31:04.118Z"),
        (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
        (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
    ])
    func textGoesBothWays(milliseconds: Int64, text: String) {
        #expect(Timestamp(milliseconds: milliseconds).rfc3339 == text)
        #expect(Timestamp(rfc3339: text) == Timestamp(milliseconds: milliseconds))
    }

    @Test func textClampsToFourDigitsOfYear() {
        #expect(Timestamp(milliseconds: .max).rfc3339 == "9999-12-31T23:59:59.999Z")
        #expect(Timestamp(milliseconds: .min).rfc3339 == "0000-01-01T00:00:00.000Z")
    }

    @Test(arguments: [
        ("1985-04-12T23:20:50.52Z", "1985-04-12T23:20:50.520Z"),
        ("1996-12-19T16:39:57-08:00", "1996-12-20T00:39:57.000Z"),
        ("1990-12-31T23:59:60Z", "1991-01-01T00:00:00.000Z"),
        ("1990-12-31T15:59:60-08:00", "1991-01-01T00:00:00.000Z"),
        ("1937-01-01T12:00:27.87+00:20", "1937-01-01T11:40:27.870Z"),
        ("2026-11-20t22:31:04.118999999z", "2026-11-20T22:31:04.118Z"),
        ("2026-11-20T22:31:04.1Z", "2026-11-20T22:31:04.100Z"),
    ])
    func readsWhatTheRFCAllows(text: String, canonical: String) {
        #expect(Timestamp(rfc3339: text)?.rfc3339 == canonical)
    }

    @Test(arguments: [
        "", "2026", "2026-11-20", "2026-11-20T22:31:04", "2026-11-20 22:31:04Z", "2026-13-20T22:31:04Z",
        "2026-00-20T22:31:04Z", "2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2026-04-31T00:00:00Z",
        "2026-11-00T22:31:04Z", "2026-11-20T24:00:00Z", "2026-11-20T22:60:04Z", "2026-11-20T22:31:61Z",
        "2026-11-20T22:31:60Z", "2026-11-20T22:31:04.Z", "2026-11-20T22:31:04,1Z", "2026-11-20T22:31:04+2:00",
        "2026-11-20T22:31:04+24:00", "2026-11-20T22:31:04+02:60", "2026-11-20T22:31:04Zx", " 2026-11-20T22:31:04Z",
        "-026-11-20T22:31:04Z", "٢٠٢٦-11-20T22:31:04Z", "2026-11-20T22:31:04.\(String(repeating: "0", count: 60))Z",
    ])
    func refuses(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test func agreesWithFoundation() {
        var random = SplitMix64(seed: 2)
        let formatter = Date.ISO8601FormatStyle()
        for _ in 0..<2000 {
            // Years 1600 to 3500: Foundation switches to the Julian calendar before.
            let seconds = Int64(random.next() % 60_000_000_000) - 11_600_000_000
            let timestamp = Timestamp(milliseconds: seconds * 1000)
            let date = Date(timeIntervalSince1970: Double(seconds))
            #expect(timestamp.rfc3339.prefix(19) == formatter.format(date).prefix(19))
            #expect(Timestamp(rfc3339: timestamp.rfc3339) == timestamp)
        }
    }

    @Test func arithmeticSaturates() {
        let time = Timestamp(milliseconds: 1000)
        #expect(time + .seconds(1) == Timestamp(milliseconds: 2000))
        #expect(time - .seconds(2) == Timestamp(milliseconds: -1000))
        #expect(time - Timestamp(milliseconds: 4000) == .seconds(-3))
        #expect(Timestamp(milliseconds: .max) + .seconds(1) == Timestamp(milliseconds: .max))
        #expect(Timestamp(milliseconds: .min) - .seconds(1) == Timestamp(milliseconds: .min))
        #expect(Timestamp(milliseconds: 0) - .seconds(Int64.min) == Timestamp(milliseconds: .max))
        #expect(Timestamp(milliseconds: .max) - Timestamp(milliseconds: .min) == .milliseconds(Int64.max))
        #expect(Timestamp(milliseconds: .min) - Timestamp(milliseconds: .max) == .milliseconds(Int64.min))
    }

    @Test func damagedTextNeverTraps() {
        var random = SplitMix64(seed: 3)
        let text = Array("1996-12-19T16:39:57.123-08:00".utf8)
        for _ in 0..<50_000 {
            let damaged = String(decoding: random.mutate(text), as: UTF8.self)
            guard let time = Timestamp(rfc3339: damaged) else { continue }
            #expect((-62_167_305_600_000...253_402_387_200_000).contains(time.milliseconds))
        }
    }
}

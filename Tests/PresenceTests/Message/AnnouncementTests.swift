import GossipSub
import Identity
import TestSupport
import Testing
import Time

@testable import Presence

@Suite("Presence: what is told")
struct AnnouncementTests {
    private static let full = Announcement(
        .busy, text: "in a meeting", nick: "Ada 🐦", time: 1_700_000_000_000, interval: .seconds(15))

    @Test("the bytes are these")
    func bytes() throws {
        let encoded = hex("0802 1080d095ffbc31 180f 2208 41646120f09f90a6 2a0c 696e2061206d656574696e67")
        #expect(Self.full.encoded.hex == encoded.hex)
        #expect(try Announcement(encoded) == Self.full)
    }

    @Test("each comes back as it was", arguments: PresenceStatus.allCases)
    func roundTrip(_ status: PresenceStatus) throws {
        let bare = Announcement(status, time: 0, interval: .seconds(300))
        #expect(try Announcement(bare.encoded) == bare)
        let greeting = Greeting(Self.full, asksForOthers: true, others: [Lone().message(1, status)])
        #expect(try Greeting(greeting.encoded) == greeting)
        #expect(try Greeting(Greeting(bare).encoded) == Greeting(bare))
    }

    @Test("what later versions add is passed over: a status counts for online, a field for nothing")
    func future() throws {
        let told = try Announcement(hex("0863 1001 180f 3203 616263 f80701"))
        #expect(told == Announcement(.online, time: 1, interval: .seconds(15)))
    }

    @Test(
        "an interval out of range is the nearer end of it, a missing one 15 seconds",
        arguments: [
            ("1001", 15), ("1001 1800", 5), ("1001 18ffffffffffffffffff01", 300), ("1001 1803", 5),
            ("1001 18ac02", 300),
        ])
    func intervals(_ text: String, _ seconds: Int) throws {
        #expect(try Announcement(hex(text)).interval == .seconds(seconds))
    }

    @Test("empty texts are none")
    func emptyTexts() throws {
        let told = try Announcement(hex("1001 2200 2a00"))
        #expect(told.nick == nil && told.text == nil)
    }

    @Test(
        "what is none is refused",
        arguments: [
            "", "0802", "10ffffffffffffffffff01", "10808080808080808001", "1001 22", "1001 2201ff", "1001 2a010a",
            "1001 22037f4142", "1001 2203e280ae", "0a00 1001", "1001 2a03e280a8",
        ])
    func malformed(_ text: String) {
        #expect(throws: PresenceError.malformed("")) { try Announcement(hex(text)) }
    }

    @Test("texts have an end")
    func lengths() throws {
        func told(_ nick: Int, _ text: Int) throws(PresenceError) -> Announcement {
            let told = Announcement(
                .online, text: String(repeating: "t", count: text), nick: String(repeating: "n", count: nick), time: 1,
                interval: .seconds(15))
            return try Announcement(told.encoded)
        }
        #expect(try told(64, 128).nick?.utf8.count == 64)
        #expect(throws: PresenceError.malformed("")) { try told(65, 1) }
        #expect(throws: PresenceError.malformed("")) { try told(1, 129) }
        let padded = Self.full.encoded + [0x32, 0xff, 0x0f] + [UInt8](repeating: 0, count: 2047)
        #expect(throws: PresenceError.malformed("")) { try Announcement(padded) }
    }

    @Test("a greeting needs its sender's own, and holds no more than so many others")
    func greetings() throws {
        #expect(throws: PresenceError.malformed("")) { try Greeting([]) }
        #expect(throws: PresenceError.malformed("")) { try Greeting(hex("1001")) }
        #expect(throws: PresenceError.malformed("")) { try Greeting(hex("0a021001 1a01ff")) }
        let many = Greeting(Self.full, others: (0..<300).map { Lone().message($0, .online) })
        #expect(try Greeting(many.encoded).others.count == Greeting.maximumOthers)
        #expect(throws: PresenceError.malformed("")) {
            try Greeting([UInt8](repeating: 0, count: Greeting.maximumCount + 1))
        }
    }

    @Test("no bytes are too much")
    func fuzz() {
        var random = SeededRandom(seed: 5)
        let greeting = Greeting(Self.full, asksForOthers: true, others: (0..<3).map { Lone().message($0, .away) })
        var understood = 0
        for round in 0..<30_000 {
            let own = round % 4 == 0 ? random.bytes(random.next(below: 80)) : random.mutated(Self.full.encoded)
            if let told = try? Announcement(own) {
                understood += 1
                #expect((try? Announcement(told.encoded)) == told)
            }
            if let told = try? Greeting(random.mutated(greeting.encoded)) {
                #expect((try? Greeting(told.encoded)) == told)
            }
        }
        #expect(understood > 1000)
    }
}

import Reactor
import Testing
import Time
import Wire

@testable import Engine

@Suite struct EventSelectionTests {
    @Test(arguments: [
        ("message", "message"), ("message*", "message"), ("message*", "message.sent"), ("message.*", "message.sent"),
        ("*", "message"), ("*", ""), ("**", "x"), ("*.sent", "message.sent"), ("m*s*t", "message.sent"),
        ("?essage", "message"), ("*e*e*", "message"), ("*sent", "message.sentsent"), ("", ""),
    ])
    func fits(_ pattern: String, _ name: String) {
        #expect(Glob(pattern).matches(name))
    }

    @Test(arguments: [
        ("message", "message.sent"), ("message.*", "message"), ("*.sent", "message.delivered"), ("?", ""), ("", "x"),
        ("m?", "message"), ("*x", "message"), ("message.sent", "message"), ("messagE", "message"), ("a*b*c", "abab"),
    ])
    func fitsNot(_ pattern: String, _ name: String) {
        #expect(!Glob(pattern).matches(name))
    }

    /// Against a matcher that tries everything.
    @Test @NetworkActor func fitsAsTheDefinitionSays() {
        func slow(_ pattern: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>) -> Bool {
            guard let first = pattern.first else { return name.isEmpty }
            if first == UInt8(ascii: "*") {
                return slow(pattern.dropFirst(), name) || (!name.isEmpty && slow(pattern, name.dropFirst()))
            }
            guard let byte = name.first, first == UInt8(ascii: "?") || first == byte else { return false }
            return slow(pattern.dropFirst(), name.dropFirst())
        }
        let random = SeededRandomSource(seed: 7)
        func text(_ alphabet: [Character], _ most: Int) -> String {
            String((0..<random.next(below: most + 1)).map { _ in alphabet[random.next(below: alphabet.count)] })
        }
        for _ in 0..<20_000 {
            let (pattern, name) = (text(["a", "b", "*", "?"], 8), text(["a", "b"], 10))
            #expect(
                Glob(pattern).matches(name) == slow(Array(pattern.utf8)[...], Array(name.utf8)[...]),
                "\(pattern) \(name)")
        }
    }

    /// A hostile pattern costs no more than the product of the lengths.
    @Test func starsAreCheap() {
        let pattern = Glob(String(repeating: "*a", count: 31) + "*b")
        #expect(!pattern.matches(String(repeating: "a", count: 10_000)))
    }

    @Test func aFilterLooksAtTypeAndConversation() {
        var filter = EventFilter.everything
        #expect(filter.admits("x", chat: nil) && filter.admits("x", chat: "bob"))
        filter.types = [Glob("message*"), Glob("file.*")]
        #expect(filter.admits("message", chat: nil) && filter.admits("file.completed", chat: nil))
        #expect(!filter.admits("peer.connected", chat: nil))
        filter.chats = ["bob"]
        #expect(filter.admits("message", chat: "bob"))
        #expect(!filter.admits("message", chat: "eve") && !filter.admits("message", chat: nil))
        #expect(!filter.admits("contact.changed", chat: "bob"))
    }

    @Test(arguments: [
        (JSON.string("now"), EventPosition.now), (.string("ack"), .ack), (.integer(0), .seq(0)),
        (.string("2026-11-20T22:31:04.118Z"), .time(Timestamp(milliseconds: 1_795_213_864_118))),
        (.string("2026-11-20T23:31:04+01:00"), .time(Timestamp(milliseconds: 1_795_213_864_000))),
        (.string("17"), .seq(17)), (.string("24h"), .age(.seconds(86_400))),
        (.integer(FieldType.safeInteger), .seq(FieldType.safeInteger)),
    ])
    func positions(_ value: JSON, _ position: EventPosition) {
        #expect(EventPosition(value) == position)
    }

    @Test(arguments: [
        JSON.integer(-1), .integer(.max), .string(""), .string("-1"), .string("then"), .string("99999d"), .null,
        .number(1), .bool(true), .string("9223372036854775808"),
    ])
    func noPositions(_ value: JSON) {
        #expect(EventPosition(value) == nil)
    }
}

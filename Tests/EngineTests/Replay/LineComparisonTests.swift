import Testing
import Wire

@testable import Engine

@Suite struct LineComparisonTests {
    private static let (a, b) = (
        "12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo", "12D3KooWGC6TvWhfapngX6wvJHMYvKpDMXPb3ZnCZ6dMoaMtimQ5"
    )
    private static let (m, n) = ("01JD0QF3M8X6ZV4T9K2B7N5C1R", "01JD0QF3M8X6ZV4T9K2B7N5C1S")

    private func json(_ text: String) throws -> JSON { try JSON(parsing: Array(text.utf8)) }

    private func differences(_ pairs: [(String, String)], isSameVersion: Bool = true) throws -> [[String]] {
        var comparison = LineComparison(language: .standard, isSameVersion: isSameVersion)
        return try pairs.map { comparison.differences(try json($0.0), try json($0.1)) }
    }

    @Test(
        arguments: [
            // Equal, whatever the order of keys.
            (#"{"type":"ok","cmd":"sync"}"#, #"{"cmd":"sync","type":"ok"}"#, []),
            (#"{"type":"ok","id":1,"cmd":"sync"}"#, #"{"type":"ok","id":2,"cmd":"sync"}"#, ["id"]),
            // Measured: there, and of its kind.
            (#"{"type":"ok","cmd":"net.ping","rtt_ms":0.4}"#, #"{"type":"ok","cmd":"net.ping","rtt_ms":7}"#, []),
            (
                #"{"type":"ok","cmd":"net.ping","rtt_ms":0.4}"#, #"{"type":"ok","cmd":"net.ping","rtt_ms":"x"}"#,
                ["rtt_ms"]
            ),
            (#"{"type":"ok","cmd":"net.ping","rtt_ms":0.4}"#, #"{"type":"ok","cmd":"net.ping"}"#, ["rtt_ms"]),
            // For people.
            (
                #"{"type":"error","code":"timeout","text":"no answer after 5000 ms","line":1}"#,
                #"{"type":"error","code":"timeout","text":"no answer after 7.25 ms","line":1}"#, []
            ),
            (
                #"{"type":"error","code":"timeout","text":"no answer after 5000 ms"}"#,
                #"{"type":"error","code":"timeout","text":"no reply after 5000 ms"}"#, ["text"]
            ),
            (#"{"type":"error","code":"timeout","line":1}"#, #"{"type":"error","code":"internal","line":1}"#, ["code"]),
            (#"{"type":"error","code":"timeout","line":1}"#, #"{"type":"error","code":"timeout","line":2}"#, ["line"]),
            // Another kind of line.
            (
                #"{"type":"ok","cmd":"sync"}"#, #"{"type":"error","cmd":"sync","code":"timeout","text":"x"}"#,
                ["type"]
            ),
            // A member too many.
            (#"{"type":"ok","cmd":"sync"}"#, #"{"type":"ok","cmd":"sync","count":1}"#, ["count"]),
            // Addresses, as far as they are of this machine.
            (
                #"{"type":"started","addresses":["/ip4/10.0.0.7/tcp/4001/p2p/\#(a)","/ip6/::1/tcp/4001"]}"#,
                #"{"type":"started","addresses":["/ip4/127.0.0.1/tcp/5001/p2p/\#(b)"]}"#, []
            ),
            (
                #"{"type":"started","addresses":["/ip4/10.0.0.7/tcp/4001"]}"#, #"{"type":"started","addresses":[]}"#,
                ["addresses"]
            ),
            (
                #"{"type":"peer.connected","address":"/ip4/127.0.0.1/tcp/4001"}"#,
                #"{"type":"peer.connected","address":"/ip4/127.0.0.1/tcp/5001"}"#, []
            ),
            (
                #"{"type":"peer.connected","address":"/ip4/127.0.0.1/tcp/4001"}"#,
                #"{"type":"peer.connected","address":"/ip4/127.0.0.2/tcp/4001"}"#, ["address"]
            ),
            // What nobody has declared is compared as it is.
            (#"{"type":"later","x":[1,{"y":"z"}]}"#, #"{"type":"later","x":[1,{"y":"z"}]}"#, []),
            (#"{"type":"later","x":[1,{"y":"z"}]}"#, #"{"type":"later","x":[1,{"y":"w"}]}"#, ["x"]),
        ] as [(String, String, [String])])
    func lines(_ expected: String, _ got: String, _ fields: [String]) throws {
        #expect(try differences([(expected, got)]) == [fields])
    }

    /// A newer linnet may say more.
    @Test func anotherVersion() throws {
        let pair = (#"{"type":"ok","cmd":"sync"}"#, #"{"type":"ok","cmd":"sync","count":1}"#)
        #expect(try differences([pair], isSameVersion: false) == [[]])
        #expect(try differences([(pair.1, pair.0)], isSameVersion: false) == [["count"]])
    }

    @Test func namesAreTheSameEverywhere() throws {
        let sent = { (id: String) in #"{"type":"ok","cmd":"message.send","message":"\#(id)","state":"accepted"}"# }
        let shown = { (id: String, text: String) in
            #"{"type":"error","cmd":"message.show","code":"message.unknown","text":"there is no message \#(id) \#(text)"}"#
        }
        #expect(
            try differences([
                (sent(Self.m), sent(Self.n)), (sent(Self.m), sent(Self.n)), (shown(Self.m, ""), shown(Self.n, "")),
                // Another message than then.
                (sent(Self.m), sent(Self.m)), (sent(Self.n), sent(Self.n)), (shown(Self.m, ""), shown(Self.m, "")),
            ]) == [[], [], [], ["message"], ["message"], ["text"]])
    }

    /// A line that differs teaches no names.
    @Test func namesOfALineThatDiffers() throws {
        #expect(
            try differences([
                (
                    #"{"type":"ok","cmd":"message.send","message":"\#(Self.m)","state":"sent"}"#,
                    #"{"type":"ok","cmd":"message.send","message":"\#(Self.n)","state":"accepted"}"#
                ),
                (
                    #"{"type":"ok","cmd":"message.send","message":"\#(Self.m)","state":"sent"}"#,
                    #"{"type":"ok","cmd":"message.send","message":"\#(Self.m)","state":"sent"}"#
                ),
            ]) == [["state"], []])
    }

    @Test func sequencesMove() throws {
        let changed = { (seq: Int, time: Int) in
            #"{"type":"contact.changed","seq":\#(seq),"time":"2026-11-20T22:31:0\#(time).118Z","peer":"\#(Self.a)","alias":"bob","change":"added"}"#
        }
        let event = { (seq: Int, again: String) in
            #"{"type":"item","cmd":"events.replay","event":{"type":"contact.changed","seq":\#(seq),"time":"2026-11-20T22:31:04.118Z"\#(again),"alias":"bob"}}"#
        }
        #expect(
            try differences([
                (changed(42, 1), changed(1, 2)), (event(42, ""), event(1, "")), (event(42, ""), event(2, "")),
                (event(42, ""), event(1, #","again":true"#)), (changed(43, 1), changed(2, 1)),
            ]) == [[], [], ["event"], ["event"], []])
    }

    @Test func secretsAreNotCompared() throws {
        let language = Language(commands: [SecretTests.unlock.spec], reports: [], events: [], errors: [], exits: [])
        var comparison = LineComparison(language: language, isSameVersion: true)
        let found = comparison.differences(
            try json(#"{"type":"ok","cmd":"secret.take","words":"[redacted]","account":"a"}"#),
            try json(#"{"type":"ok","cmd":"secret.take","words":["one","two"],"account":"b"}"#))
        #expect(found == ["account"])
    }

    /// Every line that the engine may write is as it is, and says of each field how it compares.
    @Test func everyLineIsLikeItself() throws {
        var comparison = LineComparison(language: .standard, isSameVersion: true)
        for shape in Language.standard.shapes where shape.kind != .command {
            for line in shape.samples {
                let found = comparison.differences(line, line)
                #expect(found.isEmpty, "\(line.text)")
            }
            for field in shape.fields {
                if field.name.hasSuffix("_ms") || field.name == "time" {
                    #expect(field.stability == .measured, "\(shape.name) \(field.name)")
                }
                if field.name == "seq" { #expect(field.stability == .renamed, "\(shape.name)") }
            }
        }
    }
}

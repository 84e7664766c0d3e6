import Testing
import Wire

@testable import Engine

@Suite struct RenamingTests {
    private static let (old, new) = (
        "12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo", "12D3KooWGC6TvWhfapngX6wvJHMYvKpDMXPb3ZnCZ6dMoaMtimQ5"
    )

    private func names() -> Renaming {
        var names = Renaming()
        _ = names.bind(.identifier, Self.old, Self.new)
        _ = names.bind(.port, "4001", "51234")
        _ = names.bind(.sequence, "42", "1")
        return names
    }

    @Test func oneForOne() {
        var names = names()
        let bound = [
            names.bind(.identifier, Self.old, Self.new), names.bind(.identifier, Self.old, "other"),
            names.bind(.identifier, "other", Self.new),
            // Kinds do not mix.
            names.bind(.sequence, "4001", "2"),
        ]
        #expect(bound == [true, false, false, true])
        #expect(names.new(.identifier, "other") == nil)
        #expect(names.new(.port, "4001") == "51234" && names.new(.sequence, "4001") == "2")
    }

    @Test(arguments: [
        ("", ""), ("nothing", "nothing"), ("4001", "4001"), ("/ip4/127.0.0.1/tcp/4001", "/ip4/127.0.0.1/tcp/51234"),
        ("/ip4/127.0.0.1/udp/4001/x", "/ip4/127.0.0.1/udp/51234/x"), ("/tcp/40011", "/tcp/40011"),
        ("tcp/4001", "tcp/4001"), ("tcp 4001", "tcp 4001"), ("/tcp//4001", "/tcp//4001"),
        ("(\(old))", "(\(new))"), ("/ip4/1.2.3.4/tcp/4001/p2p/\(old)", "/ip4/1.2.3.4/tcp/51234/p2p/\(new)"),
        ("x\(old)", "x\(old)"), ("\(old)\(old)", "\(old)\(old)"), ("ż\(old)🐦", "ż\(new)🐦"),
    ])
    func texts(_ text: String, _ rewritten: String) {
        #expect(names().rewrite(text) == rewritten)
        #expect(
            names().rewrite(JSON.array([.object([JSON.Member("a", .string(text))])]))
                == .array([.object([JSON.Member("a", .string(rewritten))])]))
    }

    private func input(_ line: String, redacted: [String] = [], _ language: Language = .standard) -> String {
        String(decoding: names().rewrite(input: Array(line.utf8), redacted, language), as: UTF8.self)
    }

    @Test(arguments: [
        // What needs no other name stays, blanks and all.
        (#" {"cmd" : "sync"} "#, #" {"cmd" : "sync"} "#), ("nonsense", "nonsense"), ("[1,", "[1,"),
        (#"{"cmd":"net.ping","peer":"\#(old)"}"#, #"{"cmd":"net.ping","peer":"\#(new)"}"#),
        // An id is the sender's own.
        (#"{"cmd":"sync","id":"\#(old)"}"#, #"{"cmd":"sync","id":"\#(old)"}"#),
        (#"{"cmd":"events.ack","consumer":"bot","seq":42}"#, #"{"cmd":"events.ack","consumer":"bot","seq":1}"#),
        (#"{"cmd":"events.ack","consumer":"bot","seq":43}"#, #"{"cmd":"events.ack","consumer":"bot","seq":43}"#),
        // A number that is none of an event.
        (#"{"cmd":"net.ping","peer":"bob","count":42}"#, #"{"cmd":"net.ping","peer":"bob","count":42}"#),
        (#"{"cmd":"events.replay","since":42}"#, #"{"cmd":"events.replay","since":1}"#),
        (
            #"{"cmd":"contact.add","addresses":["/ip4/127.0.0.1/tcp/4001"]}"#,
            #"{"cmd":"contact.add","addresses":["/ip4/127.0.0.1/tcp/51234"]}"#
        ),
    ])
    func inputs(_ line: String, _ rewritten: String) {
        #expect(input(line) == rewritten)
    }

    /// In the place of a secret comes one that the command takes, always the same.
    @Test func secrets() {
        let language = Language(
            commands: [SecretTests.unlock.spec], reports: [], events: [], errors: [], exits: [])
        let line = #"{"cmd":"secret.take","passphrase":"[redacted]","x":"[redacted]"}"#
        #expect(
            input(line, redacted: ["passphrase", "x"], language)
                == #"{"cmd":"secret.take","passphrase":"correct horse","x":"[redacted]"}"#)
        #expect(input(line, language) == line)
    }
}

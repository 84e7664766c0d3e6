import TestSupport
import Testing
import Wire

@testable import Engine

/// No secret gets into a record, however the line that holds it is mangled.
@Suite struct RedactionTests {
    private let redaction = Redaction(SecretTests.table.all.map(\.spec))

    private func kept(_ line: String) -> Redaction.Line { redaction.input(Array(line.utf8)) }

    @Test func aLineThatIsUnderstood() {
        #expect(
            kept(#"{"cmd":"secret.take","id":7,"passphrase":"hunter2hunter2","account":"work"}"#)
                == .redacted(
                    Array(#"{"cmd":"secret.take","id":7,"passphrase":"[redacted]","account":"work"}"#.utf8),
                    ["passphrase"]))
        // Every byte of a line without secrets.
        let plain = #" {"cmd" : "message.send","to":"bob","text":"hunter2"} "#
        #expect(kept(plain) == .plain(Array(plain.utf8)))
    }

    /// A slip of the fingers is not what a secret gets out by.
    @Test(arguments: [
        #"{"cmd":"secret.take","pasphrase":"hunter2"}"#, #"{"cmd":"secret.take","x":{"y":["hunter2"]}}"#,
        #"{"cmd":"acount.unlock","passphrase":"hunter2"}"#, #"{"cmd":"frobnicate","x":"hunter2"}"#,
        #"{"cmd":"status","passphrase":"hunter2"}"#, #"{"cmd":"message.send","to":"bob","pass":"hunter2"}"#,
        #"{"passphrase":"hunter2"}"#, #"{"cmd":7,"passphrase":"hunter2"}"#,
        #"{"cmd":"secret.take","passphrase":["hunter2"]}"#,
        #"{"cmd":"secret.take","words":["hunter2","hunter2"],"kind":"hunter2"}"#,
        // No JSON.
        #"{"cmd":"secret.take","passphrase":"hunter2""#, #"{"cmd":"secret.take" "passphrase":"hunter2"}"#,
        #"{"cmd":"secret.take","passphrase":"hunter2","passphrase":"hunter2"}"#,
        #"{'cmd':'secret.take','passphrase':'hunter2'}"#, #"{cmd:secret.take,passphrase:hunter2}"#,
        #"{"cmd":"acount.unlok","pasphrase":"hunter2"#, #"{"cmd":"sync"} {"cmd":"secret.take","words":["hunter2"]}"#,
        #"{"cmd":"sync","passphrse":"hunter2""#, #"{"cmd":"sync"}{"cmd":"frobnicate","x":"hunter2"}"#,
        #"{"cmd":"frobnicate","x":"hunter2""#, "hunter2", #""hunter2""#, #"["hunter2"]"#, "passphrase=hunter2",
        "secret.take passphrase=hunter2", #"{"cmd":"secret.take","passphrase":"hunter2\"#, "h u n t e r 2",
        #"{"text":"hunter2","cmd":"frobnicate""#, #"{"cmd" "sync","x":"hunter2""#, "\u{FEFF}hunter2",
        #"{"cmd":"sy\u006ec","x":"hunter2""#, "{\"cmd\":\"secret.take\",\"passphrase\":\"hunter2\u{0}\"}",
    ])
    func mangled(_ line: String) {
        switch kept(line) {
        case .plain(let bytes):
            #expect(!String(decoding: bytes, as: UTF8.self).contains("unter2") && !line.contains("h u n"), "\(line)")
        case .redacted(let bytes, let names):
            #expect(!String(decoding: bytes, as: UTF8.self).contains("hunter2"), "\(line)")
            #expect(!names.isEmpty)
        case .withheld(let code): #expect(code == "json.invalid")
        }
    }

    /// What cannot hold a secret is kept as it is, so that a mistake in reading lines can be found.
    @Test(arguments: [
        "", "[1,2]", "null", "{", #"{"cmd":"sync""#, #"{"cmd":"sync","id":01}"#, #"{"cmd":"sync"} {"cmd":"sync"}"#,
        #"{"cmd":"message.send","to":"bob","text":"hi there}"#, #"{"cmd" : "message.send","to":"bob",,"text":"so"}"#,
        #"{"cmd":"message.send","to":"bob","text":"hunter2""#, "{'cmd':'sync'}", "[[[[[[",
    ])
    func harmless(_ line: String) {
        #expect(kept(line) == .plain(Array(line.utf8)), "\(line)")
    }

    @Test func bytesThatAreNoText() {
        for bytes in [Array(#"{"cmd":""#.utf8) + [0xFF, 0xFE] + Array(#""}"#.utf8), [0xFF], [0x00, 0x01]] {
            #expect(redaction.input(bytes) == .plain(bytes))
        }
        let secret = Array(#"{"cmd":"secret.take","passphrase":""#.utf8) + [0xFF] + Array(#"hunter2"}"#.utf8)
        #expect(redaction.input(secret) == .withheld("json.invalid"))
    }

    /// As long as nothing is secret there is nothing to be careful about.
    @Test func withoutSecrets() {
        let commands = CommandTable.standard.all.map(\.spec).filter { command in
            !command.takesSecrets && !(command.item + command.answer).contains(where: \.isSecret)
        }
        let redaction = Redaction(commands)
        for line in ["nonsense", #"{"cmd":"frobnicate","x":1}"#, #"{"cmd":"sync","passphrase":"x"}"#] {
            #expect(redaction.input(Array(line.utf8)) == .plain(Array(line.utf8)))
        }
    }

    @Test func answers() {
        let line = #"{"type":"ok","id":1,"cmd":"secret.take","words":["hunter2"],"account":"work"}"#
        let (bytes, names) = redaction.output(Array(line.utf8))
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == #"{"type":"ok","id":1,"cmd":"secret.take","words":"[redacted]","account":"work"}"#)
        #expect(names == ["words"])
        let other = Array(#"{"type":"ok","cmd":"sync"}"#.utf8)
        #expect(redaction.output(other) == (other, []))
    }

    /// A line of secret.take, with a few bytes changed, taken out or doubled: the secret is either not kept, or no
    /// longer what it was.
    @Test func mutations() {
        let line = Array(#"{"cmd":"secret.take","id":1,"passphrase":"qzxwvjkqzx","account":"work"}"#.utf8)
        let secret = Array("qzxwvjkqzx".utf8)
        var random = SplitMix64(seed: 1)
        for _ in 0..<20_000 {
            var bytes = line
            for _ in 0...random.next(below: 3) {
                let index = random.next(below: bytes.count)
                switch random.next(below: 4) {
                case 0: bytes[index] = UInt8(truncatingIfNeeded: random.next())
                case 1: bytes.remove(at: index)
                case 2: bytes.insert(bytes[index], at: index)
                default: bytes.removeLast(random.next(below: 8))
                }
            }
            let kept: [UInt8] =
                switch redaction.input(bytes) {
                case .plain(let bytes), .redacted(let bytes, _): bytes
                case .withheld: []
                }
            if kept.indices.contains(where: { kept[$0...].starts(with: secret) }) {
                Issue.record(
                    "\(String(decoding: bytes, as: UTF8.self)) is kept as \(String(decoding: kept, as: UTF8.self))")
                return
            }
        }
    }
}

import TestSupport
import Testing
import Time
import Wire

@testable import Engine

/// Reading records back, whatever is in the file.
@Suite struct RecordTests {
    private static let header =
        #"{"record":1,"version":"0.1.0","protocol":1,"time":"2026-11-20T22:31:04.118Z","settings":{}}"#

    private func read(_ lines: String...) throws -> [Record] {
        try Record.all(in: Array(lines.joined(separator: "\n").utf8))
    }

    private func problem(_ lines: String...) -> String? {
        do {
            _ = try Record.all(in: Array(lines.joined(separator: "\n").utf8))
            return nil
        } catch { return error.description }
    }

    @Test func everyEntryIsReadAsItWasWritten() throws {
        let contents: [(RecordEntry.Content, Record.Entry.Content)] = [
            (.connected(isReader: false), .connected(isReader: false)),
            (.connected(isReader: true), .connected(isReader: true)),
            (.input(Array("żółw \u{1}".utf8), line: 3), .input(Array("żółw \u{1}".utf8), line: 3, redacted: [])),
            (.input([0xFF, 0x00, 0x22], line: 4), .input([0xFF, 0x00, 0x22], line: 4, redacted: [])),
            (.input([0x00], line: 5), .input([0x00], line: 5, redacted: [])),
            (.tooLong(line: 6), .tooLong(line: 6)), (.output(Array("{}".utf8)), .output(Array("{}".utf8))),
            (.endOfInput, .endOfInput), (.readerGone, .readerGone), (.stopping("eof"), .stopping("eof")),
            (.signal(15), .signal(15)), (.inputFailed("EIO"), .inputFailed("EIO")),
        ]
        let start = Instant(nanoseconds: 1_000_000)
        for (index, (written, read)) in contents.enumerated() {
            let entry = RecordEntry(written, at: start + .microseconds(7), client: index % 2)
            let bytes = Array(Self.header.utf8) + [0x0A] + entry.line(since: start, Redaction([]))
            let found = try Record.all(in: bytes)[0].entries
            #expect(found.map(\.content) == [read])
            #expect(found.first?.time == .microseconds(7) && found.first?.client == index % 2)
            #expect(found.first?.number == 2)
        }
        let redaction = Redaction(SecretTests.table.all.map(\.spec))
        let secret = RecordEntry(
            .input(Array(#"{"cmd":"secret.take","passphrase":"hunter2hunter2"}"#.utf8), line: 1), at: start)
        let entry = try Record.all(in: Array(Self.header.utf8) + [0x0A] + secret.line(since: start, redaction))[0]
            .entries
        #expect(
            entry.first?.content
                == .input(
                    Array(#"{"cmd":"secret.take","passphrase":"[redacted]"}"#.utf8), line: 1,
                    redacted: ["passphrase"]))
        let torn = RecordEntry(.input(Array("passphrase hunter2".utf8), line: 9), at: start)
        let kept = try Record.all(in: Array(Self.header.utf8) + [0x0A] + torn.line(since: start, redaction))[0].entries
        #expect(kept.first?.content == .withheld("json.invalid", line: 9))
        let lost = try Record.all(in: Array(Self.header.utf8) + [0x0A] + RecordEntry.lost(3, at: start, since: start))
        #expect(lost[0].entries.first?.content == .lost(3))
    }

    @Test func runsAndTornLines() throws {
        let out = #"{"at_us":1,"out":"x"}"#
        #expect(try read(Self.header, out, "").map(\.entries.count) == [1])
        #expect(try read(Self.header, out, Self.header, "", out, out).map(\.entries.count) == [1, 2])
        // Half a line is the end of an engine that was killed.
        #expect(try read(Self.header, out, #"{"at_us":1,"ou"#).map(\.entries.count) == [1])
        #expect(try read(Self.header, #"{"at_us":1,"ou"#, Self.header, out).map(\.entries.count) == [0, 1])
        #expect(problem(Self.header, #"{"at_us":1,"ou"#, out) == "line 2 is no JSON object")
    }

    @Test func whatIsNone() {
        #expect(problem("") == "the file is empty")
        #expect(problem("hello") == "line 1 is no JSON object")
        #expect(problem("7") == "line 1 is no JSON object")
        #expect(problem(#"{"at_us":1,"out":"x"}"#) == "the first line is no header")
        #expect(problem(#"{"record":2}"#) == "the record is of format 2, and this linnet reads 1")
        #expect(problem(#"{"record":"x"}"#) == "the first line is no header")
        #expect(problem(Self.header, #"{"out":"x"}"#) == "line 2 has no at_us")
        #expect(problem(Self.header, #"{"at_us":-1,"out":"x"}"#) == "line 2 has no at_us")
        #expect(problem(Self.header, #"{"at_us":1,"later":"x"}"#) == "line 2 tells nothing that this linnet knows")
        #expect(problem(Self.header, #"{"at_us":1,"signal":99999999999}"#) != nil)
        #expect(problem(Self.header, #"{"at_us":1,"in_b64":"?"}"#) != nil)
    }

    /// Anything at all is read or refused.
    @Test func mutations() {
        let lines = [
            Self.header, #"{"at_us":1,"out":"{\"type\":\"started\"}"}"#, #"{"at_us":2,"line":1,"in":"x"}"#,
            #"{"at_us":3,"client":1,"connected":true}"#, #"{"at_us":9223372036854775807,"signal":15}"#,
            #"{"at_us":4,"line":9007199254740993,"in_b64":"AAE="}"#, #"{"at_us":5,"lost":3}"#,
        ]
        let bytes = Array(lines.joined(separator: "\n").utf8)
        var random = SplitMix64(seed: 1)
        var read = 0
        for _ in 0..<20_000 {
            var mutated = bytes
            for _ in 0...random.next(below: 3) {
                let index = random.next(below: mutated.count)
                switch random.next(below: 3) {
                case 0: mutated[index] = UInt8(truncatingIfNeeded: random.next())
                case 1: mutated.remove(at: index)
                default: mutated.insert(UInt8(truncatingIfNeeded: random.next()), at: index)
                }
            }
            if (try? Record.all(in: mutated)) != nil { read += 1 }
        }
        #expect(read > 100 && read < 20_000)
    }
}

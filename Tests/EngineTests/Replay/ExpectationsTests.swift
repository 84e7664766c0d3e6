import Testing
import Wire

@testable import Engine

/// Expectations that a test may ask within an expression.
private final class Scene {
    private var expectations: Expectations

    init(_ record: Record) { expectations = Expectations(record) }

    var matched: Int { expectations.matched }

    func take(_ line: String, client: Int = 0) throws {
        expectations.take(try JSON(parsing: Array(line.utf8)), client: client, after: 7)
    }

    func isMet(before index: Int) -> Bool { expectations.isMet(before: index) }

    func giveUp(before index: Int) { expectations.giveUp(before: index) }

    func result(isToTheEnd: Bool) -> [Difference] { expectations.result(isToTheEnd: isToTheEnd) }
}

@Suite struct ExpectationsTests {
    private func record(_ lines: String...) throws -> Record {
        let header = #"{"record":1,"version":"\#(LinnetVersion.current)","protocol":1,"settings":{}}"#
        let outs = lines.enumerated().map { index, line in
            line.hasPrefix("<")
                ? #"{"at_us":\#(index),"line":\#(index + 1),"in":"x"}"#
                : #"{"at_us":\#(index),"out":\#(JSON.string(line).text)}"#
        }
        return try Record.all(in: Array(([header] + outs).joined(separator: "\n").utf8))[0]
    }

    private func ok(_ id: Int) -> String { #"{"type":"ok","id":\#(id),"cmd":"sync"}"# }

    @Test func inAnyOrder() throws {
        let expectations = Scene(try record(ok(1), ok(2), "<", ok(3)))
        #expect(expectations.isMet(before: 0))
        try expectations.take(ok(2))
        #expect(!expectations.isMet(before: 2))
        try expectations.take(ok(1))
        #expect(expectations.isMet(before: 2) && !expectations.isMet(before: 4))
        try expectations.take(ok(3))
        #expect(expectations.isMet(before: 4))
        #expect(expectations.matched == 3 && expectations.result(isToTheEnd: true).isEmpty)
    }

    /// Another answer than then is an answer: nobody waits for it any longer.
    @Test func whatDiffersHasCome() throws {
        let expectations = Scene(try record(ok(1), "<"))
        try expectations.take(#"{"type":"error","id":1,"cmd":"sync","code":"timeout","text":"x","line":1}"#)
        #expect(expectations.isMet(before: 1))
        let result = expectations.result(isToTheEnd: true)
        #expect(result.map(\.kind) == [.changed] && result[0].fields == ["type"] && result[0].number == 2)
    }

    @Test func missingAndUnexpected() throws {
        let expectations = Scene(try record(ok(1), #"{"type":"peer.disconnected","peer":"x"}"#, "<", ok(2)))
        try expectations.take(ok(1))
        try expectations.take(ok(9))
        #expect(!expectations.isMet(before: 2))
        expectations.giveUp(before: 2)
        #expect(expectations.isMet(before: 2) && !expectations.isMet(before: 4))
        try expectations.take(ok(2))
        #expect(expectations.isMet(before: 4))
        #expect(expectations.result(isToTheEnd: true).map(\.kind) == [.missing, .unexpected])
        // Where the record breaks off nobody knows what came behind.
        #expect(expectations.result(isToTheEnd: false).map(\.kind) == [.missing])
    }

    /// What comes by the way is not compared; answers to lines that were no commands are told apart by their numbers.
    @Test func incidentals() throws {
        let error = { (line: Int) in
            #"{"type":"error","code":"json.invalid","text":"m","line":\#(line),"retry":"never"}"#
        }
        let expectations = Scene(
            try record(
                #"{"type":"dropped","time":"x","count":3}"#, #"{"type":"progress","cmd":"net.perf","done":1}"#,
                error(1),
                error(2)))
        #expect(expectations.isMet(before: 2) && !expectations.isMet(before: 3))
        try expectations.take(#"{"type":"progress","cmd":"net.perf","done":7}"#)
        try expectations.take(error(2))
        try expectations.take(error(1))
        #expect(expectations.isMet(before: 4) && expectations.result(isToTheEnd: true).isEmpty)
    }

    @Test func clientsAreApart() throws {
        let expectations = Scene(try record(ok(1)))
        try expectations.take(ok(1), client: 1)
        #expect(!expectations.isMet(before: 1))
        let kinds = expectations.result(isToTheEnd: true).map(\.kind)
        #expect(Set(kinds) == [.missing, .unexpected])
    }

    /// A hundred thousand lines are no trouble.
    @Test(.timeLimit(.minutes(15))) func many() throws {
        let lines = (0..<20_000).map { index in
            #"{"type":"message.sent","seq":\#(index),"time":"x","message":"m\#(index)","chat":"c","peer":"p"}"#
        }
        let header = #"{"record":1,"version":"\#(LinnetVersion.current)","protocol":1,"settings":{}}"#
        let text = lines.map { #"{"at_us":1,"out":\#(JSON.string($0).text)}"# }.joined(separator: "\n")
        let expectations = Scene(try Record.all(in: Array((header + "\n" + text).utf8))[0])
        for (index, line) in lines.enumerated() {
            try expectations.take(line)
            #expect(expectations.isMet(before: index + 1))
        }
        #expect(expectations.matched == lines.count)
    }
}

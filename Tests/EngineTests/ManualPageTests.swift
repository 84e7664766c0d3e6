import Foundation
import TestSupport
import Testing
import Wire

@testable import Engine

/// The pages of the manual that are made from the schema. `make derived` writes them anew; `make lint` holds them
/// against mdoc.
@Suite struct ManualPageTests {
    @Test(arguments: ManualPage.allCases)
    func isUpToDate(_ page: ManualPage) throws {
        try DerivedFile(path: "man/\(page.name).5").expect(page.source(of: .standard))
    }

    @Test func everythingIsThere() {
        let language = Language.standard
        let commands = ManualPage.commands.source(of: language)
        for command in language.commands { #expect(commands.contains(".Ss \(command.name)\n")) }
        let events = ManualPage.events.source(of: language)
        // A short word may be a macro, and is written with an escape before it.
        for event in language.events {
            #expect(["", "\\&"].contains { events.contains(".Ss \($0)\(event.name)\n") }, "\(event.name)")
        }
        let errors = ManualPage.errors.source(of: language)
        for error in language.errors { #expect(errors.contains(".Ss \(error.code)\n")) }
    }

    /// The conversations that linnet-protocol(5) shows are of lines that there are, their ids cut short.
    @Test func shownLinesFitTheSchema() throws {
        let schema = try SchemaChecker(Language.standard.jsonSchema())
        let page = try String(
            contentsOf: DerivedFile.project.appendingPathComponent("man/linnet-protocol.5"), encoding: .utf8)
        let peer = Fields.peer.example?.stringValue ?? ""
        let message = Fields.message.example?.stringValue ?? ""
        var count = 0
        for line in page.split(separator: "\n") where line.hasPrefix("in   {") || line.hasPrefix("out  {") {
            let text = line.dropFirst(5).replacingOccurrences(of: "\\-", with: "-")
                .replacingOccurrences(of: "\\(aq", with: "'").replacingOccurrences(of: "12D3KooW...", with: peer)
                .replacingOccurrences(of: "01JD...", with: message)
            let value = try JSON(parsing: Array(text.utf8))
            let problem =
                line.hasPrefix("in") ? schema.problem(with: value, as: "input") : schema.problem(withOutput: value)
            // One line shows a command that there is not.
            #expect(problem == nil || text.contains(#"{"cmd":"mesage.send""#), "\(problem ?? "")")
            count += 1
        }
        #expect(count > 8)
    }

    @Test func textCannotBecomeMarkup() {
        var page = ManualWriter()
        page.say(#".Sh begins 'a' \line. Next one."#)
        page.literal([".x", "'y", #"a\n-'`^~"#])
        page.macro("Ss", "No")
        page.entry(#"a "b""#)
        #expect(
            page.text == #"""
                \&.Sh begins 'a' \eline.
                Next one.
                .Bd -literal -offset indent
                \&.x
                \&\(aqy
                a\en\-\(aq\(ga\(ha\(ti
                .Ed
                .Ss \&No
                .It Ic "a \(dqb\(dq"

                """#)
    }
}

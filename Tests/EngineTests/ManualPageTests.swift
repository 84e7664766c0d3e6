import Testing

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
        for event in language.events { #expect(events.contains(".Ss \(event.name)\n")) }
        let errors = ManualPage.errors.source(of: language)
        for error in language.errors { #expect(errors.contains(".Ss \(error.code)\n")) }
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

/// `linnet-commands(5)`
extension ManualWriter {
    mutating func commands(of language: Language) {
        begin(.commands, "the commands that linnet reads")
        macro("Sh", "DESCRIPTION")
        say(
            "linnet reads commands from its standard input, one JSON object per line, and answers each with exactly one "
                + "ok or error. Commands that list something write item lines before their ok, "
                + "and long-running ones write progress lines, at most four a second.")
        raw(".Pp")
        say("This page describes version \(LinnetVersion.current). A running engine prints the same information:")
        literal([#"{"cmd":"help"}"#, #"{"cmd":"help","command":"message.send"}"#])
        fields("Besides its own fields, every command accepts these:", [Fields.cmd.required] + Language.envelope)
        raw(".Pp")
        say("Every line of an answer begins with type, the id of the command if it had one, and cmd.")
        macro("Sh", "COMMANDS")
        for command in language.commands { self.command(command) }
        macro("Sh", "TYPES")
        raw(".Bl -tag -width Ds")
        for type in TypeMeaning.all {
            entry(type.name)
            say(type.summary)
        }
        raw(".El")
        seeAlso([("linnet", 1), ("linnet-errors", 5), ("linnet-events", 5), ("linnet-protocol", 5)])
    }

    private mutating func command(_ spec: CommandSpec) {
        macro("Ss", spec.name)
        say(spec.summary)
        if spec.since != "0.1.0" { say("Since version \(spec.since).") }
        fields("Fields:", spec.arguments + (spec.takesKey ? [Fields.key] : []))
        for alternative in spec.alternatives {
            raw(".Pp")
            let names = alternative.names.joined(separator: ", ")
            let count = alternative.isRequired ? "Exactly one" : "At most one"
            say("\(count) of these: \(names).")
        }
        fields("Fields of an item:", spec.item)
        fields("Fields of a progress line:", spec.progress)
        fields("Fields of the answer:", spec.answer)
        if !spec.errors.isEmpty {
            raw(".Pp")
            say("Errors, beside those of every command: \(spec.errors.map(\.code).joined(separator: ", ")).")
        }
        raw(".Pp")
        say("Example:")
        literal([spec.example])
        raw(".Pp")
        say("Answered by:")
        let item = spec.item.isEmpty ? [] : [LineShape.item(of: spec)]
        let progress = spec.progress.isEmpty ? [] : [LineShape.progress(of: spec)]
        literal((item + progress + [LineShape.ok(of: spec)]).map { $0.sample(without: Fields.id.name).text })
    }
}

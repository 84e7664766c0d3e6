/// `linnet-errors(5)`
extension ManualWriter {
    mutating func errors(of language: Language) {
        begin(.errors, "the errors of linnet, and what to do about them")
        macro("Sh", "DESCRIPTION")
        say(
            "A line or a command that fails is answered with one line of type error. Its code is stable, for programs to "
                + "rely on. Its text is for people, and may change.")
        fields("Fields of every error:", Self.common)
        raw(".Pp")
        say("Values of retry:")
        raw(".Bl -tag -width Ds")
        for retry in ErrorSpec.Retry.allCases where language.errors.contains(where: { $0.retry == retry }) {
            entry(retry.rawValue)
            say(retry.summary)
        }
        raw(".El")
        macro("Sh", "CODES")
        for error in language.errors {
            macro("Ss", error.code)
            say(error.summary)
            say(error.remedy)
            raw(".Pp")
            say("Retry: \(error.retry.rawValue).")
            say("Exit status: \(error.exit.number).")
            if error.since != "0.1.0" { say("Since version \(error.since).") }
            fields("Further fields:", error.details)
            raw(".Pp")
            say("Example:")
            literal([error.sample.text])
        }
        macro("Sh", "EXIT STATUS")
        say("The exit status of a process that ends because of an error:")
        raw(".Bl -tag -width Ds")
        for exit in language.exits {
            entry("\(exit.number)")
            say(exit.summary)
        }
        raw(".El")
        seeAlso([("linnet", 1), ("linnet-commands", 5), ("linnet-events", 5), ("linnet-protocol", 5)])
    }

    private static let common: [FieldSpec] = [
        Fields.id.saying("the id of the command, if it had one"),
        Fields.cmd.saying("the command, if the line was one"), Fields.code.required, Fields.errorText.required,
        Fields.field, Fields.line, Fields.retry.required,
    ]
}

extension ErrorSpec.Retry {
    /// One line for a person.
    var summary: String {
        switch self {
        case .never: "The same command will fail again."
        case .later: "The same command may succeed at another time."
        case .after: "The same command may succeed after the time in retry_after_ms."
        case .unlock: "An account has to be unlocked first."
        }
    }
}

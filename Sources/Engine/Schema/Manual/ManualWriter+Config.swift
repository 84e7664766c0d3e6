import Wire

/// `linnet-config(5)`
extension ManualWriter {
    mutating func config() {
        begin(.config, "the settings of linnet, and the files that hold them")
        macro("Sh", "DESCRIPTION")
        say(
            "A setting is told by an option of linnet, by a variable in the environment, or by a configuration file. "
                + "An option goes before the environment, the environment before a file, and a file before the default. "
                + "What the command config.set sets goes before all, until the engine ends. "
                + "The command config.get tells what holds, and who says so.")
        raw(".Pp")
        say("Without --config there are two files, and both may be missing:")
        raw(".Bl -tag -width Ds")
        entry("~/.config/linnet/config.toml")
        say(
            "The user's, for all profiles. If XDG_CONFIG_HOME is an absolute path, it is linnet/config.toml in that "
                + "directory instead.")
        entry("HOME/PROFILE/config.toml")
        say(
            "The profile's, beside its key: what home and profile say, by default "
                + "~/.local/share/linnet/default/config.toml. It goes before the user's file.")
        raw(".El")
        raw(".Pp")
        say(
            "With --config FILE, or LINNET_CONFIG in the environment, that file is the only one, and must be there. "
                + "Secrets are no settings: no file and no variable takes a passphrase or a key.")
        raw(".Pp")
        say(
            "What makes no sense in a file or in the environment ends linnet at its start with status 78, and an error "
                + "that tells file, line and column. The subcommand doctor looks at all of the set-up.")
        format()
        macro("Sh", "SETTINGS")
        for setting in Setting.all { self.setting(setting) }
        running()
        macro("Sh", "EXAMPLES")
        literal(Self.exampleFile.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
        raw(".Pp")
        say("The same but for the comments, as a service may be told it:")
        literal([#"LINNET_LISTEN="/ip4/0.0.0.0/tcp/4001 /ip6/::/tcp/4001" LINNET_ON_EOF=stay linnet"#])
        seeAlso([("linnet", 1), ("linnet-commands", 5), ("linnet-errors", 5)])
    }

    /// A file that shows what there is.
    static let exampleFile = """
        # Reachable from everywhere, also without a reader.
        listen = [
            "/ip4/0.0.0.0/tcp/4001",
            "/ip6/::/tcp/4001",
        ]
        on_eof = "stay"

        # Enough for a bot that is away over the holidays.
        keep_events_for = "60d"
        """

    private mutating func format() {
        macro("Sh", "FORMAT")
        say(
            "A file is the flat part of TOML 1.0: comments, and one setting a line. It is TOML and not JSON, as people "
                + "edit it: they want to say why, and to take a line out for a while.")
        literal(["name = value  # why"])
        raw(".Pp")
        say("A value is of the type of its setting:")
        raw(".Bl -tag -width Ds")
        for (name, text) in [
            (
                "\"text\"",
                "A string, in which a backslash begins an escape. A length of time with its unit is one too: "
                    + "\"500ms\", \"10s\", \"5m\", \"24h\", \"30d\"."
            ),
            ("'text'", "A string without escapes."),
            (
                "1000000",
                "A whole number; underscores between digits do not count. For a length of time it is in seconds."
            ),
            ("true, false", "Yes and no."), ("[ \"a\", \"b\" ]", "Several values, over as many lines as you like."),
        ] {
            entry(name)
            say(text)
        }
        raw(".El")
        raw(".Pp")
        let features = TOMLError.Feature.allCases.map(\.rawValue).joined(separator: ", ")
        say(
            "Nothing else of TOML is read: \(features) are errors. A file has at most \(TOMLDocument.maximumCount) bytes, "
                + "and no name twice. In the environment several values have blanks between them, and true may be "
                + "1 and false 0.")
    }

    private mutating func setting(_ setting: Setting) {
        macro("Ss", setting.name)
        say(Self.sentence(setting.spec.summary))
        say("(\(Self.shape(of: setting)))")
        if let absence = setting.absence { say("Without it: \(absence).") }
        raw(".Pp")
        let value = setting.placeholder.map { " \($0)" } ?? ""
        let repeats = setting.isList ? ", which may be repeated" : ""
        say("Option \(setting.option)\(value)\(repeats); variable \(setting.variable).")
        say(setting.isLive ? "May change while an engine runs." : "Takes a restart to change.")
        if setting.findsProfile { say("Not in the profile's own file, as it tells where that is.") }
        if setting.isPath { say("In a file it begins with / or ~/.") }
        guard let example = setting.spec.example ?? setting.spec.defaultValue else { return }
        literal(["\(setting.name) = \(example.tomlText)"])
    }

    private static func shape(of setting: Setting) -> String {
        guard case .duration(let range) = setting.spec.type else { return shape(of: setting.spec) }
        let (least, most) = (DurationText.text(milliseconds: range.lowerBound), range.upperBound)
        let standard = setting.absenceText.map { ", default \"\($0)\"" } ?? ""
        return "duration from \(least) to \(DurationText.text(milliseconds: most))\(standard)"
    }

    private mutating func running() {
        macro("Sh", "WHILE AN ENGINE RUNS")
        say(
            "config.set changes a setting at once, if it may. With saved it also writes it to the file that was named, or "
                + "to the profile's: that one line of it, so that comments and layout stay. A setting that takes a "
                + "restart is only written. null takes back what was set, and with saved out of the file.")
        literal([
            #"{"cmd":"config.set","name":"log","value":"debug"}"#,
            #"{"cmd":"config.set","name":"listen","value":["/ip4/127.0.0.1/tcp/4001"],"saved":true}"#,
        ])
    }
}

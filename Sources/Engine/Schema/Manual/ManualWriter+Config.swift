import Wire

/// `linnet-config(5)`
extension ManualWriter {
    mutating func config() {
        begin(.config, "the settings of linnet, and the files that hold them")
        macro("Sh", "DESCRIPTION")
        say(
            "A setting comes from an option of linnet, from an environment variable, or from a configuration file. "
                + "An option takes precedence over the environment, the environment over a file, and a file over the default. "
                + "A value set by the command config.set takes precedence over all of them, until the engine stops. "
                + "The command config.get shows the values in effect, and where they come from.")
        raw(".Pp")
        say("Without --config there are two files, both optional:")
        raw(".Bl -tag -width Ds")
        entry("~/.config/linnet/config.toml")
        say(
            "The file of the user, for all profiles. If XDG_CONFIG_HOME is an absolute path, it is linnet/config.toml in that "
                + "directory instead.")
        entry("HOME/PROFILE/config.toml")
        say(
            "The file of the profile, next to its vault; by default "
                + "~/.local/share/linnet/default/config.toml. It takes precedence over the file of the user.")
        raw(".El")
        raw(".Pp")
        say(
            "With --config FILE, or LINNET_CONFIG in the environment, that file is the only one, and must exist. "
                + "Secrets are not settings: no file and no variable accepts a passphrase or a key.")
        raw(".Pp")
        say(
            "If a file or the environment is invalid, linnet exits with status 78 at startup, and with an error "
                + "that names the file, line and column. The subcommand doctor checks the whole set-up.")
        format()
        macro("Sh", "SETTINGS")
        for setting in Setting.all { self.setting(setting) }
        running()
        macro("Sh", "EXAMPLES")
        literal(Self.exampleFile.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
        raw(".Pp")
        say("The first settings again, as environment variables:")
        literal([#"LINNET_LISTEN="/ip4/0.0.0.0/tcp/4001 /ip6/::/tcp/4001" LINNET_ON_EOF=stay linnet"#])
        seeAlso([("linnet", 1), ("linnet-commands", 5), ("linnet-errors", 5)])
    }

    /// A file that shows what there is.
    static let exampleFile = """
        # Reachable from everywhere, even without a reader.
        listen = [
            "/ip4/0.0.0.0/tcp/4001",
            "/ip6/::/tcp/4001",
        ]
        on_eof = "stay"

        # Enough for a bot that is offline over the holidays.
        keep_events_for = "60d"
        """

    private mutating func format() {
        macro("Sh", "FORMAT")
        say(
            "A file is a flat subset of TOML 1.0: comments, and one setting per line. It is TOML rather than JSON because "
                + "people edit it, and want to add comments and to disable lines.")
        literal(["name = value  # why"])
        raw(".Pp")
        say("A value has the type of its setting:")
        raw(".Bl -tag -width Ds")
        for (name, text) in [
            (
                "\"text\"",
                "A string, in which a backslash begins an escape. A duration with a unit is a string, too: "
                    + "\"500ms\", \"10s\", \"5m\", \"24h\", \"30d\"."
            ),
            ("'text'", "A string without escapes."),
            (
                "1000000",
                "An integer; underscores between digits are ignored. As a duration, it is in seconds."
            ),
            ("true, false", "A boolean."), ("[ \"a\", \"b\" ]", "A list, on one or more lines."),
        ] {
            entry(name)
            say(text)
        }
        raw(".El")
        raw(".Pp")
        let features = TOMLError.Feature.allCases.map(\.rawValue).joined(separator: ", ")
        say(
            "The rest of TOML is not supported: \(features) are errors. A file has at most \(TOMLDocument.maximumCount) bytes, "
                + "and no duplicate names. In the environment, several values are separated by spaces, and true can be written "
                + "1, and false 0.")
    }

    private mutating func setting(_ setting: Setting) {
        macro("Ss", setting.name)
        say(Self.sentence(setting.spec.summary))
        say("(\(Self.shape(of: setting)))")
        if let absence = setting.absence { say("Default: \(absence).") }
        raw(".Pp")
        let value = setting.placeholder.map { " \($0)" } ?? ""
        let repeats = setting.isList ? ", which may be repeated" : ""
        say("Option \(setting.option)\(value)\(repeats); variable \(setting.variable).")
        say(setting.isLive ? "Can be changed while an engine is running." : "Takes effect at the next start.")
        if setting.findsProfile { say("Cannot be set in the file of the profile, whose location it determines.") }
        if setting.isPath { say("In a file, it must begin with / or ~/.") }
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
            "config.set changes a setting immediately, if possible. With saved, it also writes it to the file given by --config, or "
                + "to that of the profile; it changes only that line, and keeps comments and layout. A setting that requires a "
                + "restart is only written. null undoes an earlier change and, with saved, removes the setting from the file."
        )
        literal([
            #"{"cmd":"config.set","name":"log","value":"debug"}"#,
            #"{"cmd":"config.set","name":"listen","value":["/ip4/127.0.0.1/tcp/4001"],"saved":true}"#,
        ])
    }
}

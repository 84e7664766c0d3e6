import Wire

/// Every setting, in the order of help and manual. Secrets are none: they would be read by whoever reads the file, the
/// environment or the list of processes.
extension Setting {
    /// The table.
    public static let all: [Setting] = [
        Setting(
            Argument<String?>(
                spec: FieldSpec("home", .string(bytes: 1...4096), "data directory", example: .string("~/linnet"))
            ) { $0.stringValue },
            \.home, "DIR", absence: "$XDG_DATA_HOME/linnet", findsProfile: true, isPath: true
        ) { $0.map(JSON.string) },
        Setting(
            .string(
                FieldSpec(
                    "profile", .string(bytes: 1...64), "who to be: a directory below it", example: .string("work"))),
            \.profile, "NAME", findsProfile: true,
            check: { value in
                guard let name = value.stringValue, !Profile.isName(name) else { return nil }
                return "must be letters, digits, '.', '_' or '-', not beginning with '.'"
            }
        ) { .string($0) },
        .flag(
            "ephemeral", \.isEphemeral, "a throw-away identity; keep nothing", isLive: false, findsProfile: true),
        Setting(
            .strings(
                FieldSpec(
                    "listen", .list(.multiaddr, count: 0...16), "listen on a multiaddr",
                    example: .array([.string("/ip4/127.0.0.1/tcp/4001")]))),
            \.listen, "ADDR", absence: "only dial", isLive: true
        ) { .array($0.map(JSON.string)) },
        .flag("lan", \.servesNetwork, "listen on all interfaces, on a free port: be found on the local network"),
        .choice("discover", \.discovery, "how peers are found on the networks that are listened on"),
        Setting(
            Argument<String?>(
                spec: FieldSpec(
                    "nick", .string(bytes: 1...64), "what others may call you", example: .string("Ada"))
            ) { $0.stringValue },
            \.nickname, "NAME", absence: "the end of the peer id", isLive: true,
            check: { value in
                guard let name = value.stringValue else { return nil }
                if name.unicodeScalars.contains(where: \.actsOnTerminal) { return "must not hold control characters" }
                return name.allSatisfy(\.isWhitespace) ? "must not be blank" : nil
            }
        ) { $0.map(JSON.string) },
        .choice("presence", \.presence, "whether peers tell each other that they are there"),
        .duration(
            "presence_interval", \.presenceInterval, 5000...300_000,
            "how often, at least; who is silent for three times as long has gone", "TIME"),
        Setting(
            Argument<String?>(
                spec: FieldSpec(
                    "socket", .string(bytes: 1...4096), "serve clients on a Unix socket, too",
                    example: .string("/run/user/1000/linnet"))
            ) { $0.stringValue },
            \.socket, "PATH", absence: "only in the profile", isPath: true
        ) { $0.map(JSON.string) },
        .flag("perf", \.servesPerf, "let peers measure throughput (/perf/1.0.0)"),
        .flag("bot", \.isBot, "a program speaks here: its messages say so, and are few"),
        .choice("on_eof", \.onEndOfInput, "what the end of stdin means"),
        .duration("drain", \.drain, 0...86_400_000, "how long to go on sending what waits", "TIME"),
        .duration(
            "lock_after", \.lockAfter, 0...604_800_000,
            "lock the account when no command has come for so long; 0 is never", "TIME"),
        .choice("log", \.logLevel, "what is logged on stderr"),
        .choice("log_format", \.logFormat, "how it is written"),
        .count(
            "keep_events", \.retention.maximumCount, 1...1_000_000_000, "how many durable events are kept for readers"),
        .duration(
            "keep_events_for", \.retention.maximumAge, 60_000...315_360_000_000, "how long they are kept", "TIME"),
    ]
}

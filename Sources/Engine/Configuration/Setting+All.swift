import Wire

/// Every setting, in the order of help and manual. Secrets are none: they would be read by whoever reads the file, the
/// environment or the list of processes.
extension Setting {
    /// The table.
    public static let all: [Setting] = [
        Setting(
            Argument<String?>(
                spec: FieldSpec(
                    "home", .string(bytes: 1...4096), "the directory of the profiles", example: .string("~/linnet"))
            ) { $0.stringValue },
            \.home, "DIR", absence: "$XDG_DATA_HOME/linnet", findsProfile: true, isPath: true
        ) { $0.map(JSON.string) },
        Setting(
            .string(
                FieldSpec(
                    "profile", .string(bytes: 1...64), "the profile to use: a directory in home",
                    example: .string("work"))),
            \.profile, "NAME", findsProfile: true,
            check: { value in
                guard let name = value.stringValue, !Profile.isName(name) else { return nil }
                return "must be letters, digits, '.', '_' or '-', not beginning with '.'"
            }
        ) { .string($0) },
        .flag(
            "ephemeral", \.isEphemeral, "use a temporary identity and keep nothing", isLive: false, findsProfile: true),
        Setting(
            .strings(
                FieldSpec(
                    "listen", .list(.multiaddr, count: 0...16), "accept connections on a multiaddr",
                    example: .array([.string("/ip4/127.0.0.1/tcp/4001")]))),
            \.listen, "ADDR", absence: "none", isLive: true
        ) { .array($0.map(JSON.string)) },
        .flag("lan", \.servesNetwork, "listen on all interfaces, to be found on the local network"),
        .choice("discover", \.discovery, "how to find peers on the local network"),
        Setting(
            Argument<String?>(
                spec: FieldSpec(
                    "nick", .string(bytes: 1...64), "a nickname for others to display", example: .string("Ada"))
            ) { $0.stringValue },
            \.nickname, "NAME", absence: "the end of the peer id", isLive: true,
            check: { value in
                guard let name = value.stringValue else { return nil }
                if name.unicodeScalars.contains(where: \.actsOnTerminal) { return "must not hold control characters" }
                return name.allSatisfy(\.isWhitespace) ? "must not be blank" : nil
            }
        ) { $0.map(JSON.string) },
        .choice("presence", \.presence, "whether to exchange presence with other peers"),
        .duration(
            "presence_interval", \.presenceInterval, 5000...300_000,
            "how often to announce presence", "TIME"),
        Setting(
            Argument<String?>(
                spec: FieldSpec(
                    "socket", .string(bytes: 1...4096), "serve clients on this Unix socket as well",
                    example: .string("/run/user/1000/linnet"))
            ) { $0.stringValue },
            \.socket, "PATH", absence: "only in the profile", isPath: true
        ) { $0.map(JSON.string) },
        .flag("perf", \.servesPerf, "let peers measure throughput (/perf/1.0.0)"),
        .flag("bot", \.isBot, "mark messages as written by a program, and limit them"),
        .choice("on_eof", \.onEndOfInput, "what to do at the end of stdin"),
        .duration("drain", \.drain, 0...86_400_000, "how long to keep sending pending messages", "TIME"),
        .duration(
            "lock_after", \.lockAfter, 0...604_800_000,
            "lock the account after this long without a command; 0: never", "TIME"),
        .choice("log", \.logLevel, "what is logged to stderr"),
        .choice("log_format", \.logFormat, "the format of the log"),
        .count(
            "keep_events", \.retention.maximumCount, 1...1_000_000_000, "how many durable events to keep for readers"),
        .duration(
            "keep_events_for", \.retention.maximumAge, 60_000...315_360_000_000, "how long to keep them", "TIME"),
    ]
}

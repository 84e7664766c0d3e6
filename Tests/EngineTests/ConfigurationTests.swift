import Foundation
import Testing
import Wire

@testable import Engine

@Suite struct ConfigurationTests {
    /// Two values of each setting that are not its default, as a file and as an option would have them.
    static let rows: [(name: String, values: [(json: JSON, word: String)])] = [
        ("home", [(.string("/a"), "/a"), (.string("/b"), "/b")]),
        ("profile", [(.string("a"), "a"), (.string("b"), "b")]),
        ("ephemeral", [(.bool(true), "true"), (.bool(true), "1")]),
        (
            "listen",
            [
                (.array([.string("/ip4/127.0.0.1/tcp/1")]), "/ip4/127.0.0.1/tcp/1"),
                (
                    .array([.string("/ip4/1.2.3.4/tcp/2"), .string("/ip6/::1/tcp/3")]),
                    "/ip4/1.2.3.4/tcp/2 /ip6/::1/tcp/3"
                ),
            ]
        ),
        ("lan", [(.bool(true), "true"), (.bool(true), "1")]),
        ("discover", [(.string("mdns"), "mdns"), (.string("off"), "off")]),
        ("nick", [(.string("Ada"), "Ada"), (.string("Bob of Ulm"), "Bob of Ulm")]),
        ("presence", [(.string("off"), "off"), (.string("off"), "off")]),
        ("presence_interval", [(.string("20s"), "20"), (.string("1m"), "1m")]),
        ("socket", [(.string("/run/linnet"), "/run/linnet"), (.string("/run/there"), "/run/there")]),
        ("perf", [(.bool(true), "true"), (.bool(true), "1")]),
        ("bot", [(.bool(true), "true"), (.bool(true), "1")]),
        ("on_eof", [(.string("stay"), "stay"), (.string("now"), "now")]),
        ("drain", [(.string("1500ms"), "1.5"), (.string("2m"), "2m")]),
        ("lock_after", [(.string("5m"), "300"), (.string("1h"), "1h")]),
        ("log", [(.string("debug"), "debug"), (.string("error"), "error")]),
        ("log_format", [(.string("json"), "json"), (.string("json"), "json")]),
        ("keep_events", [(.integer(1), "1"), (.integer(7), "7")]),
        ("keep_events_for", [(.string("1h"), "3600"), (.string("2d"), "2d")]),
    ]

    private func layer(_ environment: (String) -> String?) throws -> Configuration.Layer {
        try Configuration.Layer(environment: environment) { (failure) throws(CommandFailure) in throw failure }
    }

    @Test func everySettingHasARow() {
        #expect(Setting.all.map(\.name) == Self.rows.map(\.name))
        #expect(Set(Setting.all.map(\.name)).count == Setting.all.count)
    }

    @Test(arguments: rows.indices)
    func precedence(_ row: Int) throws {
        let (name, values) = Self.rows[row]
        let setting = try #require(Setting.named(name))
        for (json, word) in values {
            #expect(setting.problem(with: setting.value(ofWord: word)) == nil)
            var expected = Settings()
            setting.put(json, &expected)
            var read = Settings()
            setting.put(setting.value(ofWord: word), &read)
            #expect(read == expected, "\(name) \(word)")
            #expect(read != Settings())
            #expect(setting.value(read) == json)
        }
        var flags = Configuration.Layer(.flag)
        #expect(flags.put(setting, values[0].json) == nil)
        let environment = try layer { $0 == setting.variable ? values[1].word : nil }
        var configuration = Configuration()
        #expect(setting.value(configuration.settings) == setting.spec.defaultValue)
        configuration.add(flags)
        configuration.add(environment)
        #expect(setting.value(configuration.settings) == values[0].json)
        configuration = Configuration()
        configuration.add(environment)
        #expect(setting.value(configuration.settings) == values[1].json)
    }

    /// Each that speaks goes before all behind it, row by row.
    @Test(arguments: rows.indices)
    func precedenceOfFiles(_ row: Int) throws {
        let (name, values) = Self.rows[row]
        let setting = try #require(Setting.named(name))
        let folder = TemporaryFolder()
        let sources = ["flag", "environment", "profile", "user"].filter { $0 != "profile" || !setting.findsProfile }
        for strongest in sources.indices {
            for weaker in sources[(strongest + 1)...].map(Optional.some) + [nil] {
                func value(_ source: String) -> (json: JSON, word: String)? {
                    source == sources[strongest] ? values[0] : source == weaker ? values[1] : nil
                }
                var variables = ["HOME": folder.path]
                variables[setting.variable] = value("environment")?.word
                var flags = Configuration.Layer(.flag)
                if let value = value("flag") { #expect(flags.put(setting, value.json) == nil) }
                for (source, path) in [
                    ("user", ".config/linnet/config.toml"), ("profile", ".local/share/linnet/default/config.toml"),
                ] {
                    try folder.write(value(source).map { "# \(row)\n\(name) = \($0.json.tomlText)\n" }, path)
                }
                let configuration = try Configuration(flags: flags) { variables[$0] }
                let origin = configuration.origin(of: setting)
                #expect(origin.value == values[0].json)
                #expect(setting.value(configuration.settings) == values[0].json)
                let isFile = strongest > 1
                #expect(origin.source.rawValue == (isFile ? "file" : sources[strongest]))
                #expect(origin.line == (isFile ? 2 : nil))
                #expect(isFile == (origin.file?.hasSuffix("config.toml") == true))
            }
        }
        let none = try Configuration(flags: .init(.flag)) { $0 == "HOME" ? folder.path + "/none" : nil }
        #expect(none.origin(of: setting).source == .default)
    }

    /// The example of the manual makes sense, and so does what it shows for each setting.
    @Test func examplesOfTheManual() throws {
        let folder = TemporaryFolder()
        let examples = Setting.all.compactMap { setting in
            (setting.spec.example ?? setting.spec.defaultValue).map { "\(setting.name) = \($0.tomlText)\n" }
        }
        #expect(examples.count == Setting.all.count)
        for text in [ManualWriter.exampleFile, examples.joined()] {
            try folder.write(text, "config.toml")
            let file = folder.path + "/config.toml"
            _ = try Configuration(flags: .init(.flag), file: file) { $0 == "HOME" ? folder.path : nil }
        }
    }

    @Test func unknownVariables() {
        let found = Configuration.unknownVariables(
            among: ["PATH", "LINNET_LSITEN", "LINNET_CONFIG", "LINNET", "LINNET_FROBNICATE", "LINNET_LOG"])
        #expect(found.map(\.name) == ["LINNET_FROBNICATE", "LINNET_LSITEN"])
        #expect(found.map(\.meant) == [nil, "LINNET_LISTEN"])
    }

    @Test(arguments: [
        ("LINNET_LOG", "loud", "LINNET_LOG in the environment must be one of error"),
        ("LINNET_DRAIN", "soon", "such as \"500ms\""),
        ("LINNET_PERF", "maybe", "LINNET_PERF in the environment must be true or false"),
        ("LINNET_LISTEN", "/ip4/127.0.0.1/tcp/1 x", "at 1 is no multiaddr"),
        ("LINNET_KEEP_EVENTS", "0", "must be in 1...1000000000"), ("LINNET_PROFILE", "../x", "letters, digits"),
        ("LINNET_DISCOVER", "all", "must be one of on, mdns, gigi, off"),
        ("LINNET_NICK", "a\u{1b}[2J", "must not hold control characters"), ("LINNET_NICK", " \t", "must not"),
    ])
    func mistakesInTheEnvironment(_ name: String, _ value: String, _ text: String) {
        let error = #expect(throws: CommandFailure.self) {
            try layer { $0 == name ? value : nil }
        }
        #expect(error?.spec == .configInvalid)
        #expect(error?.message.contains(text) == true, "\(error?.message ?? "")")
    }

    @Test func emptyVariablesSayNothing() throws {
        #expect(try layer { _ in "" } == Configuration.Layer(.environment))
    }

    /// However a time was written, it is shown in one way.
    @Test func timesAreShownAlike() throws {
        let drain = try #require(Setting.named("drain"))
        for value in [JSON.integer(90), .number(90), .string("90s"), .string("90000ms")] {
            var layer = Configuration.Layer(.file)
            #expect(layer.put(drain, value) == nil)
            #expect(layer.value(drain) == .string("90s"))
        }
        #expect(drain.problem(with: .string("10")) != nil)
    }

    @Test(arguments: [
        (0, "0s"), (1, "1ms"), (1500, "1500ms"), (90_000, "90s"), (120_000, "2m"), (7_200_000, "2h"),
        (2_592_000_000, "30d"),
    ])
    func durationTexts(_ milliseconds: Int64, _ text: String) {
        #expect(DurationText.text(milliseconds: milliseconds) == text)
        #expect(DurationText.milliseconds(text) == milliseconds)
    }
}

/// A directory of its own for a test; gone with the object.
final class TemporaryFolder: Sendable {
    let path: String

    init() {
        path = NSTemporaryDirectory() + "linnet-folder-\(UUID().uuidString)"
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Makes a file in it; with nil sees that there is none.
    func write(_ text: String?, _ name: String) throws {
        let file = path + "/" + name
        guard let text else {
            try? FileManager.default.removeItem(atPath: file)
            return
        }
        let folder = (file as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try text.write(toFile: file, atomically: true, encoding: .utf8)
    }
}

import Engine
import Testing

@testable import linnet

@Suite struct ToolOptionsTests {
    private func parse(_ arguments: String...) throws -> ToolOptions? {
        guard case .run(let options) = try ToolOptions.parse(arguments) else { return nil }
        return options
    }

    @Test func defaults() throws {
        #expect(try parse() == ToolOptions())
    }

    @Test func everyOption() throws {
        let options = try parse(
            "--home", "/h", "--profile", "p", "--ephemeral", "--listen", "/ip4/127.0.0.1/tcp/1",
            "--listen=/ip6/::1/tcp/2", "--perf", "--on-eof", "stay", "--drain", "1.5", "--log", "debug", "--log-format",
            "json", "--keep-events", "500", "--keep-events-for", "1d")
        var configuration = Configuration()
        configuration.add(try #require(options).settings)
        var expected = Settings()
        expected.home = "/h"
        expected.profile = "p"
        expected.isEphemeral = true
        expected.listen = ["/ip4/127.0.0.1/tcp/1", "/ip6/::1/tcp/2"]
        expected.servesPerf = true
        expected.onEndOfInput = .stay
        expected.drain = .milliseconds(1500)
        expected.logLevel = .debug
        expected.logFormat = .json
        expected.retention.maximumCount = 500
        expected.retention.maximumAge = .seconds(86_400)
        #expect(configuration.settings == expected)
    }

    /// Every setting is an option, and an option that is off is not one that is not there.
    @Test func optionsOfSettings() throws {
        for setting in Setting.all { #expect(ToolOptions.specs.contains { $0.name == setting.option }) }
        #expect(try parse("--perf=false")?.settings != ToolOptions().settings)
        #expect(try parse("--listen", "/ip6/::1/tcp/2", "--listen=") == parse("--listen", ""))
    }

    @Test func optionsOfCommands() throws {
        var expected = ToolOptions()
        expected.words = ["message.send", "to=bob", "text=-"]
        expected.patience = .milliseconds(1500)
        expected.form = .values(of: "state")
        #expect(try parse("-W", "1.5", "message.send", "to=bob", "--raw", "state", "text=-") == expected)
        expected = ToolOptions()
        expected.words = ["listen", "message*"]
        expected.count = 3
        #expect(try parse("listen", "message*", "-C", "3") == expected)
        expected = ToolOptions()
        expected.program = "cat"
        expected.restart = .onFailure
        #expect(try parse("--exec", "cat", "--restart=on-failure") == expected)
        expected = ToolOptions()
        expected.words = ["status", "-q"]
        #expect(try parse("status", "--", "-q") == expected)
    }

    @Test(arguments: [["--help"], ["-h"], ["--ephemeral", "--help"]])
    func help(_ arguments: [String]) throws {
        #expect(try ToolOptions.parse(arguments) == .help)
    }

    @Test func version() throws {
        #expect(try ToolOptions.parse(["--version"]) == .version)
        #expect(Help.version == "linnet \(LinnetVersion.current)\n")
    }

    @Test(arguments: [
        (["--hom", "/x"], "did you mean '--home'?"), (["--home"], "needs a value: DIR"),
        (["--home="], "must not be empty"),
        (["--drain", "-1"], "must be from 0s to 1d"), (["--drain", "nan"], "must be a number of seconds"),
        (["--drain", "1e9"], "must be from 0s to 1d"), (["--log", "loud"], "error, warning, info, debug"),
        (["--log-format", "xml"], "text, json"), (["--profile", ""], "must not be empty"),
        (["--profile", "a/b"], "letters"),
        (["--profile", ".."], "letters"), (["--listen", "localhost:1"], "multiaddr"), (["--perf=1"], "takes no value"),
        (["-x"], "no option '-x'"), (["-q"], "linnet COMMAND"), (["status", "-W", "0"], "must be from 1ms to 1d"),
        (["status", "--raw="], "name of a field"), (["--restart", "never"], "is for --exec"),
        (["status", "-C", "1"], "is for 'linnet listen'"), (["listen", "-C", "0"], "a number from 1"),
        (["listen", "-q"], "linnet COMMAND"),
        (["--exec", "cat", "status"], "needs no command 'status'"),
        (["--exec", "cat", "--restart", "x"], "on-failure"),
    ])
    func mistakes(_ arguments: [String], _ hint: String) {
        let error = #expect(throws: UsageError.self) { try ToolOptions.parse(arguments) }
        #expect(error?.message.contains(hint) == true, "\(error?.message ?? "")")
    }

    @Test func helpNamesEveryOption() {
        for spec in ToolOptions.specs { #expect(Help.text.contains("  \(spec.name) ") || spec.placeholder == nil) }
        for line in Help.text.split(separator: "\n") { #expect(line.count <= 110) }
    }

    @Test func placesOfProfiles() throws {
        func place(_ options: ToolOptions?, _ environment: [String: String]) throws -> String? {
            guard let options else { return nil }
            return try Configuration(flags: options.settings, environment: { environment[$0] }).settings.directory
        }
        let options = ToolOptions()
        #expect(try place(options, ["HOME": "/u"]) == "/u/.local/share/linnet/default")
        #expect(try place(options, ["HOME": "/u", "XDG_DATA_HOME": "/d"]) == "/d/linnet/default")
        #expect(try place(options, ["HOME": "/u", "XDG_DATA_HOME": "relative"]) == "/u/.local/share/linnet/default")
        #expect(try place(options, [:]) == nil)
        // A service manager's directory, where there is no other.
        #expect(try place(options, ["STATE_DIRECTORY": "/var/lib/linnet:/var/lib/other"]) == "/var/lib/linnet/default")
        #expect(try place(options, ["STATE_DIRECTORY": "linnet"]) == nil)
        #expect(try place(options, ["STATE_DIRECTORY": ""]) == nil)
        let both = ["HOME": "/u", "STATE_DIRECTORY": "/var/lib/linnet"]
        #expect(try place(options, both) == "/u/.local/share/linnet/default")
        #expect(throws: CommandFailure.self) { try EngineOptions(Configuration()) }
        #expect(try place(parse("--home", "/h", "--profile", "p"), [:]) == "/h/p")
        #expect(try place(parse("--home", "/h"), ["LINNET_HOME": "/e", "LINNET_PROFILE": "work"]) == "/h/work")
    }
}

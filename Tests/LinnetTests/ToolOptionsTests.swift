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
            "json")
        var expected = ToolOptions()
        expected.home = "/h"
        expected.profile = "p"
        expected.isEphemeral = true
        expected.listen = ["/ip4/127.0.0.1/tcp/1", "/ip6/::1/tcp/2"]
        expected.servesPerf = true
        expected.onEndOfInput = .stay
        expected.drain = .milliseconds(1500)
        expected.logLevel = .debug
        expected.logFormat = .json
        #expect(options == expected)
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
        (["--hom", "/x"], "did you mean '--home'?"), (["--home"], "needs a value: DIR"), (["--home="], "a directory"),
        (["--drain", "-1"], "number of seconds"), (["--drain", "nan"], "number of seconds"),
        (["--drain", "1e9"], "number of seconds"), (["--log", "loud"], "error, warning, info or debug"),
        (["--log-format", "xml"], "text or json"), (["--profile", ""], "letters"), (["--profile", "a/b"], "letters"),
        (["--profile", ".."], "letters"), (["--listen", "localhost:1"], "multiaddr"), (["--perf=1"], "takes no value"),
        (["-x"], "no option '-x'"), (["-q"], "linnet COMMAND"), (["status", "-W", "0"], "number of seconds"),
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
        func place(_ options: ToolOptions, _ environment: [String: String]) -> String? {
            guard case .directory(let path)? = EngineOptions(options, environment: { environment[$0] })?.location else {
                return nil
            }
            return path
        }
        var options = ToolOptions()
        #expect(place(options, ["HOME": "/u"]) == "/u/.local/share/linnet/default")
        #expect(place(options, ["HOME": "/u", "XDG_DATA_HOME": "/d"]) == "/d/linnet/default")
        #expect(place(options, ["HOME": "/u", "XDG_DATA_HOME": "relative"]) == "/u/.local/share/linnet/default")
        #expect(place(options, [:]) == nil)
        options.home = "/h"
        options.profile = "p"
        #expect(place(options, [:]) == "/h/p")
    }
}

import Engine
import Testing
import Wire

@testable import linnet

@Suite struct SubcommandTests {
    @Test(arguments: [
        (["schema"], Subcommand.schema(.jsonSchema)), (["schema", "--openrpc"], .schema(.openRPC)),
        (["schema", "--man", "events"], .manual(.events)), (["completion", "fish"], .completion(.fish)),
        (["help"], .help(command: nil)), (["help", "net.ping"], .help(command: "net.ping")),
        (["help", "doctor"], .help(command: "doctor")), (["help", "group"], .help(command: "group")),
        (["help", "group", "create"], .help(command: "group.create")),
        (["help", "--drain"], .help(command: "--drain")),
    ])
    func right(_ arguments: [String], _ subcommand: Subcommand) throws {
        #expect(try Subcommand.parse(arguments) == subcommand)
        #expect(!subcommand.output.isEmpty && subcommand.output.hasSuffix("\n"))
    }

    @Test(arguments: [[], ["help", "command=net.ping"], ["--ephemeral"], ["status"], ["--profile", "schema"]])
    func none(_ arguments: [String]) throws {
        #expect(try Subcommand.parse(arguments) == nil)
    }

    @Test(arguments: [
        (["schema", "--opnrpc"], "did you mean '--openrpc'?"), (["schema", "--openrpc", "x"], "no option 'x'"),
        (["schema", "--man"], "no option '--man'"), (["schema", "--man", "x"], "no such page"),
        (["completion"], "needs a shell"), (["completion", "zhs"], "did you mean 'zsh'?"),
        (["help", "net.pong"], "did you mean 'net.ping'?"), (["completion", "bash", "zsh"], "'bash zsh' is not"),
    ])
    func mistakes(_ arguments: [String], _ hint: String) {
        let error = #expect(throws: UsageError.self) { try Subcommand.parse(arguments) }
        #expect(error?.message.contains(hint) == true, "\(error?.message ?? "")")
    }

    /// Every word that means something is explained.
    @Test func helpForEveryWord() {
        let schema = Language.standard
        let words =
            Subcommand.specs.map(\.name) + schema.commands.map(\.name) + schema.events.map(\.name)
            + schema.errors.map(\.code) + Setting.all.map(\.name) + ToolOptions.specs.map(\.name)
            + ToolOptions.specs.map { String($0.name.drop { $0 == "-" }) } + CommandHelp.families + CommandHelp.topics
        for word in words {
            let text = HelpText.text(for: word)
            #expect(text?.hasSuffix("\n") == true, "\(word)")
            #expect(text?.contains(word.replacing("-", with: "_")) == true || text?.contains(word) == true, "\(word)")
        }
        #expect(HelpText.text(for: "group")?.contains("group.create") == true)
        #expect(HelpText.text(for: "listen")?.contains("--since") == true)
        #expect(HelpText.text(for: "frobnicate") == nil)
    }

    @Test func everyCommandTellsWhatEveryCommandTakes() {
        for command in Language.standard.commands {
            let text = CommandHelp.command(command.name) ?? ""
            #expect(text.contains("\n  timeout "), "\(command.name)")
            #expect(text.contains("\n  key ") == command.takesKey, "\(command.name)")
        }
    }

    @Test(arguments: [
        ("doctr", "'doctor'"), ("lisen", "'listen'"), ("grup", "'group'"), ("eror", "'errors'"),
        ("peer.unreachabel", "'peer.unreachable'"), ("message.snet", "'message.sent'"),
        ("group.frobnicate", "'linnet help group'"), ("frobnicate", "'linnet help'"),
    ])
    func helpThatIsMeant(_ word: String, _ hint: String) {
        let error = #expect(throws: UsageError.self) { try Subcommand.parse(["help", word]) }
        #expect(error?.message.contains(hint) == true, "\(error?.message ?? "")")
    }

    @Test(arguments: [
        (["--on-eof", "dran"], "did you mean 'drain'?"), (["--log", "debgu"], "did you mean 'debug'?"),
    ])
    func suggestions(_ arguments: [String], _ hint: String) {
        let error = #expect(throws: UsageError.self) { try ToolOptions.parse(arguments) }
        #expect(error?.message.contains(hint) == true, "\(error?.message ?? "")")
    }

    @Test func schemasAreJSON() throws {
        let limits = JSONLimits(count: 1 << 24, depth: 64)
        for format in SchemaFormat.allCases {
            guard case .object = try JSON(parsing: format.document, limits: limits) else {
                Issue.record("\(format)")
                continue
            }
        }
    }
}

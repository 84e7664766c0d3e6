import Engine
import Testing
import Wire

@testable import linnet

@Suite struct SubcommandTests {
    @Test(arguments: [
        (["schema"], Subcommand.schema(.jsonSchema)), (["schema", "--openrpc"], .schema(.openRPC)),
        (["schema", "--man", "events"], .manual(.events)), (["completion", "fish"], .completion(.fish)),
        (["help"], .help(command: nil)), (["help", "net.ping"], .help(command: "net.ping")),
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

import Foundation
import Testing
import Wire

/// Accounts from the pipe against mnemonic, bip_utils, eth-account and PyNaCl: Python's words give Python's addresses,
/// and each side takes what the other has signed.
@Suite(.timeLimit(.minutes(5)))
struct AccountInteropTests {
    /// The tool that was built with the tests, in the same directory.
    private static let tool: URL = {
        let test = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let isThere = FileManager.default.fileExists(atPath: test.path)
        let folder = (isThere ? test : URL(fileURLWithPath: CommandLine.arguments[0])).deletingLastPathComponent()
        return folder.appendingPathComponent("linnet")
    }()
    private static let text = "I am alice, \u{fc}ber alles: \"q\"\n"

    @Test("words made in Python, on stdin")
    func words() throws {
        let question: [(String, JSON)] = [("make", .integer(256)), ("message", .string(""))]
        let made = try #require(try PythonKeys.answers(to: [question]).first)
        let words = try #require(made["words"]?.text)
        try Self.inFolder { home in
            let imported = try Self.ask(
                ["--home", home, "--profile", "none"],
                [("account.import", [("mnemonic", .string(words)), ("profile", .string("p"))])])
            #expect(imported[0]["evm"]?.text == made["address"]?.text)
            let told = try Self.ask(
                ["--home", home, "--profile", "p"], [("account.export", [("form", .string("mnemonic"))])])
            #expect(told[0]["mnemonic"]?.text == words)
        }
    }

    @Test("what account.sign signs, others verify")
    func ours() throws {
        let answers = try Self.ask(
            ["--ephemeral"],
            [("", nil), ("eip191", nil), ("", 3), ("eip191", 3)].map { (scheme: String, index: Int64?) in
                let members: [(String, JSON?)] = [
                    ("text", .string(Self.text)), ("scheme", scheme.isEmpty ? nil : .string(scheme)),
                    ("index", index.map { .integer($0) }),
                ]
                return ("account.sign", members.compactMap { name, value in value.map { (name, $0) } })
            })
        for (peers, wallets) in [(answers[0], answers[1]), (answers[2], answers[3])] {
            func question(_ text: String) -> [(String, JSON)] {
                [
                    ("check", .string(text)), ("peer", .string(peers["peer"]?.text ?? "")),
                    ("peer_signature", .string(peers["signature_b64"]?.text ?? "")),
                    ("signature", .string(wallets["signature"]?.text ?? "")),
                ]
            }
            let verdicts = try PythonKeys.answers(to: [question(Self.text), question(Self.text + " ")])
            #expect(verdicts[0]["verdict"]?.text == "valid" && verdicts[1]["verdict"]?.text == "invalid")
            #expect(verdicts[0]["recovered"]?.text == wallets["evm"]?.text)
            #expect(verdicts[1]["recovered"]?.text != wallets["evm"]?.text)
        }
    }

    @Test("what others sign, account.verify_signature takes")
    func theirs() throws {
        let theirs = try #require(try PythonKeys.answers(to: [[("sign", .string(Self.text))]]).first)
        func question(_ text: String, _ names: [(ours: String, theirs: String)]) -> (String, [(String, JSON)]) {
            let members = names.map { ($0.ours, JSON.string(theirs[$0.theirs]?.text ?? "")) }
            return ("account.verify_signature", [("text", .string(text))] + members)
        }
        let (peer, wallet) = (
            [("peer", "peer"), ("signature_b64", "peer_signature")], [("evm", "address"), ("signature", "signature")]
        )
        let answers = try Self.ask(
            ["--ephemeral"],
            [
                question(Self.text, peer), question(Self.text, wallet),
                question(Self.text, [("signature", "signature")]),
                question(Self.text + " ", peer), question(Self.text + " ", wallet),
            ])
        #expect(answers.map { $0["type"]?.text } == ["ok", "ok", "ok", "error", "error"])
        #expect(answers[0]["peer"]?.text == theirs["peer"]?.text)
        #expect(answers[2]["evm"]?.text == theirs["address"]?.text)
        #expect(answers[3]["code"]?.text == "signature.invalid" && answers[4]["code"]?.text == "signature.invalid")
    }

    /// The answers of an engine to these commands, in their order.
    private static func ask(
        _ options: [String], _ commands: [(name: String, members: [(String, JSON)])]
    ) throws -> [JSON] {
        let process = Process()
        process.executableURL = tool
        process.arguments = options
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        for (number, command) in commands.enumerated() {
            let members = [("id", JSON.integer(Int64(number))), ("cmd", .string(command.name))] + command.members
            let line = JSON.object(members.map { JSON.Member(name: $0.0, value: $0.1) })
            try input.fileHandleForWriting.write(contentsOf: Data(line.bytes + [0x0a]))
        }
        try input.fileHandleForWriting.close()
        let said = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let lines = try said.split(separator: 0x0a).map { try JSON(parsing: Array($0)) }
        return commands.indices.map { number in
            lines.first { $0["id"]?.integerValue == Int64(number) && ["ok", "error"].contains($0["type"]?.text) }
                ?? .null
        }
    }

    private static func inFolder(_ body: (String) throws -> Void) throws {
        let folder = NSTemporaryDirectory() + "linnet-account-\(UInt64.random(in: 0...UInt64.max))"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }
}

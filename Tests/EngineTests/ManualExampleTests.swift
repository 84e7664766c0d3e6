import Foundation
import Reactor
import Testing

/// What the manual shows, run as it stands there: linnet(1), linnet-examples(7), linnet-security(7).
@Suite struct ManualExampleTests {
    /// The literal displays of a page, without mdoc's escapes.
    static func examples(of name: String) -> [String] {
        let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("man/\(name)")
        let text = (try? String(contentsOf: page, encoding: .utf8)) ?? ""
        return text.components(separatedBy: ".Bd -literal -offset indent\n").dropFirst().map { part in
            let body = part.components(separatedBy: "\n.Ed")[0]
            return body.replacing("\\(aq", with: "'").replacing("\\-", with: "-").replacing("\\e", with: "\\")
        }
    }

    /// A listener and a bot, which are ended as soon as they run.
    private static func isEndless(_ example: String) -> Bool { example.contains("\nlinnet --listen") }

    @Test(arguments: [("linnet.1", 9), ("linnet-examples.7", 13), ("linnet-security.7", 7)])
    func everyExampleRuns(page: String, atLeast: Int) async throws {
        let examples = Self.examples(of: page)
        #expect(examples.count >= atLeast)
        let folder = NSTemporaryDirectory() + "linnet-manual-\(UInt64.random(in: 0...UInt64.max))"
        try FileManager.default.createDirectory(atPath: folder + "/bin", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createSymbolicLink(
            atPath: folder + "/bin/linnet", withDestinationPath: EngineProcess.tool)
        var text = """
            port free port
            show e echo-bot.sh --home \(folder)/e --log info --listen /ip4/127.0.0.1/tcp/${port}
            e says info started
            start s --home \(folder)/e status
            s > {"type":"ok",...,"peer":$e,...}

            """
        if page != "linnet.1" {
            text += """
                start s --home \(folder)/.local/share/linnet contact.add peer=${e} alias=alice addresses=/ip4/127.0.0.1/tcp/${port}
                s exits 0

                """
        }
        try #"{"cmd":"status","id":1}"#.write(
            toFile: folder + "/commands.ndjson", atomically: false, encoding: .utf8)
        for (number, example) in examples.enumerated() {
            let path = "\(folder)/\(number).sh"
            var example = example
            if page == "linnet.1" {
                // What the reader puts in: somebody's address, and a port that is free.
                example = example.replacing("/tcp/4001/p2p/12D3KooW...", with: "/tcp/$1/p2p/$2")
                    .replacing("/tcp/4001", with: "/tcp/0")
                example = "address=/ip4/127.0.0.1/tcp/$1/p2p/$2\n" + example
            }
            if Self.isEndless(example) {
                example +=
                    " &\nuntil [ -S .local/share/linnet/default/socket ]; do sleep 0.1; done\nlinnet -q shutdown\nwait"
            }
            try "cd \(folder)\nexport HOME=\(folder) PATH=\(folder)/bin:$PATH\n\(example)\n".write(
                toFile: path, atomically: false, encoding: .utf8)
            let shell = example.contains("<(") ? "/bin/bash" : "/bin/sh"
            text += "program x\(number) \(shell) -eu \(path) ${port} ${e}\nx\(number) exits 0\n"
        }
        let script = Script(name: page, text: text)
        try await spawn { try await ScriptRunner(script).run() }.value
    }
}

/// What linnet-bots(7) lets its reader type, typed in one go: two people and a bot on a network of their own.
@Suite(
    .enabled("network namespaces are not permitted here") { Namespace.isPermitted },
    .enabled("jq or python3 is not installed") {
        ["jq", "python3"].allSatisfy { FileManager.default.isExecutableFile(atPath: "/usr/bin/\($0)") }
    }, .timeLimit(.minutes(3)))
struct BotTutorialTests {
    @Test func itComesOutAsThePageSays() throws {
        let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let examples = ManualExampleTests.examples(of: "linnet-bots.7")
        let folder = NSTemporaryDirectory() + "linnet-bots-\(UInt64.random(in: 0...UInt64.max))"
        try FileManager.default.createDirectory(atPath: folder + "/bin", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createSymbolicLink(
            atPath: folder + "/bin/linnet", withDestinationPath: EngineProcess.tool)
        for (number, example) in examples.enumerated() {
            let text = example.replacing(
                "/usr/local/share/doc/linnet/examples", with: sources.appendingPathComponent("Examples").path)
            try text.write(toFile: "\(folder)/\(number).sh", atomically: false, encoding: .utf8)
        }
        let said = try Namespace.run(
            """
            cd \(folder); export HOME=\(folder) PATH=\(folder)/bin:$PATH
            for number in $(seq 0 \(examples.count - 1)); do
                sh -eu $number.sh </dev/null >$number.out 2>&1 || echo "status $?" >>$number.out
                echo "example $number:"; cat $number.out
            done
            # What is left behind if something went wrong.
            for profile in default helper guest; do linnet --profile $profile -q shutdown 2>/dev/null; done
            """
        ).output
        #expect(examples.count >= 15)
        let expected = [
            "admin Ann\nmember helper\n", "!ping\npong\n", "I know !time.\n", " rate.limited\n", "stopped",
        ]
        for text in expected + ["3 words\n", "4 words\n", "please do not say 'spam'", "was removed: said 'spam' again"]
        {
            #expect(said.contains(text), "\(said)")
        }
        #expect(!said.contains("status "), "\(said)")
        let number = try #require(examples.firstIndex { $0.contains("key='re") })
        let twice = try #require(said.split(separator: "example \(number):\n").last?.split(separator: "\n").prefix(2))
        #expect(Set(twice).count == 1)
    }
}

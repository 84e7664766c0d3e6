import Foundation
import Reactor
import Testing
import Wire

@testable import Engine

/// What the README and the manual show: every command line of the README is run, every line of JSON is held against the
/// schema.
@Suite struct ReadmeTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let pages =
        ["README.md"]
        + [
            "linnet.1", "linnet-bots.7", "linnet-commands.5", "linnet-config.5", "linnet-errors.5", "linnet-events.5",
            "linnet-examples.7", "linnet-protocol.5", "linnet-security.7",
        ].map { "man/\($0)" }

    private static func text(of page: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(page), encoding: .utf8).replacing("\\-", with: "-")
            .replacing("\\(aq", with: "'").replacing("\\e", with: "\\")
    }

    /// The command lines of the consoles, with what belongs to them: the lines behind a backslash, and here-documents.
    static func commands() throws -> [String] {
        var commands: [String] = []
        for console in try text(of: "README.md").components(separatedBy: "```console\n").dropFirst() {
            var isOpen = false
            for line in console.components(separatedBy: "\n```")[0].split(separator: "\n") {
                if line.hasPrefix("$ ") {
                    commands.append(String(line.dropFirst(2)))
                    isOpen = line.hasSuffix("\\") || line.contains("<<'END'")
                } else if isOpen {
                    commands[commands.count - 1] += "\n" + line
                    isOpen = line != "END" && (commands.last?.contains("<<'END'") == true || line.hasSuffix("\\"))
                }
            }
        }
        return commands.filter { !$0.hasPrefix("make ") }
    }

    @Test(.enabled("jq is not installed") { FileManager.default.isExecutableFile(atPath: "/usr/bin/jq") })
    func everyCommandOfTheReadmeRuns() async throws {
        let commands = try Self.commands()
        try #require(commands.count == 7)
        let folder = NSTemporaryDirectory() + "linnet-readme-\(UInt64.random(in: 0...UInt64.max))"
        try FileManager.default.createDirectory(atPath: folder + "/bin", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createSymbolicLink(
            atPath: folder + "/bin/linnet", withDestinationPath: EngineProcess.tool)
        for (number, command) in commands.enumerated() {
            // What the reader puts in: the peer id that the first command has printed, and a port that is free.
            let text = command.replacing("12D3KooWPVEr…", with: "$alice").replacing("<<'END'", with: "<<END")
                .replacing("tcp/4001", with: "tcp/$1").replacing("tcp/4002", with: "tcp/0")
            let alice = number > 1 ? "alice=$(linnet --profile alice account.show --raw peer)\n" : ""
            try "export HOME=\(folder) PATH=\(folder)/bin:$PATH\ncd\n\(alice)\(text)\n".write(
                toFile: "\(folder)/\(number).sh", atomically: false, encoding: .utf8)
        }
        try """
        export HOME=\(folder) PATH=\(folder)/bin:$PATH
        until [ -S "$HOME/.local/share/linnet/$1/socket" ]; do sleep 0.1; done
        """.write(toFile: folder + "/wait.sh", atomically: false, encoding: .utf8)
        try """
        export HOME=\(folder) PATH=\(folder)/bin:$PATH
        linnet --profile "$1" -q shutdown
        """.write(toFile: folder + "/stop.sh", atomically: false, encoding: .utf8)
        // jq shows what alice was sent when her engine has ended: here it writes to a pipe, and keeps lines back.
        let script = Script(
            name: "README",
            text: """
                port free port
                program i /bin/sh -eu \(folder)/0.sh
                i >~ 12D3KooW
                i exits 0
                program l /bin/sh -eu \(folder)/1.sh ${port}
                program w /bin/sh -eu \(folder)/wait.sh alice
                w exits 0
                program b /bin/sh -eu \(folder)/2.sh ${port}
                b >> {"type":"started",...}
                b >> {"type":"ok",...,"state":"delivered"}
                b >> {"type":"stopped",...}
                b exits 0
                program o /bin/sh -eu \(folder)/3.sh ${port}
                o exits 0
                program o /bin/sh -eu \(folder)/4.sh
                o >> {"type":"ok",...,"state":"delivered"}
                o exits 0
                program o /bin/sh -eu \(folder)/5.sh
                o exits 0
                program e /bin/sh -eu \(folder)/6.sh
                program w /bin/sh -eu \(folder)/wait.sh default
                w exits 0
                program o /bin/sh -eu \(folder)/stop.sh default
                o exits 0
                e exits 0
                program o /bin/sh -eu \(folder)/stop.sh alice
                o exits 0
                l >> {"type":"message",...,"text":"hi",...}
                l >> {"type":"message",...,"text":"backup done",...}
                l exits 0
                """)
        try await spawn { try await ScriptRunner(script).run() }.value
    }

    /// Every command in JSON is one that an engine would take.
    @Test(arguments: pages) func everyLineOfJSONIsValid(page: String) throws {
        var text = try Self.text(of: page)
        if page == "README.md" { text = text.replacing("`", with: "\n") }
        for line in text.split(separator: "\n") {
            guard let start = line.range(of: "{\"cmd\":\""), !line.contains("\\\""), !line.hasPrefix("echo"),
                !line.hasPrefix("    echo"),
                !line.hasPrefix("printf"), !line.contains("mesage.send")
            else { continue }
            let part = String(line[start.lowerBound...]).replacing("12D3KooW…", with: Self.peer)
                .replacing("12D3KooWPVEr…", with: Self.peer).replacing("12D3KooW...", with: Self.peer)
            guard part.hasSuffix("}"), !part.contains("…"), !part.contains("...") else { continue }
            guard case .object(let members) = try JSON(parsing: Array(part.utf8)) else {
                Issue.record("\(part)")
                continue
            }
            let name = try #require(Envelope(members).command, "\(part)")
            let command = try #require(CommandTable.standard.named(name), "\(part)")
            #expect(throws: Never.self, "\(part)") { try command.spec.validate(members) }
        }
    }

    /// What the protocol's page shows of answers and events has only fields that they have.
    @Test func everyShownLineHasKnownFields() throws {
        var count = 0
        for line in try Self.text(of: "man/linnet-protocol.5").split(separator: "\n") where line.hasPrefix("out  {") {
            let text = String(line.dropFirst(5))
            guard case .object(let members) = try JSON(parsing: Array(text.utf8)) else { continue }
            let type = try #require(members.value("type")?.stringValue)
            let command = members.value("cmd")?.stringValue.flatMap { CommandTable.standard.named($0)?.spec }
            let code = members.value("code")?.stringValue
            let fields: [FieldSpec] =
                switch type {
                case "ok": command?.answer ?? []
                case "item": command?.item ?? []
                case "progress": command?.progress ?? []
                case "error":
                    [Fields.code, Fields.errorText, Fields.field, Fields.line, Fields.retry]
                        + (ErrorSpec.all.first { $0.code == code }?.details ?? [])
                default:
                    Events.all.first { $0.name == type }.map { $0.envelope + $0.fields } ?? []
                }
            let known = ["type", "id", "cmd"] + fields.map(\.name)
            for member in members { #expect(known.contains(member.name), "\(member.name) in \(text)") }
            count += 1
        }
        #expect(count >= 10)
    }

    private static let peer = "12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo"
}

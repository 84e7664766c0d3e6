import Foundation
import Testing

@testable import linnet

/// The completion scripts, read by the shells themselves where they are there.
@Suite struct CompletionTests {
    @Test(arguments: Subcommand.Shell.allCases)
    func everythingIsNamed(_ shell: Subcommand.Shell) {
        let script = Completion.standard.script(for: shell)
        for spec in ToolOptions.specs { #expect(script.contains(spec.name.drop { $0 == "-" }), "\(spec.name)") }
        for spec in Subcommand.specs {
            let options = spec.options.map { String($0.name.dropFirst(2)) }
            for word in [spec.name] + options + Completion.words(behind: spec) {
                #expect(script.contains(word), "\(word)")
            }
        }
        for command in Completion.standard.commands {
            #expect(script.contains(command.name))
            for field in command.arguments { #expect(script.contains(field.name), "\(command.name) \(field.name)") }
        }
        #expect(script.contains("linnet completion \(shell.rawValue)"))
    }

    @Test(arguments: Subcommand.Shell.allCases)
    func theShellReadsIt(_ shell: Subcommand.Shell) throws {
        guard let path = Self.path(of: shell) else { return }
        let result = try Self.run(path, shell == .fish ? ["--no-config", "-n"] : ["-n"], shell)
        #expect(result.status == 0, "\(result.text)")
    }

    @Test(arguments: [
        (["--on"], ["--on-eof"]), (["--on-eof", "d"], ["drain"]), (["--on-eof", "="], ["drain", "stay", "now"]),
        (["--on-eof", "=", "s"], ["stay"]), (["--listen", ""], []), (["sch"], ["schema"]),
        (["schema", ""], ["--openrpc"]), (["completion", ""], ["bash", "zsh", "fish"]),
        (["completion", "bash", ""], []), (["--home", "/us"], ["/usr"]),
        (["--config", "/etc/resolv.c"], ["/etc/resolv.conf"]),
        (["--log", "w"], ["warning"]),
        (["--ephemeral", "--pr"], ["--profile", "--presence", "--presence-interval"]),
        (["message.se"], ["message.send"]),
        (["--profile", "bob", "net.pi"], ["net.ping"]), (["--profile", "=", "bob", "net.pi"], ["net.ping"]),
        (["net.ping", ""], ["peer=", "count=", "interval=", "timeout="]), (["-q", "message.send", "wa"], ["wait="]),
        (["message.send", "to", "=", "bob", "t"], ["to=", "text=", "timeout="]),
        (["message.send", "wait", "="], waits),
        (["message.send", "wait", "=", "del"], ["delivered"]), (["message.send", "text", "=", "d"], []),
        (["peer.list", "connected", "=", "t"], ["true"]), (["status", ""], ["timeout="]),
        (["message.send", "k"], ["key="]),
        (["help", "message.r"], ["message.read"]), (["help", "doc"], ["doctor"]), (["help", "exi"], ["exits"]),
        (["listen", "message.s"], ["message.sent"]),
        (["listen", "message", "peer.d"], ["peer.disconnected", "peer.discovered"]),
        (["events.subscribe", "types", "=", "group.l"], ["group.left"]), (["--cons"], ["--consumer"]),
        (["replay", "/etc/resolv.c"], ["/etc/resolv.conf"]),
        (["message.send", "to", "=", ""], ["al", "bob", "#team", "\\#the\\ others"]),
        (["message.send", "to", "=", "b"], ["bob"]), (["message.list", "chat", "=", "#te"], ["#team"]),
        (["net.ping", "peer", "=", ""], ["al", "bob"]), (["group.leave", "group", "=", "#te"], ["#team"]),
        (["--home", "/h", "--profile", "="], ["default", "work"]), (["--profile", "w"], ["work"]),
        (["--home", "/h", "--profile", "=", "work", "group.show", "group", "=", ""], ["#work"]),
        (["completion", "--log", "w"], ["warning"]),
    ])
    func bash(_ words: [String], _ completions: [String]) throws {
        guard let path = Self.path(of: .bash) else { return }
        let line = words.map { "'\($0)'" }.joined(separator: " ")
        let question = """

            linnet() { \(Self.known); }
            COMP_WORDS=(linnet \(line)); COMP_CWORD=\(words.count)
            _linnet
            echo "${COMPREPLY[@]}"

            """
        let result = try Self.run(path, ["--norc"], .bash, question)
        #expect(result.text == completions.joined(separator: " ") + "\n")
    }

    @Test(arguments: [
        ("linnet --on-eof ", ["drain", "now", "stay"]), ("linnet --on", ["--on-eof"]), ("linnet sch", ["schema"]),
        ("linnet completion ", ["bash", "fish", "zsh"]), ("linnet schema --", ["--openrpc"]),
        ("linnet message.se", ["message.send"]), ("linnet --profile bob net.pi", ["net.ping"]),
        ("linnet net.ping ", ["count=", "interval=", "peer=", "peer=al", "peer=bob", "timeout="]),
        ("linnet message.send wait=d", ["wait=delivered"]),
        ("linnet message.send to=bob te", ["text="]), ("linnet help message.r", ["message.read"]),
        ("linnet message.send to=b", ["to=bob"]), ("linnet message.list chat=\\#te", ["chat=#team"]),
        ("linnet --profile ", ["default", "work"]), ("linnet listen message.s", ["message.sent"]),
        ("linnet message.send k", ["key="]),
    ])
    func fish(_ line: String, _ completions: [String]) throws {
        guard let path = Self.path(of: .fish) else { return }
        let result = try Self.run(path, ["--no-config"], .fish, "\n\(Self.knownToFish)\ncomplete -C '\(line)'\n")
        let found = result.text.split(separator: "\n").map { String($0.prefix { $0 != "\t" }) }
        #expect(found == completions)
    }

    /// What the profile would know.
    private static let known = """
        case "$*" in
        "completion-names aliases groups") printf '%s\\n' al bob '#team' '#the others' ;;
        "completion-names aliases") printf '%s\\n' al bob ;;
        "completion-names groups") printf '%s\\n' '#team' ;;
        *"completion-names profiles") printf '%s\\n' default work ;;
        "--home /h --profile work completion-names groups") echo '#work' ;;
        esac
        """
    private static let knownToFish = """
        function linnet
            switch "$argv"
                case 'completion-names aliases groups'
                    printf '%s\\n' al bob '#team'
                case 'completion-names aliases'
                    printf '%s\\n' al bob
                case '*completion-names profiles'
                    printf '%s\\n' default work
            end
        end
        """
    private static let waits = ["accepted", "sent", "delivered"]

    private static func path(of shell: Subcommand.Shell) -> String? {
        ["/usr/bin", "/bin", "/usr/local/bin", "/opt/homebrew/bin"].map { "\($0)/\(shell.rawValue)" }.first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
    }

    /// Gives a shell the script and more on its stdin; tells how it ended and what it wrote.
    private static func run(
        _ path: String, _ arguments: [String], _ shell: Subcommand.Shell, _ more: String = ""
    ) throws -> (status: Int32, text: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.environment = ["PATH": "/usr/bin:/bin", "HOME": NSTemporaryDirectory(), "TERM": "dumb"]
        let input = Pipe()
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        process.standardError = output
        try process.run()
        input.fileHandleForWriting.write(Data((Completion.standard.script(for: shell) + more).utf8))
        try input.fileHandleForWriting.close()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }
}

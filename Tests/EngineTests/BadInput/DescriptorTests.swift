import Foundation
import Reactor
import TestSupport
import Testing
import Wire

/// Standard streams that do not work: what cannot be written or read is an error that scripts see.
@Suite("Standard streams") struct DescriptorTests {
    /// What became of a line of shell.
    private struct Outcome {
        let status: Reactor.ExitStatus?
        let lines: [String]
        let errors: String
    }

    /// Runs a line of shell in which `linnet` is the tool.
    private func shell(_ line: String, in folder: TestFolder, closesInput: Bool = true) async throws -> Outcome {
        try await spawn {
            let text = #"linnet() { "$LINNET" "$@"; }; cd "$HOME" || exit 99; "# + line
            let process = try EngineProcess(["-c", text], home: folder.path, program: "/bin/bash")
            defer { process.send(.kill) }
            if closesInput { process.closeInput() }
            let status = await process.end(within: .seconds(60))
            let deadline = ContinuousClock.now + .seconds(10)
            while !process.isAtEnd, await process.news(before: deadline) {}
            await World.real().clock.sleep(for: .milliseconds(50))
            return Outcome(
                status: status, lines: process.lines.map(\.text),
                errors: String(decoding: process.errors, as: UTF8.self))
        }.value
    }

    /// Every way to print something.
    static let printing = [
        "linnet --version", "linnet --help", "linnet help", "linnet help status", "linnet schema",
        "linnet schema --openrpc", "linnet completion zsh", "linnet --ephemeral doctor",
        "linnet --ephemeral doctor --json",
        "linnet --ephemeral status", "linnet --ephemeral --raw peer status", "linnet --ephemeral net.ping peer=nobody",
        "linnet --ephemeral nonsense", "echo '{\"cmd\":\"status\"}' | linnet --ephemeral",
        "linnet --ephemeral --listen /ip4/1.2.3.4/tcp/1",
    ]

    @Test(arguments: printing) func aFullDiskIsAnError(_ command: String) async throws {
        let folder = try TestFolder()
        let outcome = try await shell("\(command) >/dev/full", in: folder)
        #expect(outcome.status == .exited(74), "\(outcome)")
        #expect(outcome.errors.contains("cannot write to stdout: No space left on device"), "\(outcome)")
    }

    /// Those who speak to an engine of somebody else's, and a replay.
    @Test(arguments: ["attach", "listen", "replay --fast ../record"])
    func aFullDiskIsAnErrorOfClientsToo(_ command: String) async throws {
        let folder = try TestFolder()
        let outcome = try await shell(
            """
            mkdir cwd; cd cwd; mkfifo in open; exec 8<>open
            linnet --home ../h --record ../record <in >out & exec 9>in
            until grep -q started out; do sleep 0.05; done
            case "\(command)" in replay*) exec 9>&-; wait ;; esac
            linnet --home ../h \(command) <&8 9>&- >/dev/full & client=$!
            sleep 0.5
            linnet --home ../h contact.add peer=\(strangersPeer) alias=bob >../answer
            wait $client; status=$?; exec 9>&-; wait; exit $status
            """, in: folder)
        #expect(outcome.status == .exited(74), "\(outcome)")
        #expect(outcome.errors.contains("cannot write to stdout: No space left on device"), "\(outcome)")
    }

    @Test(arguments: ["linnet --version", "linnet --home h status", "echo '{\"cmd\":\"status\"}' | linnet --home h"])
    func aClosedStdoutIsAnError(_ command: String) async throws {
        let folder = try TestFolder()
        let outcome = try await shell("\(command) >&-", in: folder)
        #expect(outcome.status == .exited(74), "\(outcome)")
        #expect(outcome.errors.contains("cannot write to stdout: Bad file descriptor"), "\(outcome)")
        // Nor was anything else written to that was opened in its place.
        let after = try await shell("linnet --home h account.show", in: folder)
        #expect(command.contains("--version") || after.status == .exited(0), "\(after)")
    }

    /// Nobody deletes an account whose backup could not be written.
    @Test func anExportThatIsNotWrittenFails() async throws {
        let folder = try TestFolder()
        let outcome = try await shell(
            "linnet --home h status >first || exit 90; "
                + "linnet --home h account.export form=backup passphrase=hunter2hunter2 >/dev/full "
                + "&& linnet --home h account.delete", in: folder)
        #expect(outcome.status == .exited(74), "\(outcome)")
        #expect(try await shell("linnet --home h account.show >/dev/null", in: folder).status == .exited(0))
    }

    /// A terminal that was hung up says EIO.
    @Test(arguments: ["--ephemeral status", "--version", "--ephemeral --on-eof stay"])
    func aTerminalThatIsGoneIsAnError(_ command: String) async throws {
        let folder = try TestFolder()
        let program = """
            import os, pty, subprocess, sys
            master, slave = pty.openpty()
            os.close(master)
            command = [os.environ["LINNET"]] + sys.argv[1:]
            sys.exit(subprocess.run(command, stdin=subprocess.DEVNULL, stdout=slave).returncode)
            """
        try Data(program.utf8).write(to: URL(fileURLWithPath: folder.path + "/terminal.py"))
        let outcome = try await shell("python3 terminal.py \(command)", in: folder)
        #expect(outcome.status == .exited(74), "\(outcome)")
        #expect(outcome.errors.contains("cannot write to stdout: Input/output error"), "\(outcome)")
    }

    @Test(arguments: printing) func aReaderThatHasLeftIsNone(_ command: String) async throws {
        let folder = try TestFolder()
        // Those that fail anyhow do so with their own status.
        if command.contains("nobody") || command.contains("nonsense") || command.contains("1.2.3.4") { return }
        let parts = command.split(separator: "|").map(String.init)
        let last = parts[parts.count - 1].trimmingCharacters(in: .whitespaces)
        let line = (parts.dropLast() + ["{ sleep 0.2; \(last); echo \"status $?\" >&2; }"]).joined(separator: "|")
        let outcome = try await shell("\(line) | true", in: folder)
        #expect(outcome.errors.contains("status 0"), "\(outcome)")
        #expect(!outcome.errors.contains("cannot write"), "\(outcome)")
    }

    /// Nobody is told, and nothing comes of it.
    @Test(arguments: ["2>&-", "2>/dev/full"]) func aBrokenStderrDoesNotMatter(_ redirection: String) async throws {
        let folder = try TestFolder()
        let works = try await shell("linnet --home h --log debug status \(redirection)", in: folder)
        #expect(works.status == .exited(0) && works.lines.first?.hasPrefix(#"{"type":"ok""#) == true, "\(works)")
        let fails = try await shell("linnet --home h message.show message=nonsense \(redirection)", in: folder)
        #expect(fails.status == .exited(64), "\(fails)")
        let all = try await shell("linnet --home h status <&- >&- 2>&-; echo $?", in: folder)
        #expect(all.lines == ["74"], "\(all)")
        #expect(try await shell("linnet --home h account.show >/dev/null", in: folder).status == .exited(0))
    }

    @Test(arguments: [("</", "Is a directory"), ("<&-", "Bad file descriptor")])
    func anUnreadableStdinIsAnError(_ redirection: String, _ reason: String) async throws {
        let folder = try TestFolder()
        let filter = try await shell("linnet --ephemeral --on-eof stay \(redirection)", in: folder)
        #expect(filter.status == .exited(74), "\(filter)")
        #expect(filter.errors.contains("cannot read stdin: \(reason)"), "\(filter)")
        #expect(filter.lines.count == 3 && filter.lines[0].hasPrefix(#"{"type":"started""#), "\(filter)")
        #expect(filter.lines.contains { $0.contains(#""code":"input.failed""#) }, "\(filter)")
        #expect(filter.lines.last?.hasPrefix(#"{"type":"stopped","reason":"error""#) == true, "\(filter)")

        for command in ["topic.publish topic=x text=@-", "--secret-fd 0 status"] {
            let oneShot = try await shell("linnet --ephemeral \(command) \(redirection)", in: folder)
            #expect(oneShot.status == .exited(74), "\(command): \(oneShot)")
            #expect(oneShot.errors.contains(reason), "\(command): \(oneShot)")
            #expect(oneShot.lines.contains { $0.contains(#""code":"input.failed""#) }, "\(command): \(oneShot)")
        }
        let replay = try await shell("linnet replay - \(redirection)", in: folder)
        #expect(replay.status == .exited(74), "\(replay)")
        let attached = try await shell(
            "mkfifo in; linnet --home h <in >out & exec 9>in; until grep -q started out; do sleep 0.05; done; "
                + "linnet --home h attach \(redirection); status=$?; exec 9>&-; wait; exit $status", in: folder)
        #expect(attached.status == .exited(74), "\(attached)")
        #expect(attached.errors.contains("cannot read stdin: \(reason)"), "\(attached)")
        // What reads nothing does not mind.
        #expect(try await shell("linnet --ephemeral status \(redirection) >/dev/null", in: folder).status == .exited(0))
    }

    @Test func anUnreadableFileIsAnError() async throws {
        let folder = try TestFolder()
        for command in [
            "topic.publish topic=x text=@/", "--secret-fd 9 status", "--secret-fd 9 doctor", "--secret-fd 8",
        ] {
            let outcome = try await shell("exec 8</; linnet --ephemeral \(command)", in: folder)
            #expect(outcome.status == .exited(74), "\(command): \(outcome)")
            #expect(outcome.errors.contains("cannot read"), "\(command): \(outcome)")
        }
    }

    /// The commands before a read that fails are done, and a line that it cut off is not.
    @Test func whatWasReadBeforeIsDone() async throws {
        let folder = try TestFolder()
        let program = """
            import os, pty, subprocess, sys, time
            master, slave = pty.openpty()
            import termios
            mode = termios.tcgetattr(slave)
            mode[3] &= ~(termios.ICANON | termios.ECHO)
            termios.tcsetattr(slave, termios.TCSANOW, mode)
            child = subprocess.Popen([os.environ["LINNET"], "--ephemeral"], stdin=slave, stdout=subprocess.PIPE)
            child.stdout.readline()
            os.write(master, b'{"cmd":"status","id":1}\\n{"cmd":"shut')
            print(child.stdout.readline().decode()[:40])
            os.close(slave)
            os.close(master)
            print(child.stdout.read().decode())
            sys.exit(child.wait())
            """
        try Data(program.utf8).write(to: URL(fileURLWithPath: folder.path + "/terminal.py"))
        let outcome = try await shell("python3 terminal.py", in: folder)
        // The system tells a hung-up terminal's end as one or the other.
        #expect(outcome.status == .exited(74) || outcome.status == .exited(0), "\(outcome)")
        #expect(outcome.lines.first?.contains(#""id":1"#) == true, "\(outcome)")
    }

    /// As the first process of a container, linnet reaps what others have left.
    @Test func orphansAreReapedByTheFirstProcess() async throws {
        let folder = try TestFolder()
        let isolated = "unshare --user --map-root-user --pid --fork --mount-proc"
        guard try await shell("\(isolated) true", in: folder).status == .exited(0) else { return }
        let bot = """
            for i in 1 2 3 4 5; do (sleep 0.1 &); done
            sleep 1
            cat /proc/[0-9]*/stat | grep -c ' Z ' >&2
            exit 3
            """
        try Data(bot.utf8).write(to: URL(fileURLWithPath: folder.path + "/bot"))
        let outcome = try await shell(
            #"\#(isolated) "$LINNET" --ephemeral --restart never --exec "sh $HOME/bot""#, in: folder)
        #expect(outcome.status == .exited(3), "\(outcome)")
        #expect(outcome.errors.split(separator: "\n").first == "0", "\(outcome)")
    }

    /// Whoever started us may have had the ends of children ignored.
    @Test func aChildsStatusIsSeenWhereItWasIgnored() async throws {
        let folder = try TestFolder()
        let outcome = try await shell(
            #"trap "" CHLD; exec "$LINNET" --ephemeral --restart never --exec "exit 5""#, in: folder)
        #expect(outcome.status == .exited(5), "\(outcome)")
    }

    /// A profile has a place though HOME is missing.
    @Test func aMissingHomeIsLookedUp() async throws {
        let folder = try TestFolder()
        let outcome = try await shell(
            #"env -i STATE_DIRECTORY="$HOME/state:$HOME/other" "$LINNET" --raw profile status && ls state/default"#,
            in: folder)
        #expect(outcome.status == .exited(0) && outcome.lines.contains("linnet.db"), "\(outcome)")
        let doctor = try await shell(#"env -i "$LINNET" doctor"#, in: folder)
        #expect(!doctor.lines.joined().contains("no place for a profile"), "\(doctor)")
        let home = try await shell("getent passwd \"$(id -u)\" | cut -d: -f6", in: folder)
        if let home = home.lines.first, home.hasPrefix("/") {
            #expect(doctor.lines.joined().contains(home), "\(doctor)")
        }
    }

    /// A library that was configured to offer less is named.
    @Test func aMissingAlgorithmIsNamed() async throws {
        let folder = try TestFolder()
        let configuration = """
            openssl_conf = init
            [init]
            providers = providers
            [providers]
            base = base
            [base]
            activate = 1
            """
        try Data(configuration.utf8).write(to: URL(fileURLWithPath: folder.path + "/openssl.cnf"))
        for command in ["linnet --home h status", "linnet --home h </dev/null", "linnet --home h listen"] {
            let outcome = try await shell("export OPENSSL_CONF=$HOME/openssl.cnf; \(command)", in: folder)
            #expect(outcome.status == .exited(78), "\(command): \(outcome)")
            #expect(outcome.errors.contains("ChaCha20-Poly1305"), "\(command): \(outcome)")
            #expect(outcome.errors.contains("RIPEMD160"), "\(command): \(outcome)")
            #expect(outcome.lines.contains { $0.contains("library.incomplete") }, "\(command): \(outcome)")
        }
        let doctor = try await shell(
            "linnet --home h status >/dev/null; OPENSSL_CONF=openssl.cnf linnet --home h doctor", in: folder)
        #expect(doctor.status == .exited(78), "\(doctor)")
        #expect(doctor.lines.contains { $0.contains("libraries") && $0.contains("ChaCha20-Poly1305") }, "\(doctor)")
    }
}

import Foundation
import Reactor
import Testing
import Wire

@testable import Engine

/// Values on their own: exact for programs, harmless on a terminal.
@Suite struct RawTextTests {
    private static let nasty = "a\u{1B}[31m\tb\u{202E}c\u{2028}\u{85}\u{200F}\r"

    private func text(_ value: JSON, onOneLine: Bool, isForTerminal: Bool) -> String {
        String(decoding: RawText.bytes(of: value, onOneLine: onOneLine, isForTerminal: isForTerminal), as: UTF8.self)
    }

    @Test func aProgramGetsTheText() {
        let value = JSON.string(Self.nasty + "\nnext")
        #expect(text(value, onOneLine: false, isForTerminal: false) == Self.nasty + "\nnext\n")
        // As many lines as values.
        #expect(text(value, onOneLine: true, isForTerminal: false) == Self.nasty + "\\nnext\n")
    }

    @Test func aTerminalGetsNothingToObey() {
        let shown = #"a\u001b[31m"# + "\tb" + #"\u202ec\u2028\u0085\u200f\u000d"#
        let value = JSON.string(Self.nasty + "\nnext")
        #expect(text(value, onOneLine: false, isForTerminal: true) == shown + "\nnext\n")
        #expect(text(value, onOneLine: true, isForTerminal: true) == shown + "\\nnext\n")
        var all = ""
        for scalar in (UInt32(0)...0x10FFFF).lazy.compactMap(Unicode.Scalar.init) { all.unicodeScalars.append(scalar) }
        let acting = text(.string(all), onOneLine: true, isForTerminal: true).unicodeScalars.filter(\.actsOnTerminal)
        #expect(Array(acting) == ["\t", "\n"])
    }

    @Test func otherValues() {
        for isForTerminal in [true, false] {
            #expect(text(.integer(7), onOneLine: true, isForTerminal: isForTerminal) == "7\n")
            let list = JSON.array([.string("a\nb"), .bool(true)])
            #expect(text(list, onOneLine: false, isForTerminal: isForTerminal) == "a\\nb\ntrue\n")
            let object = JSON.object([JSON.Member(name: "a", value: .string("\u{1B}"))])
            #expect(text(object, onOneLine: false, isForTerminal: isForTerminal) == #"{"a":"\u001b"}"# + "\n")
        }
    }

    /// The tool itself, once on a terminal and once on a pipe; and what it says on stderr.
    @Test func theToolKnowsATerminal() throws {
        let home = NSTemporaryDirectory() + "linnet-terminal-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: home) }
        let peer = "12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo"
        _ = try Self.run(
            ["--home", home, "--drain", "0", "-q", "message.send", "to=\(peer)", "text=\(Self.nasty)x\ny"])
        let list = ["--home", home, "message.list", "chat=\(peer)", "--raw", "text"]
        #expect(try Self.run(list).output == "\(Self.nasty)x\\ny\n")
        let shown = try Self.run(list, onTerminal: true).output
        #expect(shown.contains(#"a\u001b[31m"#) && shown.contains(#"\u202ec\u2028\u0085\u200f\u000dx\ny"#))
        // Lines are the same everywhere.
        let lines = try Self.run(Array(list.dropLast(2)), onTerminal: true).output
        #expect(lines.unicodeScalars.allSatisfy { !$0.actsOnTerminal || $0 == "\r" || $0 == "\n" })
        let wrong = try Self.run(["--home", home, "message.list", "chat=\(Self.nasty)\n"])
        #expect(wrong.errors.hasPrefix("linnet: 'a\\u001b[31m\\tb\\u202ec\\u2028\\u0085\\u200f\\u000d\\n' is"))
        #expect(try Self.run(["\(Self.nasty)"]).errors.unicodeScalars.count { $0.actsOnTerminal } == 1)
        #expect(try Self.run(["--\(Self.nasty)"]).errors.unicodeScalars.count { $0.actsOnTerminal } == 2)
    }

    /// Runs the tool to its end.
    private static func run(
        _ words: [String], onTerminal: Bool = false
    ) throws -> (output: String, errors: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: EngineProcess.tool)
        process.arguments = words
        process.environment = ["SWIFT_BACKTRACE": "enable=no"]
        process.standardInput = FileHandle.nullDevice
        let errors = Pipe()
        process.standardError = errors
        guard onTerminal else {
            let output = Pipe()
            process.standardOutput = output
            try process.run()
            let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            let told = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            return (text, told)
        }
        let master = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        defer { close(master) }
        // TIOCSPTLCK and TIOCGPTN, which the module does not have.
        var (lock, number): (Int32, UInt32) = (0, 0)
        try #require(ioctl(master, 0x4004_5431, &lock) == 0 && ioctl(master, 0x8004_5430, &number) == 0)
        let slave = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
        process.standardOutput = FileHandle(fileDescriptor: slave, closeOnDealloc: true)
        try process.run()
        process.waitUntilExit()
        // What it wrote is less than a terminal holds.
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = read(master, &buffer, buffer.count)
        return (String(decoding: buffer.prefix(max(0, count)), as: UTF8.self), "")
    }
}

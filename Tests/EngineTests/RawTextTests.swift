import Foundation
import Reactor
import Testing
import Wire

@testable import Engine

/// Values on their own: harmless as lines, exact as records.
@Suite struct RawTextTests {
    private static let nasty = "a\u{1B}[31m\tb\u{202E}c\u{2028}\u{85}\u{200F}\r"
    private static let shielded = #"a\u001b[31m\tb\u202ec\u2028\u0085\u200f\r"#

    private func line(_ value: JSON?) -> String {
        String(decoding: RawText.line(value), as: UTF8.self)
    }

    @Test func aLineHoldsNothingToObey() {
        #expect(line(.string(Self.nasty + "\nnext")) == Self.shielded + #"\nnext"# + "\n")
        var all = ""
        for scalar in (UInt32(0)...0x10FFFF).lazy.compactMap(Unicode.Scalar.init) { all.unicodeScalars.append(scalar) }
        #expect(Array(line(.string(all)).unicodeScalars.filter(\.actsOnTerminal)) == ["\n"])
    }

    /// Two values that differ are two lines that differ, and each is one line.
    @Test func linesAreUnambiguous() throws {
        let texts = [
            "", "\"", "\"\"", "\\", "\\\"", "\\n", "\n", "\\\\n", "a\"b", "null", " ", "\\u001b", "\u{1B}", "[]",
            "a\nb",
            "a\\nb",
        ]
        let lines = [line(nil)] + texts.map { line(.string($0)) }
        #expect(Set(lines).count == lines.count)
        #expect(lines.allSatisfy { $0.hasSuffix("\n") && $0.count { $0 == "\n" } == 1 })
        // A line is read back as JSON text, but for the quotation marks in it.
        for (text, line) in zip(texts, lines.dropFirst()) where !text.isEmpty {
            var escaped = ""
            var isEscape = false
            for character in line.dropLast() {
                if character == "\"", !isEscape { escaped += "\\" }
                isEscape = character == "\\" && !isEscape
                escaped.append(character)
            }
            #expect(try JSON(parsing: Array("\"\(escaped)\"".utf8)) == .string(text))
        }
    }

    @Test func otherValues() {
        #expect(line(.integer(7)) == "7\n")
        #expect(
            line(.array([.string("a\nb"), .bool(true), .string("c d"), .string("")])) == #"a\nb true c\u0020d """#
                + "\n")
        #expect(line(.array([])) == "\n")
        #expect(line(.object([JSON.Member(name: "a", value: .string("\u{1B}"))])) == #"{"a":"\u001b"}"# + "\n")
        #expect(line(nil) == "\n")
    }

    @Test func recordsAreTheVeryText() {
        #expect(RawText.record(.string(Self.nasty + "\nnext")) == Array((Self.nasty + "\nnext\0").utf8))
        #expect(RawText.record(.integer(7)) == Array("7\0".utf8))
        #expect(RawText.record(nil) == [0])
    }

    /// The tool itself, once on a terminal and once on a pipe; and what it says on stderr.
    @Test func theToolIsTheSameOnATerminal() throws {
        let home = NSTemporaryDirectory() + "linnet-terminal-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: home) }
        let peer = "12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo"
        // The drain is short: nobody is to be reached.
        for body in ["text=\(Self.nasty)x\ny", "body_b64=AAE=", "text=\\n"] {
            _ = try Self.run(["--home", home, "--drain", "0", "-q", "message.send", "to=\(peer)", body])
        }
        let list = ["--home", home, "message.list", "chat=\(peer)"]
        let text = try Self.run(list + ["--raw", "text"]).output
        #expect(text == "\(Self.shielded)x\\ny\n\n\\\\n\n")
        #expect(try Self.run(list + ["--raw", "text"], onTerminal: true).output == text.replacing("\n", with: "\r\n"))
        #expect(try Self.run(list + ["--raw0", "text"]).output == "\(Self.nasty)x\ny\0\0\\n\0")
        #expect(try Self.run(list + ["--raw", "next"]).output == "")
        // Lines are the same everywhere.
        let lines = try Self.run(list, onTerminal: true).output
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

import Foundation
import Testing

/// A test that is a text: lines into engines, the lines that must come out of them.
///
/// | statement | meaning |
/// |---|---|
/// | `start NAME [VARIABLE=VALUE…] OPTION…` | start an engine; `\x20` is a blank within an option |
/// | `run NAME OPTION…` | the same, but its output need not be the line language |
/// | `example NAME FILE WORD…` | start a file of `Examples/` |
/// | `show NAME FILE WORD…` | the same, but its output need not be the line language |
/// | `program NAME PATH WORD…` | start any program, whose output need not be the line language |
/// | `NAME < LINE` | write a line |
/// | `NAME <\| TEXT` | write it without a newline |
/// | `NAME <\\ TEXT` | write exactly these bytes: `\n \r \t \\ \xNN`, and `{N*TEXT}` for N times TEXT |
/// | `NAME > PATTERN` | the next line must fit |
/// | `NAME >> PATTERN` | some line must fit that was not taken yet; the others stay |
/// | `NAME >! PATTERN` | no line that is here and not taken yet may fit |
/// | `NAME >= TEXT` | the next line must be these very bytes |
/// | `NAME >~ TEXT` | the next line must contain this |
/// | `NAME quiet MS` | no line comes for so long |
/// | `NAME close` | close its stdin |
/// | `NAME hangup` | close our end of its stdout |
/// | `NAME stall`, `NAME resume` | stop and go on reading its stdout |
/// | `NAME signal TERM` | send a signal |
/// | `NAME exits STATUS [within MS]` | it must end, and so |
/// | `NAME ends PATTERN` | its last line must fit |
/// | `NAME says TEXT` | its stderr must contain the text |
/// | `NAME hides TEXT` | its stderr must not contain the text |
/// | `NAME repeat N LINE` | write a line N times, `$i` in it counting from 1 |
/// | `NAME takes N PATTERN` | N lines that fit must come, whatever comes between them |
/// | `port free NAME` | a port of 127.0.0.1 to listen on |
/// | `port closed NAME`, `port silent NAME` | a port of 127.0.0.1 where nobody listens, or nobody answers |
/// | `file PATH mode 600` | the file is there, with this mode |
/// | `file PATH gone` | there is no such file |
/// | `file PATH reads TEXT` | this is its content |
/// | `file PATH holds TEXT` | make it, with mode 600 and this content |
/// | `chmod 644 PATH` | set a mode |
/// | `wait MS` | wait |
///
/// An event of presence comes when it likes: what asks for the next line, or for none, passes over it, unless the script
/// names it somewhere.
///
/// `$name` stands for the JSON of a captured value, `${name}` for the text of it; `${tmp}` is a directory of the
/// script's own, `${long}` a text of 100,000 characters. A line that begins with `#` is for the reader; one that ends in `\` goes on in the next.
struct Script: Sendable, CustomTestStringConvertible {
    struct Statement: Sendable {
        let number: Int
        let text: String
    }

    let name: String
    let statements: [Statement]

    var testDescription: String { name }

    init(name: String, text: String) {
        self.name = name
        var statements: [Statement] = []
        var begun: (number: Int, text: String)?
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            var part = String(line)
            let goesOn = part.hasSuffix(" \\")
            if goesOn { part.removeLast(2) }
            let start = begun?.number ?? index + 1
            let whole = (begun?.text ?? "") + part
            begun = goesOn ? (start, whole) : nil
            if goesOn || whole.isEmpty || whole.hasPrefix("#") { continue }
            statements.append(Statement(number: start, text: whole))
        }
        self.statements = statements
    }

    /// Every script beside this file.
    static let all: [Script] = {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Scripts")
        let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        let only = ProcessInfo.processInfo.environment["LINNET_SCRIPTS"]
        return files.filter { file in
            file.pathExtension == "test" && only.map(file.lastPathComponent.contains) ?? true
        }.sorted {
            $0.path < $1.path
        }.compactMap { file in
            guard let text = try? String(contentsOf: file, encoding: .utf8) else { return nil }
            return Script(name: file.deletingPathExtension().lastPathComponent, text: text)
        }
    }()
}

import Foundation
import Reactor
import Wire

/// Why a script did not come out as written.
struct ScriptFailure: Error, CustomStringConvertible {
    let description: String
}

/// Carries out a script.
@NetworkActor final class ScriptRunner {
    /// How long anything may take. Generous: the machine may be busy.
    private static let patience = Duration.seconds(30)

    private let script: Script
    private let folder: String
    private var engines: [String: EngineProcess] = [:]
    /// Those whose output is no line language.
    private var plain: Set<String> = []
    private var names: [String: JSON] = [:]
    private var sockets: [Int32] = []
    /// Events that come when they like, and that the script has no word of.
    private let background: [String]

    /// What an engine tells of others by itself, whatever a script is about.
    private static let ephemeral = ["presence"]

    init(_ script: Script) throws {
        self.script = script
        background = Self.ephemeral.filter { type in
            !script.statements.contains { $0.text.contains("\"\(type)\"") }
        }
        folder = NSTemporaryDirectory() + "linnet-\(script.name)-\(UInt64.random(in: 0...UInt64.max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        names["tmp"] = .string(folder)
        names["long"] = .string(String(repeating: "x", count: 100_000))
    }

    func run() async throws {
        defer {
            for engine in engines.values { engine.send(.kill) }
            for socket in sockets { close(socket) }
            try? FileManager.default.removeItem(atPath: folder)
        }
        for statement in script.statements {
            do {
                try await perform(statement.text)
                for (name, engine) in engines where !plain.contains(name) {
                    if let fault = engine.faults.first { throw ScriptFailure(description: "\(name) wrote \(fault)") }
                }
            } catch {
                throw ScriptFailure(
                    description: "\(script.name).test:\(statement.number): \(error)\n    \(statement.text)")
            }
        }
    }

    private func perform(_ statement: String) async throws {
        let (first, rest) = Self.cut(statement)
        switch first {
        case "start", "run", "example", "show", "program":
            let words = try text(rest).split(separator: " ").map { String($0).replacing("\\x20", with: " ") }
            guard let name = words.first else { throw ScriptFailure(description: "start whom?") }
            if ["run", "show", "program"].contains(first) { plain.insert(name) } else { plain.remove(name) }
            let (file, rest) = (words.dropFirst().first ?? "", Array(words.dropFirst(2)))
            engines[name] =
                switch first {
                case "example", "show": try EngineProcess(example: file, rest, home: folder)
                case "program": try EngineProcess(rest, home: folder, program: file)
                default: try EngineProcess(Array(words.dropFirst()), home: folder)
                }
        case "wait": await World.real().clock.sleep(for: .milliseconds(Int64(rest) ?? 0))
        case "port": try port(rest)
        case "file": try file(try text(rest))
        case "chmod":
            let words = try text(rest).split(separator: " ").map(String.init)
            chmod(words[1], mode_t(words[0], radix: 8) ?? 0)
        default:
            guard let engine = engines[first] else { throw ScriptFailure(description: "no engine '\(first)'") }
            let (verb, argument) = Self.cut(rest)
            try await perform(verb, argument, engine)
        }
    }

    private func perform(_ verb: String, _ argument: String, _ engine: EngineProcess) async throws {
        switch verb {
        case "<": engine.write(Array((try text(argument) + "\n").utf8))
        case "<|": engine.write(Array(try text(argument).utf8))
        case "<\\": engine.write(ByteText.bytes(try text(argument)))
        case ">": try await next(argument, engine)
        case ">=": try await nextIs(try text(argument), engine)
        case ">~": try await nextHolds(try text(argument), engine)
        case ">>": try await some(argument, engine)
        case ">!": try none(argument, engine)
        case "repeat":
            let (count, line) = Self.cut(argument)
            for index in 1...(Int(count) ?? 1) {
                names["i"] = .integer(Int64(index))
                engine.write(Array((try text(line) + "\n").utf8))
            }
        case "takes":
            let (count, pattern) = Self.cut(argument)
            for _ in 0..<(Int(count) ?? 0) { try await some(pattern, engine) }
        case "quiet": try await quiet(.milliseconds(Int64(argument) ?? 0), engine)
        case "close": engine.closeInput()
        case "hangup": engine.hangUp()
        case "stall": engine.stall()
        case "resume": engine.resume()
        case "signal":
            guard let signal = Self.signals[argument] else { throw ScriptFailure(description: "which signal?") }
            engine.send(signal)
        case "exits": try await exits(argument, engine)
        case "ends": try await ends(argument, engine)
        case "says": try await says(try text(argument), engine)
        case "hides":
            if String(decoding: engine.errors, as: UTF8.self).contains(try text(argument)) {
                throw ScriptFailure(description: complaint(engine))
            }
        default: throw ScriptFailure(description: "no verb '\(verb)'")
        }
    }

    private static let signals: [String: Signal] = [
        "TERM": .terminate, "INT": .interrupt, "HUP": .hangup, "KILL": .kill, "STOP": Signal(rawValue: SIGSTOP),
        "CONT": Signal(rawValue: SIGCONT),
    ]
}

/// What comes out
extension ScriptRunner {
    private func next(_ pattern: String, _ engine: EngineProcess) async throws {
        let pattern = try Pattern(try text(pattern))
        let line = try await nextLine(engine)
        guard let value = line.json, pattern.matches(value, &names) else {
            throw ScriptFailure(description: "got \(line.text)")
        }
    }

    private func nextHolds(_ text: String, _ engine: EngineProcess) async throws {
        let line = try await nextLine(engine)
        guard line.text.contains(text) else { throw ScriptFailure(description: "got \(line.text)") }
    }

    private func nextIs(_ text: String, _ engine: EngineProcess) async throws {
        let line = try await nextLine(engine)
        guard line.bytes.elementsEqual(text.utf8) else {
            throw ScriptFailure(description: "got \(line.text)")
        }
    }

    private func nextLine(_ engine: EngineProcess) async throws -> EngineProcess.Line {
        let deadline = ContinuousClock.now + Self.patience
        while true {
            if let line = takeFirst(engine) { return line }
            if engine.isAtEnd { throw ScriptFailure(description: "its output has ended; \(complaint(engine))") }
            guard await engine.news(before: deadline) else { throw ScriptFailure(description: "no line came") }
        }
    }

    /// Takes the line at the front, passing over what the script leaves alone.
    private func takeFirst(_ engine: EngineProcess) -> EngineProcess.Line? {
        while let line = engine.takeFirst() {
            guard let type = line.json?["type"]?.stringValue, background.contains(type) else { return line }
        }
        return nil
    }

    private func some(_ pattern: String, _ engine: EngineProcess) async throws {
        let pattern = try Pattern(try text(pattern))
        let deadline = ContinuousClock.now + Self.patience
        var seen = 0
        while true {
            while seen < engine.lines.count {
                if let value = engine.lines[seen].json, pattern.matches(value, &names) {
                    return engine.take(at: seen)
                }
                seen += 1
            }
            if !engine.isAtEnd, await engine.news(before: deadline) { continue }
            let lines = engine.lines.suffix(20).map(\.text)
            throw ScriptFailure(
                description: "no such line among:\n    \(lines.joined(separator: "\n    "))\n\(complaint(engine))")
        }
    }

    private func none(_ pattern: String, _ engine: EngineProcess) throws {
        let pattern = try Pattern(try text(pattern))
        for line in engine.lines {
            guard let value = line.json, pattern.matches(value, &names) else { continue }
            throw ScriptFailure(description: "there is \(line.text)")
        }
    }

    private func quiet(_ time: Duration, _ engine: EngineProcess) async throws {
        let deadline = ContinuousClock.now + time
        while !engine.isAtEnd {
            if let line = takeFirst(engine) { throw ScriptFailure(description: "got \(line.text)") }
            guard await engine.news(before: deadline) else { return }
        }
        if let line = takeFirst(engine) { throw ScriptFailure(description: "got \(line.text)") }
    }

    private func exits(_ argument: String, _ engine: EngineProcess) async throws {
        let words = argument.split(separator: " ")
        let status = words.first ?? ""
        let patience = words.count > 2 ? .milliseconds(Int64(words[2]) ?? 0) : Self.patience
        guard let end = await engine.end(within: patience) else {
            throw ScriptFailure(description: "it runs on")
        }
        guard end == Int32(status).map(Reactor.ExitStatus.exited) else {
            throw ScriptFailure(description: "it ended with \(end); \(complaint(engine))")
        }
    }

    private func ends(_ pattern: String, _ engine: EngineProcess) async throws {
        let pattern = try Pattern(try text(pattern))
        let deadline = ContinuousClock.now + Self.patience
        while !engine.isAtEnd, await engine.news(before: deadline) {}
        guard let value = engine.lines.last?.json, pattern.matches(value, &names) else {
            let line = engine.lines.last?.text ?? "nothing"
            throw ScriptFailure(description: "it ends with \(line)")
        }
    }

    private func says(_ text: String, _ engine: EngineProcess) async throws {
        let deadline = ContinuousClock.now + Self.patience
        while !String(decoding: engine.errors, as: UTF8.self).contains(text) {
            guard ContinuousClock.now < deadline else {
                throw ScriptFailure(description: "not said; \(complaint(engine))")
            }
            await World.real().clock.sleep(for: .milliseconds(10))
        }
    }

    private func complaint(_ engine: EngineProcess) -> String {
        "stderr: \(String(decoding: engine.errors.suffix(2048), as: UTF8.self))"
    }
}

/// The world around
extension ScriptRunner {
    private func port(_ argument: String) throws {
        let words = argument.split(separator: " ").map(String.init)
        guard words.count == 2 else { throw ScriptFailure(description: "port closed|silent NAME") }
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                _ = bind(socket, address, length)
                _ = getsockname(socket, address, &length)
            }
        }
        names[words[1]] = .integer(Int64(UInt16(bigEndian: address.sin_port)))
        if words[0] == "free" {
            close(socket)
            return
        }
        // A port that is bound, but not listened on, refuses and stays nobody else's.
        if words[0] == "silent" { _ = listen(socket, 16) }
        sockets.append(socket)
    }

    private func file(_ argument: String) throws {
        let (path, rest) = Self.cut(argument)
        let (verb, value) = Self.cut(rest)
        switch verb {
        case "mode":
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            let mode = (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0
            guard String(mode, radix: 8) == value else {
                throw ScriptFailure(description: "its mode is \(String(mode, radix: 8))")
            }
        case "gone":
            if FileManager.default.fileExists(atPath: path) { throw ScriptFailure(description: "it is there") }
        case "holds":
            let parent = (path as NSString).deletingLastPathComponent
            try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
            guard
                FileManager.default.createFile(
                    atPath: path, contents: Data(ByteText.bytes(value)), attributes: [.posixPermissions: 0o600])
            else { throw ScriptFailure(description: "cannot write it") }
        case "reads":
            let content = FileManager.default.contents(atPath: path) ?? Data()
            guard Array(content) == ByteText.bytes(value) else {
                throw ScriptFailure(description: "it reads \(String(decoding: content, as: UTF8.self))")
            }
        default: throw ScriptFailure(description: "file PATH mode|gone|holds|reads")
        }
    }

    /// Puts in what was captured.
    private func text(_ text: String) throws -> String {
        var result = ""
        var rest = Substring(text)
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            let isText = rest.first == "{"
            if isText { rest = rest.dropFirst() }
            let name = String(rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
            rest = rest.dropFirst(name.count + (isText ? 1 : 0))
            switch (isText, names[name]) {
            case (true, .string(let value)?): result += value
            case (_, let value?): result += String(decoding: value.bytes, as: UTF8.self)
            // In a pattern this is where it gets its value.
            case (_, nil): result += "$" + name
            }
        }
        return result + rest
    }

    private static func cut(_ text: String) -> (String, String) {
        guard let blank = text.firstIndex(of: " ") else { return (text, "") }
        return (String(text[..<blank]), String(text[text.index(after: blank)...]))
    }
}

/// Bytes as a script writes them.
enum ByteText {
    /// Undoes `\n \r \t \\ \xNN`, and repeats `{N*TEXT}`.
    static func bytes(_ text: String) -> [UInt8] {
        var result: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\"), let escape = rest.popFirst() {
                switch escape {
                case UInt8(ascii: "n"): result.append(10)
                case UInt8(ascii: "r"): result.append(13)
                case UInt8(ascii: "t"): result.append(9)
                case UInt8(ascii: "x"):
                    result.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) ?? 0)
                    rest = rest.dropFirst(2)
                default: result.append(escape)
                }
            } else if byte == UInt8(ascii: "{"), let (count, inner, after) = repetition(rest) {
                for _ in 0..<count { result += inner }
                rest = after
            } else {
                result.append(byte)
            }
        }
        return result
    }

    private static func repetition(_ rest: ArraySlice<UInt8>) -> (Int, [UInt8], ArraySlice<UInt8>)? {
        guard let star = rest.firstIndex(of: UInt8(ascii: "*")),
            let count = Int(String(decoding: rest[..<star], as: UTF8.self)),
            let end = rest[star...].firstIndex(of: UInt8(ascii: "}"))
        else { return nil }
        let inner = bytes(String(decoding: rest[(star + 1)..<end], as: UTF8.self))
        return (count, inner, rest[(end + 1)...])
    }
}

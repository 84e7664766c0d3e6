import Foundation
import Reactor
import Wire

/// For tests that are programs and not scripts.
extension EngineProcess {
    /// How long anything may take. Generous: the machine may be busy.
    private nonisolated static let patience = Duration.seconds(60)

    /// Writes a line.
    func say(_ line: String) {
        write(Array(line.utf8) + [10])
    }

    /// Takes the first line that fits, once it has come; the others stay.
    @discardableResult
    func line(_ fits: (JSON) -> Bool) async throws -> JSON {
        let deadline = ContinuousClock.now + Self.patience
        var seen = 0
        while true {
            while seen < lines.count {
                if let value = lines[seen].json, fits(value) {
                    take(at: seen)
                    return value
                }
                seen += 1
            }
            guard !isAtEnd, await news(before: deadline) else {
                let last = lines.suffix(5).map(\.text).joined(separator: "\n    ")
                throw ScriptFailure(
                    description: "no such line; the last are\n    \(last)\n\(String(decoding: errors, as: UTF8.self))")
            }
        }
    }

    /// Takes the `ok` or `error` with this id.
    func answer(_ id: String) async throws -> JSON {
        try await line { $0["id"]?.stringValue == id && ["ok", "error"].contains($0["type"]?.stringValue) }
    }

    /// Gives a command, written without its braces, and takes its answer.
    func ask(_ command: String, id: String = "ask") async throws -> JSON {
        say(#"{"id":"\#(id)",\#(command)}"#)
        return try await answer(id)
    }

    /// The first line of an engine that came up.
    func started() async throws -> (peer: String, address: String) {
        let started = try await line { $0["type"]?.stringValue == "started" }
        return (
            started["peer"]?.stringValue ?? "", started["addresses"]?.arrayValue?.first?.stringValue ?? ""
        )
    }

    /// Resident memory, and the most that it ever was, in bytes; zero where the system does not tell.
    var memory: (now: Int, peak: Int) {
        let text = (try? String(contentsOfFile: "/proc/\(processID)/status", encoding: .utf8)) ?? ""
        func value(_ name: String) -> Int {
            let line = text.split(separator: "\n").first { $0.hasPrefix(name) }
            return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
        }
        return (value("VmRSS:"), value("VmHWM:"))
    }

    /// Open descriptors; zero where the system does not tell.
    var descriptors: Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(processID)/fd").count) ?? 0
    }
}

/// A directory of a test's own, gone with it.
final class TestFolder: Sendable {
    let path = NSTemporaryDirectory() + "linnet-test-\(UInt64.random(in: 0...UInt64.max))"

    init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Somebody else's peer id.
let strangersPeer = "12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo"

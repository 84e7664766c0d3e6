import Foundation
import Reactor
import Testing
import Wire

/// An engine in a process of its own that is asked one thing after another.
@NetworkActor final class AskedEngine {
    let process: EngineProcess
    /// All that it has said, as it came.
    private(set) var said: [UInt8] = []
    private var asked = 0

    init(_ options: [String], home: String) throws {
        process = try EngineProcess(options, home: home)
    }

    private init(_ process: EngineProcess) {
        self.process = process
    }

    /// An engine that another program becomes.
    static func running(_ program: String, _ words: [String], home: String) throws -> AskedEngine {
        AskedEngine(try EngineProcess(words, home: home, program: program))
    }

    /// The next line of a type.
    @discardableResult
    func line(_ type: String, within limit: Duration = .seconds(20)) async throws -> JSON {
        let deadline = ContinuousClock.now + limit
        while true {
            while let line = process.takeFirst() {
                said += line.bytes + [10]
                if let json = line.json, json["type"]?.stringValue == type { return json }
            }
            guard !process.isAtEnd, await process.news(before: deadline) else {
                throw ScriptFailure(
                    description: "no '\(type)': \(String(decoding: said.suffix(1000), as: UTF8.self)) "
                        + String(decoding: process.errors.suffix(1000), as: UTF8.self))
            }
        }
    }

    /// The answer to a command: its members without the braces, such as `"cmd":"status"`.
    @discardableResult
    func ask(_ members: String, within limit: Duration = .seconds(20)) async throws -> JSON {
        asked += 1
        process.write(Array("{\"id\":\(asked),\(members)}\n".utf8))
        let deadline = ContinuousClock.now + limit
        while true {
            while let line = process.takeFirst() {
                said += line.bytes + [10]
                guard let json = line.json, json["id"]?.integerValue == Int64(asked) else { continue }
                if ["ok", "error"].contains(json["type"]?.stringValue) { return json }
            }
            guard !process.isAtEnd, await process.news(before: deadline) else {
                throw ScriptFailure(description: "no answer to \(members.prefix(40))")
            }
        }
    }

    /// The same, which must go well.
    @discardableResult
    func tell(_ members: String) async throws -> JSON {
        let answer = try await ask(members)
        guard answer["type"]?.stringValue == "ok" else {
            throw ScriptFailure(description: String(decoding: answer.bytes, as: UTF8.self))
        }
        return answer
    }

    /// Ends its input, and waits for its end.
    func close() async throws {
        process.closeInput()
        guard await process.end(within: .seconds(20)) != nil else {
            throw ScriptFailure(description: "it does not end")
        }
        while !process.isAtEnd { await World.real().clock.sleep(for: .milliseconds(1)) }
        while let line = process.takeFirst() { said += line.bytes + [10] }
    }

    /// Runs something in a folder of its own, which goes with it.
    nonisolated static func inFolder(
        _ name: String, _ body: @escaping @NetworkActor (String) async throws -> Void
    ) async throws {
        let folder = NSTemporaryDirectory() + "linnet-\(name)-\(UInt64.random(in: 0...UInt64.max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await spawn { try await body(folder) }.value
    }
}

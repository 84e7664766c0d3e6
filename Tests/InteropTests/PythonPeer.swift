import Foundation
import Wire

/// A py-libp2p host in a process of its own, driven over JSON lines (see `Peers/py_peer.py`).
final class PythonPeer: Sendable {
    enum Failure: Error {
        case notInstalled(String)
        case ended
        case refused(String)
    }

    let peer: String
    let address: String
    private let process: Process
    private let input: FileHandle
    private let answers: AnswerBook

    /// Starts a peer on a loopback port of its choice and waits until it listens.
    init() async throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let python = root.appendingPathComponent(".venv/bin/python")
        guard FileManager.default.isExecutableFile(atPath: python.path) else {
            throw Failure.notInstalled("no py-libp2p at .venv; run 'make test-deps'")
        }
        let (stdin, stdout) = (Pipe(), Pipe())
        let process = Process()
        process.executableURL = python
        process.arguments = [root.appendingPathComponent("Tests/InteropTests/Peers/py_peer.py").path]
        process.standardInput = stdin
        process.standardOutput = stdout
        process.standardError = FileHandle.nullDevice
        let answers = AnswerBook()
        self.answers = answers
        self.process = process
        input = stdin.fileHandleForWriting
        try process.run()
        let output = stdout.fileHandleForReading
        Thread.detachNewThread { answers.readLines(from: output) }
        let ready = try await answers.answer(to: AnswerBook.ready)
        peer = ready["peer"]?.text ?? ""
        address = ready["addresses"]?.elements.first?.text ?? ""
    }

    deinit {
        try? input.close()
        process.terminate()
    }

    /// Asks for one operation and waits for its answer.
    func ask(_ operation: String, _ arguments: [(String, JSON)] = []) async throws -> JSON {
        let tag = answers.nextTag()
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("op")
        writer.string(operation)
        writer.key("tag")
        writer.integer(Int64(tag))
        for (name, value) in arguments {
            writer.key(name)
            switch value {
            case .integer(let number): writer.integer(number)
            case .string(let text): writer.string(text)
            default: writer.null()
            }
        }
        writer.endObject()
        try input.write(contentsOf: Data(writer.bytes + [0x0a]))
        let answer = try await answers.answer(to: tag)
        guard answer["ok"] == .bool(true) else { throw Failure.refused(answer["error"]?.text ?? "") }
        return answer
    }
}

/// Answers of the peer by their tag, each waited for by one asker.
final class AnswerBook: @unchecked Sendable {
    static let ready = 0
    private let lock = NSLock()
    private var waiting: [Int: CheckedContinuation<JSON, any Error>] = [:]
    private var early: [Int: JSON] = [:]
    private var lastTag = 0
    private var ended = false

    func nextTag() -> Int {
        lock.withLock {
            lastTag += 1
            return lastTag
        }
    }

    func answer(to tag: Int) async throws -> JSON {
        try await withCheckedThrowingContinuation { continuation in
            lock.withLock {
                if let answer = early.removeValue(forKey: tag) {
                    continuation.resume(returning: answer)
                } else if ended {
                    continuation.resume(throwing: PythonPeer.Failure.ended)
                } else {
                    waiting[tag] = continuation
                }
            }
        }
    }

    func readLines(from output: FileHandle) {
        var pending = Data()
        while case let chunk = output.availableData, !chunk.isEmpty {
            pending += chunk
            while let end = pending.firstIndex(of: 0x0a) {
                if let line = try? JSON(parsing: Array(pending[..<end])) { deliver(line) }
                pending.removeSubrange(...end)
            }
        }
        lock.withLock {
            ended = true
            for continuation in waiting.values { continuation.resume(throwing: PythonPeer.Failure.ended) }
            waiting.removeAll()
        }
    }

    private func deliver(_ line: JSON) {
        let tag = line["tag"]?.number ?? Self.ready
        lock.withLock {
            if let continuation = waiting.removeValue(forKey: tag) {
                continuation.resume(returning: line)
            } else {
                early[tag] = line
            }
        }
    }
}

extension JSON {
    subscript(_ name: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    var number: Int? {
        guard case .integer(let number) = self else { return nil }
        return Int(number)
    }

    var elements: [JSON] {
        guard case .array(let elements) = self else { return [] }
        return elements
    }
}

import Foundation
import Wire

/// The Python packages that derive keys, asked many questions in one process (see `Peers/py_keys.py`).
enum PythonKeys {
    /// The answers to questions of texts and numbers, in their order.
    static func answers(to questions: [[(String, JSON)]]) throws -> [JSON] {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let python = root.appendingPathComponent(".venv/bin/python")
        guard FileManager.default.isExecutableFile(atPath: python.path) else {
            throw PythonPeer.Failure.notInstalled("no Python packages at .venv; run 'make test-deps'")
        }
        let (stdin, stdout) = (Pipe(), Pipe())
        let process = Process()
        process.executableURL = python
        process.arguments = [root.appendingPathComponent("Tests/InteropTests/Peers/py_keys.py").path]
        process.standardInput = stdin
        process.standardOutput = stdout
        try process.run()
        // It answers once it has read everything, so that neither side waits for the other.
        try stdin.fileHandleForWriting.write(contentsOf: Data(questions.flatMap(line)))
        try stdin.fileHandleForWriting.close()
        let output = stdout.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw PythonPeer.Failure.notInstalled("py_keys.py failed; if a package is missing, run 'make test-deps'")
        }
        return try output.split(separator: 0x0a).map { try JSON(parsing: Array($0)) }
    }

    private static func line(_ question: [(String, JSON)]) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for (name, value) in question {
            writer.key(name)
            switch value {
            case .integer(let number): writer.integer(number)
            case .string(let text): writer.string(text)
            default: writer.null()
            }
        }
        writer.endObject()
        return writer.bytes + [0x0a]
    }
}

import Foundation
import Reactor
import Testing

/// What linnet-examples(7) shows, run as it stands there.
@Suite struct ManualExampleTests {
    /// The literal displays of the page, without mdoc's escapes.
    private static let examples: [String] = {
        let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("man/linnet-examples.7")
        let text = (try? String(contentsOf: page, encoding: .utf8)) ?? ""
        return text.components(separatedBy: ".Bd -literal -offset indent\n").dropFirst().map { part in
            let body = part.components(separatedBy: "\n.Ed")[0]
            return body.replacing("\\(aq", with: "'").replacing("\\-", with: "-").replacing("\\e", with: "\\")
        }
    }()

    @Test func everyExampleRuns() async throws {
        #expect(Self.examples.count > 12)
        let folder = NSTemporaryDirectory() + "linnet-manual-\(UInt64.random(in: 0...UInt64.max))"
        try FileManager.default.createDirectory(atPath: folder + "/bin", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createSymbolicLink(
            atPath: folder + "/bin/linnet", withDestinationPath: EngineProcess.tool)
        var text = """
            port free port
            show e echo-bot.sh --home \(folder)/e --log info --listen /ip4/127.0.0.1/tcp/${port}
            e says info started
            start s --home \(folder)/e status
            s > {"type":"ok",...,"peer":$e,...}
            start s --home \(folder)/.local/share/linnet contact.add peer=${e} alias=alice addresses=/ip4/127.0.0.1/tcp/${port}
            s exits 0

            """
        for (number, example) in Self.examples.enumerated() {
            let path = "\(folder)/\(number).sh"
            try "cd \(folder)\nexport HOME=\(folder) PATH=\(folder)/bin:$PATH\n\(example)\n".write(
                toFile: path, atomically: false, encoding: .utf8)
            text += "program x\(number) /bin/sh -eu \(path)\nx\(number) exits 0\n"
        }
        let script = Script(name: "linnet-examples(7)", text: text)
        try await spawn { try await ScriptRunner(script).run() }.value
    }
}

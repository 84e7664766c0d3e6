import Foundation
import Reactor
import Testing

/// What linnet-examples(7) and linnet-security(7) show, run as it stands there.
@Suite struct ManualExampleTests {
    /// The literal displays of a page, without mdoc's escapes.
    private static func examples(of name: String) -> [String] {
        let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("man/\(name)")
        let text = (try? String(contentsOf: page, encoding: .utf8)) ?? ""
        return text.components(separatedBy: ".Bd -literal -offset indent\n").dropFirst().map { part in
            let body = part.components(separatedBy: "\n.Ed")[0]
            return body.replacing("\\(aq", with: "'").replacing("\\-", with: "-").replacing("\\e", with: "\\")
        }
    }

    @Test(arguments: [("linnet-examples.7", 13), ("linnet-security.7", 7)])
    func everyExampleRuns(page: String, atLeast: Int) async throws {
        let examples = Self.examples(of: page)
        #expect(examples.count >= atLeast)
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
        for (number, example) in examples.enumerated() {
            let path = "\(folder)/\(number).sh"
            try "cd \(folder)\nexport HOME=\(folder) PATH=\(folder)/bin:$PATH\n\(example)\n".write(
                toFile: path, atomically: false, encoding: .utf8)
            text += "program x\(number) /bin/sh -eu \(path)\nx\(number) exits 0\n"
        }
        let script = Script(name: page, text: text)
        try await spawn { try await ScriptRunner(script).run() }.value
    }
}

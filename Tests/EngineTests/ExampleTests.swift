import Foundation
import Reactor
import Testing

/// The programs in `Examples/` that need something which is not on every machine: the others are run by scripts.
@Suite struct ExampleTests {
    private static let examples = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Examples")

    private static func isOnPath(_ program: String) -> Bool {
        ["/usr/bin", "/usr/local/bin", "/bin", "/opt/swift/usr/bin"].contains {
            FileManager.default.isExecutableFile(atPath: "\($0)/\(program)")
        }
    }

    private static let swiftc: String? = {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return path.split(separator: ":").map { "\($0)/swiftc" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }()

    @Test(.enabled("Node is not installed") { isOnPath("node") })
    func node() async throws {
        try await talks("node", [Self.examples.appendingPathComponent("linnet.mjs").path])
    }

    @Test(.enabled("there is no Swift compiler on the PATH") { swiftc != nil })
    func swift() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("linnet-swift-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let compiler = Process()
        compiler.executableURL = URL(fileURLWithPath: Self.swiftc ?? "")
        compiler.arguments = [
            "-parse-as-library", "-Onone", Self.examples.appendingPathComponent("linnet.swift").path, "-o",
            folder.appendingPathComponent("talk").path,
        ]
        try compiler.run()
        compiler.waitUntilExit()
        #expect(compiler.terminationStatus == 0)
        try await talks("talk", [folder.appendingPathComponent("talk").path])
    }

    /// Runs a program that talks to an echo bot.
    private func talks(_ name: String, _ program: [String]) async throws {
        let script = Script(
            name: name,
            text: """
                port free port
                show e echo-bot.sh --home ${tmp}/e --log info --listen /ip4/127.0.0.1/tcp/${port}
                e says info started
                start s --home ${tmp}/e status
                s > {"type":"ok",...,"peer":$e,...}
                start s contact.add peer=${e} alias=echo addresses=/ip4/127.0.0.1/tcp/${port}
                s exits 0
                program p \(program[0]) echo hi\\x20there
                p >= delivered
                p >= echo: hi there
                p exits 0
                program p \(program[0]) nobody hi
                p exits 1
                e signal TERM
                e exits 0 within 5000
                """)
        try await spawn { try await ScriptRunner(script).run() }.value
    }
}

import Foundation
import Testing
import Wire

/// mDNS with py-libp2p 0.8.1, both ways, in a network namespace with nothing but loopback.
@Suite(.enabled("network namespaces are not permitted here") { OwnNetwork.isPermitted }, .timeLimit(.minutes(5)))
struct DiscoveryInteropTests {
    @Test("each finds the other, is connected with it, and hears it go")
    func bothWays() throws {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let python = tests.deletingLastPathComponent().appendingPathComponent(".venv/bin/python").path
        guard FileManager.default.isExecutableFile(atPath: python) else {
            throw PythonPeer.Failure.notInstalled("no py-libp2p at .venv; run 'make test-deps'")
        }
        let peer = tests.appendingPathComponent("InteropTests/Peers/py_mdns.py").path
        let tool = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let test = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        let program = [tool, test].map { $0.appendingPathComponent("linnet").path }.first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
        let (output, status) = try OwnNetwork.run([
            "sh", "-c", "ip link set lo up; exec \(python) \(peer) \(try #require(program))",
        ])
        #expect(status == 0)
        let result = try JSON(parsing: Array(output.filter { $0 != 0x0a }))
        for name in ["ours", "theirs", "connected", "goodbye", "farewell"] {
            #expect(result[name] == .bool(true), "\(name)")
        }
    }
}

/// A network of its own for a program.
private enum OwnNetwork {
    static let isPermitted = (try? run(["ip", "link", "set", "lo", "up"]))?.status == 0

    /// Runs a program in a namespace of its own.
    static func run(_ words: [String]) throws -> (output: Data, status: Int32) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
        process.arguments = ["--user", "--map-root-user", "--net"] + words
        process.environment = ["PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "SWIFT_BACKTRACE": "enable=no"]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (data, process.terminationStatus)
    }
}

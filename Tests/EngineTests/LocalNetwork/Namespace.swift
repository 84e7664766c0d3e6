import Foundation
import Testing
import Wire

/// A network of its own, in which a test may do what it likes: nothing of it reaches the network of this machine.
struct Namespace {
    /// Whether such a thing may be made here, with cables and a bridge.
    static let isPermitted: Bool = {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
        process.arguments = [
            "--user", "--map-root-user", "--net", "sh", "-ec",
            "ip link set lo up; ip link add lan0 type veth peer name lan1; ip link add br0 type bridge",
        ]
        process.environment = ["PATH": path]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    private static let path = "/usr/bin:/bin:/usr/sbin:/sbin"

    /// Runs a shell script in a new one, where loopback is up and nothing else is there. `$LINNET` is the tool, and
    /// `$ROOM` an empty directory.
    ///
    /// - Returns: what it has written, and what was left in the directory, by name.
    static func run(_ script: String) throws -> (output: String, files: [String: String], status: Int32) {
        let room = FileManager.default.temporaryDirectory.appendingPathComponent("linnet-lan-\(UUID())")
        try FileManager.default.createDirectory(at: room, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: room) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
        process.arguments = [
            "--user", "--map-root-user", "--net", "sh", "-c", "ip link set lo up; " + script,
        ]
        process.environment = [
            "PATH": path, "HOME": room.path, "ROOM": room.path, "LINNET": EngineProcess.tool,
            "SWIFT_BACKTRACE": "enable=no",
        ]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        var files: [String: String] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: room.path) {
            files[name] = try? String(contentsOf: room.appendingPathComponent(name), encoding: .utf8)
        }
        return (text, files, process.terminationStatus)
    }

    /// The lines of a file, as JSON.
    static func lines(_ text: String?) -> [JSON] {
        (text ?? "").split(separator: "\n").compactMap { try? JSON(parsing: Array($0.utf8)) }
    }
}

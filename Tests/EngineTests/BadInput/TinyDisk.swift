import Foundation
import Reactor

/// A directory on a disk of its own that has next to no room: a tmpfs in a mount namespace, so that nobody needs to be
/// root. It lives as long as the shell in it.
enum TinyDisk {
    /// Whether this system lets us have one.
    static let isPossible: Bool = {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "unshare", "-rm", "mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", NSTemporaryDirectory(),
        ]
        process.standardError = nil
        return (try? process.run()).map { process.waitUntilExit() } != nil && process.terminationStatus == 0
    }()

    /// The words of a shell that mounts one of `size` at `directory` and does `script` there. `$@` in it is the tool with
    /// these options.
    static func words(_ directory: String, size: String, script: String, _ options: [String]) -> [String] {
        let whole =
            #"directory=$1; shift; mount -t tmpfs -o mode=755,size=$0 tmpfs "$directory" || exit 99; \#(script)"#
        return ["unshare", "-rm", "sh", "-c", whole, size, directory, EngineProcess.tool] + options
    }

    /// What `path` is called outside of the namespace of a process.
    @NetworkActor static func path(_ path: String, of engine: EngineProcess) -> String {
        "/proc/\(engine.processID)/root\(path)"
    }
}

import Foundation

/// What linnet takes of a machine while it does nothing.
struct FootprintRows {
    let linnet: String

    func run() throws {
        try memory()
        try size()
    }

    /// Memory that is the engine's alone: what it has in common with the file on the disk costs nothing twice.
    private func memory() throws {
        let home = FileManager.default.temporaryDirectory.appendingPathComponent("linnet-bench-\(getpid())").path
        defer { try? FileManager.default.removeItem(atPath: home) }
        var figures: [Double] = []
        for number in 1...5 {
            // All defaults, those of discovery too.
            let engine = try Program(linnet, ["--home", home, "--profile", "p\(number)"])
            _ = engine.line(with: #""type":"started""#)
            sleep(3)
            figures.append(engine.anonymousMiB)
            engine.finish()
        }
        Table.add(
            Row(
                "memory of its own, idle", figures.median.figure + " MiB", aim: "<= 4 MB",
                note: "RssAnon, a profile on disk, all defaults, after 3 s"))
    }

    /// The size of what `make install` installs.
    private func size() throws {
        let copy = FileManager.default.temporaryDirectory.appendingPathComponent("linnet-bench-\(getpid())-stripped")
        defer { try? FileManager.default.removeItem(at: copy) }
        let strip = Process()
        strip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        strip.arguments = ["strip", "-o", copy.path, linnet]
        try strip.run()
        strip.waitUntilExit()
        guard strip.terminationStatus == 0 else { return }
        let bytes = try FileManager.default.attributesOfItem(atPath: copy.path)[.size] as? Int ?? 0
        Table.add(Row("the installed file", (Double(bytes) / 1e6).figure + " MB", aim: "<= 20 MB", note: "stripped"))
    }
}

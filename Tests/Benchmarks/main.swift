import Foundation
import Reactor

// linnet-bench [defaults] [footprint] [wire] [store] [gossip] [pipes] [lines] [stalled] [yamux]: the first six without
// arguments; `lines`, `stalled` and `groups` are parts of `pipes`. `serve` is the other process of the wire figures. The
// tool is the one that was built beside it, or `LINNET`; it runs as it ships, with whatever the environment sets.

let program = URL(fileURLWithPath: CommandLine.arguments[0])
let chosen = CommandLine.arguments.dropFirst()

do {
    if chosen.first == "serve" {
        try await spawn { try await Server.run() }.value
    } else {
        if chosen.contains("yamux") { try YamuxBench.run() }
        Table.head()
        let built = program.deletingLastPathComponent().appendingPathComponent("linnet").path
        let linnet = ProcessInfo.processInfo.environment["LINNET"] ?? built
        if chosen.isEmpty || chosen.contains("defaults") { try PipeRows(linnet: linnet).defaults() }
        if chosen.isEmpty || chosen.contains("footprint") { try FootprintRows(linnet: linnet).run() }
        if chosen.isEmpty || chosen.contains("wire") {
            try await spawn { try await WireRows(bench: program.path).run() }.value
        }
        if chosen.isEmpty || chosen.contains("store") {
            try await spawn { try await StoreRows().run() }.value
        }
        if chosen.isEmpty || chosen.contains("gossip") { try GossipRows().run() }
        if chosen.isEmpty || chosen.contains("lines") || chosen.contains("pipes") {
            try await PipeThroughput(linnet: linnet).run()
        }
        if chosen.isEmpty || chosen.contains("stalled") || chosen.contains("pipes") {
            try await StalledReader(linnet: linnet).run()
        }
        if chosen.isEmpty || chosen.contains("groups") || chosen.contains("pipes") {
            try GroupRows(linnet: linnet).run()
        }
        if chosen.isEmpty || chosen.contains("pipes") {
            try PipeRows(linnet: linnet).run()
        }
    }
} catch {
    print("linnet-bench: \(error)")
    exit(1)
}

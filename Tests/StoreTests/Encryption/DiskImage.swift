import Foundation
import TestSupport

/// What a disk may hold after a crash: all that was synced, and of the rest whatever the crash left of it.
struct DiskImage {
    /// How a crash treats what was not synced.
    enum Crash {
        /// The process ends: the system still writes everything.
        case ofProcess
        /// The system ends: any sectors of any write may be there or not; names change in order, up to some point.
        case ofSystem(seed: UInt64)
    }

    /// By number, with what is there for certain and what may be.
    private struct File {
        var content: [UInt8] = []
        var pending: [DiskRecord.Change] = []
    }

    private(set) var contents: [String: [UInt8]] = [:]

    private static let sector = 512

    /// After the first `count` changes of a record.
    init(_ record: DiskRecord, after count: Int, _ crash: Crash) {
        var files: [Int: File] = [:]
        var names: [DiskRecord.Change] = []
        var durableNames = 0
        for change in record.changes.prefix(count) {
            switch change {
            case .write(let file, _, _), .cut(let file, _):
                files[file, default: File()].pending.append(change)
            case .sync(let file):
                for change in files[file]?.pending ?? [] {
                    Self.apply(change, to: &files[file, default: File()].content)
                }
                files[file]?.pending = []
                // A journalling file system has what made the file in its journal by then.
                durableNames = names.count
            case .make, .rename, .remove: names.append(change)
            case .syncNames: durableNames = names.count
            }
        }
        var random: SplitMix64?
        if case .ofSystem(let seed) = crash { random = SplitMix64(seed: seed) }
        for number in files.keys.sorted() {
            for change in files[number]?.pending ?? [] {
                Self.apply(change, to: &files[number, default: File()].content, &random)
            }
        }
        let kept = random.map { random in
            var random = random
            return durableNames + random.next(below: names.count - durableNames + 1)
        }
        var numbers: [String: Int] = [:]
        for change in names.prefix(kept ?? names.count) {
            switch change {
            case .make(let file, let name): numbers[name] = file
            case .rename(let name, let target): numbers[target] = numbers.removeValue(forKey: name)
            case .remove(let name): numbers[name] = nil
            default: break
            }
        }
        contents = numbers.mapValues { files[$0]?.content ?? [] }
    }

    /// Writes the files into a directory.
    func restore(to directory: String) throws {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        for (name, content) in contents { try Data(content).write(to: URL(filePath: directory + "/" + name)) }
    }

    private static func apply(_ change: DiskRecord.Change, to content: inout [UInt8]) {
        var certain: SplitMix64?
        apply(change, to: &content, &certain)
    }

    /// All of it without `random`, else the sectors that it chooses.
    private static func apply(
        _ change: DiskRecord.Change, to content: inout [UInt8], _ random: inout SplitMix64?
    ) {
        // Some writes are there as a whole, some not at all, some in part.
        let fate = random?.next(below: 3) ?? 0
        switch change {
        case .write(_, let offset, let bytes):
            var start = 0
            while start < bytes.count {
                let end = min(bytes.count, (offset + start) / sector * sector + sector - offset)
                let isThere = fate == 0 || (fate == 1 && random?.next(below: 2) == 0)
                if isThere {
                    let needed = offset + end
                    if content.count < needed { content += [UInt8](repeating: 0, count: needed - content.count) }
                    content.replaceSubrange(offset + start..<needed, with: bytes[start..<end])
                }
                start = end
            }
        case .cut(_, let size):
            guard fate == 0 else { return }
            if size < content.count {
                content.removeLast(content.count - size)
            } else {
                content += [UInt8](repeating: 0, count: size - content.count)
            }
        default: break
        }
    }
}

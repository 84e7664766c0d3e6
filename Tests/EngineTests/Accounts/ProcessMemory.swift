#if os(Linux)
    import Glibc
    import Reactor

    /// All memory of another process that can be read, as a core of it would hold it, or a debugger see it.
    struct ProcessMemory {
        /// Where something was found.
        struct Finding: Sendable, CustomStringConvertible {
            let name: String
            let address: UInt
            /// Whether the memory is kept out of core dumps and swap.
            let isGuarded: Bool

            var description: String { "\(name) at \(String(address, radix: 16))\(isGuarded ? ", guarded" : "")" }
        }

        private struct Region {
            let range: Range<UInt>
            var flags: Set<Substring> = []
        }

        let process: Int32

        /// Finds each of these, wherever it lies; nil if the process may not be looked into.
        @NetworkActor func find(
            _ patterns: [(name: String, bytes: [UInt8])]
        ) async throws -> (findings: [Finding], byteCount: Int)? {
            try await World.real().workers.run { search(patterns) }
        }

        private func search(_ patterns: [(name: String, bytes: [UInt8])]) -> (findings: [Finding], byteCount: Int)? {
            guard let regions = regions() else { return nil }
            let memory = open("/proc/\(process)/mem", O_RDONLY | O_CLOEXEC)
            guard memory >= 0 else { return nil }
            defer { close(memory) }
            var (findings, total): ([Finding], Int) = ([], 0)
            for region in regions where region.range.upperBound <= UInt(Int.max) {
                var buffer = [UInt8](repeating: 0, count: region.range.count)
                let count = buffer.withUnsafeMutableBytes {
                    pread(memory, $0.baseAddress, $0.count, off_t(region.range.lowerBound))
                }
                guard count > 0 else { continue }
                total += count
                for pattern in patterns {
                    for offset in Self.offsets(of: pattern.bytes, in: buffer, count) {
                        findings.append(
                            Finding(
                                name: pattern.name, address: region.range.lowerBound + UInt(offset),
                                isGuarded: region.flags.contains("dd")))
                    }
                }
            }
            return (findings, total)
        }

        private static func offsets(of pattern: [UInt8], in buffer: [UInt8], _ count: Int) -> [Int] {
            // Memory is full of zeros and of text: it is searched for a byte that is neither, if there is one.
            let pivot = pattern.firstIndex { $0 >= 0x80 && $0 != 0xff } ?? pattern.firstIndex { $0 != 0 } ?? 0
            var found: [Int] = []
            buffer.withUnsafeBytes { buffer in
                guard let base = buffer.baseAddress, count >= pattern.count else { return }
                var position = pivot
                let end = count - pattern.count + pivot + 1
                while position < end, found.count < 16,
                    let hit = memchr(base + position, Int32(pattern[pivot]), end - position)
                {
                    let start = UnsafeRawPointer(hit) - base - pivot
                    if memcmp(base + start, pattern, pattern.count) == 0 { found.append(start) }
                    position = start + pivot + 1
                }
            }
            return found
        }

        /// What `smaps` tells, with the flags of each region: `dd` is MADV_DONTDUMP.
        private func regions() -> [Region]? {
            guard let text = Self.read("/proc/\(process)/smaps") else { return nil }
            var regions: [Region] = []
            for line in text.split(separator: "\n") {
                if line.hasPrefix("VmFlags:"), !regions.isEmpty {
                    regions[regions.count - 1].flags = Set(line.dropFirst(8).split(separator: " "))
                }
                let bounds = line.prefix { $0 != " " }.split(separator: "-")
                guard bounds.count == 2, let low = UInt(bounds[0], radix: 16), let high = UInt(bounds[1], radix: 16)
                else { continue }
                regions.append(Region(range: low..<high))
            }
            return regions
        }

        /// A file of /proc, whose size nobody knows before.
        static func read(_ path: String) -> String? {
            let descriptor = open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { return nil }
            defer { close(descriptor) }
            var text: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = Glibc.read(descriptor, &buffer, buffer.count)
                guard count > 0 else { break }
                text += buffer[..<count]
            }
            return String(decoding: text, as: UTF8.self)
        }
    }
#endif

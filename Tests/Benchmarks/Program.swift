import Foundation

/// A child process at the other end of two pipes, driven by lines. One thread may write while another reads.
final class Program: @unchecked Sendable {
    private let process = Process()
    private let input: Int32
    private let output: Int32
    private var pending: [UInt8] = []
    private var start = 0

    var pid: Int32 { process.processIdentifier }

    init(_ path: String, _ arguments: [String]) throws {
        let (stdin, stdout) = (Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.standardInput = stdin
        process.standardOutput = stdout
        input = stdin.fileHandleForWriting.fileDescriptor
        output = stdout.fileHandleForReading.fileDescriptor
        keep = [stdin, stdout]
        try process.run()
    }

    private let keep: [Pipe]

    /// Writes all of the bytes, waiting as long as the child takes.
    func write(_ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { Foundation.write(input, $0.baseAddress! + sent, $0.count - sent) }
            guard count > 0 else { return }
            sent += count
        }
    }

    func say(_ line: String) {
        write(Array((line + "\n").utf8))
    }

    /// The next line of the child, without its newline; nil at the end of its output.
    func line() -> String? {
        var searched = start
        while true {
            if let end = pending[searched...].firstIndex(of: 0x0a) {
                defer { start = end + 1 }
                return String(decoding: pending[start..<end], as: UTF8.self)
            }
            if start > 1 << 20 {
                pending.removeFirst(start)
                start = 0
            }
            searched = pending.count
            var chunk = [UInt8](repeating: 0, count: 1 << 16)
            let count = read(output, &chunk, chunk.count)
            guard count > 0 else { return nil }
            pending += chunk[..<count]
        }
    }

    /// The next line that holds `part`.
    func line(with part: String) -> String {
        while let line = line() {
            if line.contains(part) { return line }
        }
        fatalError("\(process.executableURL?.lastPathComponent ?? "child") ended before it said \(part)")
    }

    /// Reads `count` lines that hold `part`, without looking at the rest of them.
    func skip(_ count: Int, linesWith part: String) {
        for _ in 0..<count { _ = line(with: part) }
    }

    /// The next `count` lines as they are, or what there is of them before the end; nothing else of the output may be
    /// read before.
    func takeLines(_ count: Int) -> [UInt8] {
        var text = Array(pending[start...])
        pending = []
        start = 0
        var (left, seen) = (count, 0)
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 64)
        defer { chunk.deallocate() }
        while true {
            while left > 0, let end = text[seen...].firstIndex(of: 0x0a) {
                left -= 1
                seen = end + 1
            }
            if left == 0 { break }
            seen = text.count
            let size = read(output, chunk.baseAddress, chunk.count)
            guard size > 0 else { return text }
            text.append(contentsOf: UnsafeRawBufferPointer(rebasing: chunk[..<size]))
        }
        pending = Array(text[seen...])
        text.removeLast(text.count - seen)
        return text
    }

    /// Resident memory, MiB (Linux).
    var residentMiB: Double { memory("VmRSS:") }

    /// The most that it ever was, MiB (Linux).
    var peakMiB: Double { memory("VmHWM:") }

    /// Resident memory that is backed by no file, MiB (Linux).
    var anonymousMiB: Double { memory("RssAnon:") }

    private func memory(_ name: String) -> Double {
        guard let status = try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix(name) }),
            let kilobytes = line.split(separator: " ").dropFirst().first.flatMap({ Double($0) })
        else { return 0 }
        return kilobytes / 1024
    }

    func closeInput() {
        try? keep[0].fileHandleForWriting.close()
    }

    /// Closes the child's stdin and waits for it.
    func finish() {
        closeInput()
        while line() != nil {}
        process.waitUntilExit()
    }
}

/// The text of a field of a JSON line, as the benchmarks need it: no escapes.
func field(_ name: String, of line: String) -> String {
    guard let key = line.range(of: "\"\(name)\":") else { return "" }
    let rest = line[key.upperBound...].drop { $0 == "[" || $0 == "\"" }
    return String(rest.prefix { $0 != "\"" && $0 != "," && $0 != "}" && $0 != "]" })
}

/// Seconds that `body` takes.
func seconds(_ body: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try body()
    return (ContinuousClock.now - start) / .seconds(1)
}

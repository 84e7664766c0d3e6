import Engine
import Foundation
import Reactor
import TestSupport
import Testing
import Wire

/// A running `linnet`, with what it has said so far.
@NetworkActor final class EngineProcess {
    /// The tool that was built with the tests, in the same directory.
    nonisolated static let tool: String = {
        let test = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let folder =
            FileManager.default.fileExists(atPath: test.path) ? test : URL(fileURLWithPath: CommandLine.arguments[0])
        return folder.deletingLastPathComponent().appendingPathComponent("linnet").path
    }()

    /// A line as it came, and as JSON if it is.
    struct Line {
        let bytes: [UInt8]
        let json: JSON?

        /// The line for a person.
        var text: String { String(decoding: bytes.prefix(4096), as: UTF8.self) }
    }

    /// What every line is held against.
    static let schema = try? SchemaChecker(Language.standard.jsonSchema())

    /// Lines that no statement has taken yet.
    private(set) var lines: [Line] = []
    private(set) var errors: [UInt8] = []
    /// Lines that no engine may ever write, whatever it was told by whom.
    private(set) var faults: [String] = []
    /// Whether stdout has ended.
    private(set) var isAtEnd = false
    private let child: ChildProcess
    /// Whether what it says is said by linnet, and not by a program of the examples.
    private let isTool: Bool
    private var partial: [UInt8] = []
    private var isStalled = false
    private var isReading = false
    private var pendingInput: Task<Void, Never>?
    private var change: CheckedContinuation<Void, Never>?

    /// Runs a file of `Examples/`.
    convenience init(example: String, _ words: [String], home: String) throws {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let file = tests.deletingLastPathComponent().appendingPathComponent("Examples/\(example)").path
        try self.init(words, home: home, program: file)
    }

    init(_ options: [String], home: String, program: String = EngineProcess.tool) throws {
        let variables = options.prefix { $0.prefix { $0 != "=" }.wholeMatch(of: /[A-Z_]+/) != nil && $0.contains("=") }
        var command = ChildCommand(program, Array(options.dropFirst(variables.count)))
        // Everything is as it ships but for discovery, unless a test says so: the engines of other tests listen on the same
        // loopback, would be found there, and would connect.
        let isolation = variables.contains { $0.hasPrefix("LINNET_DISCOVER=") } ? [] : ["LINNET_DISCOVER=off"]
        command.environment =
            [
                "HOME=\(home)", "PATH=/usr/bin:/bin:/usr/local/bin", "SWIFT_BACKTRACE=enable=no",
                "LINNET=\(Self.tool)",
            ] + isolation + variables
        command.standardError = .piped
        child = try ChildProcess(command)
        isTool = program == Self.tool
        readOutput()
        spawn { [self] in
            while let bytes = try? await child.standardError?.read() { errors += bytes }
        }
    }

    /// Its number.
    var processID: Int32 { child.processID }

    /// Writes after what was asked for before; never waits for the engine to read.
    func write(_ bytes: [UInt8]) {
        then { child in try? await child.standardInput?.write(bytes) }
    }

    /// Suspends until what was asked for before has been written, as far as the pipe took it.
    func written() async {
        await pendingInput?.value
    }

    func closeInput() {
        then { child in child.standardInput?.close() }
    }

    private func then(_ body: @escaping @NetworkActor (ChildProcess) async -> Void) {
        let earlier = pendingInput
        pendingInput = spawn { [child] in
            await earlier?.value
            await body(child)
        }
    }

    func hangUp() {
        child.standardOutput?.close()
    }

    func stall() {
        isStalled = true
    }

    func resume() {
        isStalled = false
        readOutput()
    }

    func send(_ signal: Signal) {
        child.send(signal)
    }

    /// How it ended; nil if it has not within the time.
    func end(within limit: Duration) async -> Reactor.ExitStatus? {
        let deadline = ContinuousClock.now + limit
        while child.exitStatus == nil, ContinuousClock.now < deadline {
            await World.real().clock.sleep(for: .milliseconds(5))
        }
        return child.exitStatus
    }

    /// Takes the line at the front.
    func takeFirst() -> Line? {
        lines.isEmpty ? nil : lines.removeFirst()
    }

    /// Takes a line out.
    func take(at index: Int) {
        lines.remove(at: index)
    }

    /// Suspends until there is something new, or the time is over; false then.
    func news(before deadline: ContinuousClock.Instant) async -> Bool {
        let left = deadline - ContinuousClock.now
        if left <= .zero { return false }
        var isLate = false
        let timer = World.real().clock.schedule(after: left) { [self] in
            isLate = true
            wake()
        }
        await withCheckedContinuation { change = $0 }
        timer.cancel()
        return !isLate
    }

    private func wake() {
        change?.resume()
        change = nil
    }

    private func readOutput() {
        guard !isReading else { return }
        isReading = true
        spawn { [self] in
            while !isStalled, let bytes = try? await child.standardOutput?.read() { take(bytes) }
            isReading = false
            if !isStalled {
                isAtEnd = true
                wake()
            }
        }
    }

    private func take(_ bytes: [UInt8]) {
        partial += bytes
        var parts = partial.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        partial = Array(parts.removeLast())
        lines += parts.map { Line(bytes: Array($0), json: try? JSON(parsing: Array($0))) }
        for line in lines.suffix(parts.count) {
            if !line.isProper {
                faults.append(line.text)
            } else if let json = line.json, let problem = Self.schema?.problem(withOutput: json) {
                // Whatever else a test looks at: no engine may write such a line.
                if isTool, json["type"] != nil { Issue.record("\(problem): \(line.text)") }
                faults.append("\(problem): \(line.text)")
            }
        }
        wake()
    }
}

extension EngineProcess.Line {
    /// Whether it is an object whose first key is `type`, without a raw character that a terminal would act on.
    fileprivate var isProper: Bool {
        guard case .object(let members)? = json, members.first?.name == "type" else { return false }
        return OutputLine.isProper(bytes)
    }
}

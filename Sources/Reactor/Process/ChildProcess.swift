import CPlatform

/// A child process. Its exit is noticed by the loop, and it is always reaped.
@NetworkActor public final class ChildProcess {
    /// The process id.
    public let processID: Int32
    /// Our end of its standard input, if that is piped.
    public let standardInput: DescriptorWriter?
    /// Our end of its standard output, if that is piped.
    public let standardOutput: DescriptorReader?
    /// Our end of its standard error, if that is piped.
    public let standardError: DescriptorReader?
    /// How it ended; nil while it runs.
    public private(set) var exitStatus: ExitStatus?

    private var watch: ExitWatch?
    private var waiting: [UnsafeContinuation<ExitStatus, Never>] = []

    /// Starts a child. It begins with all signals at their default and no descriptor of ours but the three streams.
    /// - Throws: `ChildProcessError` with the system's reason, such as that there is no such program.
    public init(_ command: ChildCommand) throws(ChildProcessError) {
        var pipes: (Int32, Int32, Int32) = (-1, -1, -1)
        let started = command.withRequest { request in
            withUnsafeMutablePointer(to: &pipes) { pipes in
                pipes.withMemoryRebound(to: Int32.self, capacity: 3) { platform_spawn(&request, $0) }
            }
        }
        guard started > 0 else { throw ChildProcessError(program: command.program, reason: Errno.text(-started)) }
        processID = started
        standardInput = pipes.0 >= 0 ? DescriptorWriter(pipes.0) : nil
        standardOutput = pipes.1 >= 0 ? DescriptorReader(pipes.1) : nil
        standardError = pipes.2 >= 0 ? DescriptorReader(pipes.2) : nil
        watch = nil
        do {
            try standardInput?.watch()
            try standardOutput?.watch()
            try standardError?.watch()
            watch = try ExitWatch(processID) { [weak self] status in self?.ended(status) }
        } catch {
            // Out of descriptors. A child that cannot be watched must not run, nor stay as a zombie.
            standardInput?.close()
            standardOutput?.close()
            standardError?.close()
            _ = platform_kill(started, Signal.kill.rawValue)
            ExitWatch.reapLater(started)
            throw ChildProcessError(program: command.program, reason: error.description)
        }
    }

    /// Waits until it has ended. Not affected by cancellation.
    public func waitForExit() async -> ExitStatus {
        if let exitStatus { return exitStatus }
        return await withUnsafeContinuation { waiting.append($0) }
    }

    /// Sends it a signal; no effect once it has ended.
    public func send(_ signal: Signal) {
        // Until it is reaped its number cannot belong to another process.
        if exitStatus == nil { _ = platform_kill(processID, signal.rawValue) }
    }

    private func ended(_ status: ExitStatus) {
        exitStatus = status
        watch = nil
        let continuations = waiting
        waiting = []
        for continuation in continuations { continuation.resume(returning: status) }
    }
}

/// What to start, and how.
public struct ChildCommand: Sendable {
    /// Where one of the three standard streams leads.
    public enum Stream: Sendable {
        /// Where ours leads.
        case inherited
        /// To us, through a pipe.
        case piped
    }

    /// A path, or a name to look up in PATH if it has no slash.
    public var program: String
    /// What follows the program's name.
    public var arguments: [String]
    /// `NAME=value` entries; nil hands on ours.
    public var environment: [String]?
    /// The working directory; nil is ours.
    public var directory: String?
    /// Its standard input.
    public var standardInput = Stream.piped
    /// Its standard output.
    public var standardOutput = Stream.piped
    /// Its standard error.
    public var standardError = Stream.inherited
    /// Whether it gets a process group of its own, out of reach of the terminal's Ctrl-C.
    public var hasOwnGroup = false

    /// A command whose input and output are piped to us.
    public init(_ program: String, _ arguments: [String] = [], environment: [String]? = nil, directory: String? = nil) {
        self.program = program
        self.arguments = arguments
        self.environment = environment
        self.directory = directory
    }

    fileprivate func withRequest<T>(_ body: (inout platform_spawn) -> T) -> T {
        withCStrings([program] + arguments) { argv in
            withCStrings(environment ?? []) { envp in
                withCStrings(directory.map { [$0] } ?? []) { folder in
                    var request = platform_spawn()
                    request.path = UnsafePointer(argv[0])
                    request.arguments = UnsafePointer(argv)
                    request.environment = environment == nil ? nil : UnsafePointer(envp)
                    request.directory = UnsafePointer(folder[0])
                    request.search = true
                    request.own_group = hasOwnGroup
                    request.piped.0 = standardInput == .piped
                    request.piped.1 = standardOutput == .piped
                    request.piped.2 = standardError == .piped
                    return body(&request)
                }
            }
        }
    }
}

/// How a process ended.
public enum ExitStatus: Equatable, Sendable {
    /// It returned this status, 0 to 255.
    case exited(Int32)
    /// The signal ended it.
    case signaled(Signal)
}

/// Why a child could not be started.
public struct ChildProcessError: Error, Equatable, CustomStringConvertible {
    /// The program that was asked for.
    public let program: String
    /// The system's words.
    public let reason: String

    /// A sentence without a full stop.
    public var description: String { "cannot start \(program): \(reason)" }
}

/// A null-terminated array of C strings for the length of a call.
private func withCStrings<T>(
    _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> T
) -> T {
    let texts = strings.map { string in
        let bytes = string.systemPath
        let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
        copy.initialize(from: bytes, count: bytes.count)
        return copy
    }
    defer { for text in texts { text.deallocate() } }
    let list = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: texts.count + 1)
    defer { list.deallocate() }
    for (index, text) in texts.enumerated() { list[index] = text }
    list[texts.count] = nil
    return body(list)
}

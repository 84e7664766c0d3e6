import Engine
import Reactor

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// What `field=@-` and `field=@file` stand for.
enum Content {
    /// Reads all of it.
    ///
    /// - Throws: `argument.invalid`, if there is no such file or it is more than a line may hold; `input.failed`, if it
    ///   cannot be read to its end.
    static func read(_ source: ShellCommand.Source) throws(CommandFailure) -> [UInt8] {
        switch source {
        case .standardInput: return try read(0, "stdin")
        case .file(let path):
            let descriptor = open(path.systemPath, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else {
                let reason = String(cString: strerror(errno))
                throw failure("cannot read \(path): \(reason); a value that begins with @ is written @@")
            }
            defer { close(descriptor) }
            return try read(descriptor, path)
        }
    }

    private static func read(_ descriptor: Int32, _ name: String) throws(CommandFailure) -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            switch StandardInput.read(descriptor) {
            case .bytes(let more): bytes += more
            case .end: return bytes
            case .failed(let code): throw StandardInput.failure(name, code)
            }
            if bytes.count > ShellCommand.maximumInput {
                throw failure("\(name) has more than \(ShellCommand.maximumInput) bytes")
            }
        }
    }

    private static func failure(_ text: String) -> CommandFailure {
        CommandFailure(.argumentInvalid, text)
    }
}

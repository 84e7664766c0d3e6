import Engine
import Reactor

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

extension Tool {
    /// Does a record again, and prints what differs.
    func replay() async -> ExitCode {
        let words = options.words.dropFirst()
        guard let path = words.first, words.count == 1 else {
            complain("replay takes one file, as --record makes it; or - for stdin")
            return .usage
        }
        let record: Record
        do {
            let records = try Record.all(in: Self.read(path))
            let number = options.run ?? records.count
            guard records.indices.contains(number - 1) else {
                throw RecordError("there are \(records.count) runs, and no run \(number)")
            }
            record = records[number - 1]
        } catch let failure as CommandFailure {
            complain(failure.message)
            return failure.spec.exit
        } catch {
            complain("\(path): \(error)")
            return .badData
        }
        // A profile of one's own only where it is asked for by name: a record is a stranger's program.
        let isNamed = ["home", "profile"].contains { name in
            Setting.named(name).map { options.settings.value($0) != nil } ?? false
        }
        var replayOptions = Replay.Options(location: isNamed ? engineOptions.location : .ephemeral)
        replayOptions.isFast = options.isFast
        if let patience = options.patience { replayOptions.patience = patience }
        do throws(CommandFailure) {
            guard let result = try await run(record, replayOptions) else { return .success }
            let printed = options.form == .silence ? ExitCode.success : StandardOutput.printed(result.lines)
            guard printed == .success else { return printed }
            return result.differences.isEmpty ? .success : .commandFailed
        } catch {
            complain(error.message)
            return error.spec.exit
        }
    }

    /// Does a record again; nil if the reader leaves meanwhile.
    private func run(
        _ record: Record, _ replayOptions: Replay.Options
    ) async throws(CommandFailure) -> Replay.Result? {
        let outcome: Result<Replay.Result, CommandFailure>? = await withCheckedContinuation { continuation in
            var isOver = false
            let finish: @NetworkActor (Result<Replay.Result, CommandFailure>?) -> Void = { outcome in
                guard !isOver else { return }
                isOver = true
                continuation.resume(returning: outcome)
            }
            output.onClosed = { finish(nil) }
            spawn { [world, log] in
                do throws(CommandFailure) {
                    finish(.success(try await Replay.run(record, replayOptions, world: world, log: log)))
                } catch {
                    finish(.failure(error))
                }
            }
        }
        return try outcome?.get()
    }

    /// All of a file.
    private static func read(_ path: String) throws -> [UInt8] {
        let descriptor = path == "-" ? 0 : open(path.systemPath, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw RecordError(String(cString: strerror(errno))) }
        defer { if descriptor != 0 { close(descriptor) } }
        var bytes: [UInt8] = []
        while true {
            switch StandardInput.read(descriptor) {
            case .bytes(let more): bytes += more
            case .end: return bytes
            case .failed(let code): throw StandardInput.failure(path == "-" ? "stdin" : path, code)
            }
            if bytes.count > Record.maximumSize { throw RecordError("it has more than \(Record.maximumSize) bytes") }
        }
    }
}

import Reactor
import Wire

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A file that holds settings, as TOML.
public struct ConfigurationFile: Hashable, Sendable {
    /// What a configuration file is called.
    public static let name = "config.toml"

    /// Which part of the set-up a file belongs to.
    enum Place {
        /// It holds for all profiles of a user, or was named on the command line.
        case user
        /// It lies in a profile, and holds for that one.
        case profile
    }

    /// Where it is.
    public let path: String
    let place: Place

    /// The file at a path; it need not be there.
    init(_ place: Place, _ path: String) {
        self.place = place
        self.path = path
    }

    /// What it holds; nil if there is no such file.
    ///
    /// - Throws: `config.invalid`, with file, line and column.
    func read() throws(CommandFailure) -> TOMLDocument? {
        let descriptor = open(path.systemPath, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw CommandFailure(.configInvalid, "cannot read \(path): \(Files.reason())")
        }
        defer { close(descriptor) }
        var count: Int?
        // One byte more than a document may have tells that it is too long.
        let bytes = [UInt8](unsafeUninitializedCapacity: TOMLDocument.maximumCount + 1) { buffer, initialized in
            count = Files.read(descriptor, into: UnsafeMutableRawBufferPointer(buffer))
            initialized = count ?? 0
        }
        guard count != nil else { throw CommandFailure(.configInvalid, "cannot read \(path): \(Files.reason())") }
        do throws(TOMLError) {
            return try TOMLDocument(parsing: bytes)
        } catch {
            throw CommandFailure(.configInvalid, "\(path):\(error)")
        }
    }

    /// Changes one key, or takes it out, and leaves the rest of the file as it is; makes the file if need be.
    ///
    /// - Returns: What it holds now.
    /// - Throws: `config.unwritable`; `config.invalid` if the file makes no sense as it is.
    func save(_ key: String, _ value: JSON?) throws(CommandFailure) -> TOMLDocument {
        let document = try read() ?? TOMLDocument()
        let edited: TOMLDocument
        do throws(TOMLError) {
            edited = try document.setting(key, to: value)
        } catch {
            throw CommandFailure(.configUnwritable, "cannot write \(path): \(error.message)")
        }
        // A file that is a link to somewhere else stays one.
        let target = realpath(path.systemPath, nil).map { resolved in
            defer { free(resolved) }
            return PathText.text(resolved)
        }
        var status = stat()
        let mode = stat(path.systemPath, &status) == 0 ? status.st_mode & 0o777 : 0o600
        if let failure = edited.bytes.withUnsafeBytes({ Files.replace(target ?? path, with: $0, mode: mode) }) {
            throw CommandFailure(.configUnwritable, "cannot write \(path): \(Files.reason(failure))")
        }
        return edited
    }
}

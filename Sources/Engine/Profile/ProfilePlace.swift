import Reactor
import Synchronization

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The directory that a profile is in, held by its descriptor for as long as an engine has it open.
///
/// A path is a name that others may give to something else meanwhile: the directory can be renamed, removed, or have
/// another one in its place, and so can its files. What is in use here is the directory that was opened, and the files
/// that were found in it; ``problem()`` tells whether they are still what the path leads to.
final class ProfilePlace: Sendable {
    /// A file, whatever its name.
    private struct Identity: Equatable {
        let device: UInt64
        let inode: UInt64

        init(_ status: stat) {
            (device, inode) = (UInt64(truncatingIfNeeded: status.st_dev), UInt64(status.st_ino))
        }
    }

    /// The path that it was opened by.
    let path: String
    /// The directory.
    let descriptor: Int32
    private let directory: Identity
    /// The files in use, by name; nil for one that is replaced now and then, and has to be there.
    private let files = Mutex<[String: Identity?]>([:])

    /// Opens the directory.
    ///
    /// - Throws: `profile.invalid`.
    init(_ path: String) throws(CommandFailure) {
        self.path = path
        let descriptor = open(path.systemPath, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        var status = stat()
        guard descriptor >= 0, fstat(descriptor, &status) == 0 else {
            let code = errno
            if descriptor >= 0 { close(descriptor) }
            throw Files.refusal("cannot use the directory \(path): \(Files.reason(code))", code)
        }
        self.descriptor = descriptor
        directory = Identity(status)
    }

    deinit { close(descriptor) }

    /// These files are in use from now on, those of them that are there.
    ///
    /// - Parameter isReplaced: whether they are replaced now and then, by whoever uses them.
    func hold(_ names: String..., isReplaced: Bool = false) {
        for name in names {
            guard let found = identity(of: name) else { continue }
            files.withLock { $0[name] = isReplaced ? .some(nil) : found }
        }
    }

    /// These files are not in use any more.
    func release(_ names: String...) {
        files.withLock { files in for name in names { files[name] = nil } }
    }

    /// What has become of the directory or its files, for a person; nil if all is where it was. Costs a few system calls.
    func problem() -> String? {
        var status = stat()
        guard stat(path.systemPath, &status) == 0 else {
            let isRemoved = fstat(descriptor, &status) == 0 && status.st_nlink == 0
            return "the profile's directory \(path) was \(isRemoved ? "removed" : "moved away")"
        }
        guard Identity(status) == directory else { return "another directory has taken the place of \(path)" }
        return files.withLock { files in
            for (name, expected) in files {
                guard let found = identity(of: name) else { return "\(path)/\(name) was removed" }
                if let expected, found != expected { return "another file has taken the place of \(path)/\(name)" }
            }
            return nil
        }
    }

    /// Throws `profile.gone` if there is a problem.
    func check() throws(CommandFailure) {
        if let problem = problem() { throw .gone(problem) }
    }

    private func identity(of name: String) -> Identity? {
        var status = stat()
        return fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 ? Identity(status) : nil
    }
}

extension CommandFailure {
    /// A profile is not where it was.
    static func gone(_ problem: String) -> CommandFailure {
        CommandFailure(
            .profileGone,
            "\(problem) while this engine had it open; nothing is kept any more: stop it and start it anew")
    }
}

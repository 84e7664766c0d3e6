import Reactor

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Removes a profile's directory, and nothing that is not in it.
///
/// Everything is reached from the descriptor of the directory itself, step by step and never through a symbolic link:
/// a link is removed, not what it leads to; directories and what is mounted are left alone; and so is whatever linnet
/// did not put there, so that a home that was chosen by mistake keeps its files.
final class DirectoryRemoval {
    /// The files that linnet keeps in a profile. Those of the store may have any ending.
    private static let ours = [
        KeyFile.name, VaultFile.name, VaultFile.name + ".new", "lock", Engine.socketName, "socket.lock",
        ConfigurationFile.name, ConfigurationFile.name + ".new",
    ]

    private let path: String
    private let directory: Int32

    /// Looks at the directory; removes nothing yet.
    ///
    /// - Throws: `profile.invalid` if it is none, or a link to one: what that leads to may be anybody's.
    init(_ path: String) throws(CommandFailure) {
        self.path = path
        directory = open(path.systemPath, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard directory >= 0 else {
            let code = errno
            var status = stat()
            guard lstat(path.systemPath, &status) == 0, status.st_mode & S_IFMT == S_IFLNK else {
                throw Self.failure(path, code)
            }
            throw CommandFailure(
                .profileInvalid,
                "\(path) is a symbolic link, and what it leads to is not removed; start with the --home and --profile of "
                    + "the directory itself")
        }
    }

    deinit { close(directory) }

    /// Removes what is linnet's, and the directory if it is empty then.
    ///
    /// - Returns: What is left: the names of files that are not linnet's; none if the directory is gone.
    /// - Throws: `profile.invalid` if something of ours cannot be removed.
    func remove() throws(CommandFailure) -> [String] {
        var left: [String] = []
        // Without the vault the rest cannot be read any more, whatever happens meanwhile.
        for name in try names().sorted(by: { ($0 == VaultFile.name ? 0 : 1, $0) < ($1 == VaultFile.name ? 0 : 1, $1) })
        {
            guard Self.isOurs(name) else {
                left.append(name)
                continue
            }
            // Without AT_REMOVEDIR a directory is never removed, whatever its name; a link goes, its target stays.
            guard unlinkat(directory, name.systemPath, 0) == 0 || errno == ENOENT else {
                // A directory; something that is mounted.
                if errno == EISDIR || errno == EPERM || errno == EBUSY {
                    left.append(name)
                    continue
                }
                throw Self.failure(path + "/" + name, errno)
            }
        }
        _ = fsync(directory)
        guard left.isEmpty else { return left }
        // rmdir follows no link and removes no directory that holds something, or is a mount point.
        if rmdir(path.systemPath) != 0 { return ["."] }
        return []
    }

    private static func isOurs(_ name: String) -> Bool {
        ours.contains(name) || name.hasPrefix("linnet.db")
    }

    private func names() throws(CommandFailure) -> [String] {
        // A descriptor of its own, since closing the stream closes it.
        let copy = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let stream = fdopendir(copy) else { throw Self.failure(path, errno) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
                field.withMemoryRebound(to: CChar.self, capacity: 256) { PathText.text($0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    private static func failure(_ path: String, _ code: Int32) -> CommandFailure {
        CommandFailure(.profileInvalid, "cannot remove \(path): \(Files.reason(code))")
    }
}

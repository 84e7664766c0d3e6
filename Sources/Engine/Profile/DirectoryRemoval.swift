#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Removes a profile's directory, and nothing that is not in it.
///
/// Everything is reached from the descriptor of the directory itself, step by step and never through a symbolic link:
/// a link is removed, not what it leads to; a directory on another file system is left alone; and so is whatever
/// linnet did not put there, so that a home that was chosen by mistake keeps its files.
enum DirectoryRemoval {
    /// The files that linnet keeps in a profile. Those of the store may have any ending.
    private static let ours = [
        KeyFile.name, VaultFile.name, VaultFile.name + ".new", "lock", Engine.socketName, "socket.lock",
        ConfigurationFile.name, ConfigurationFile.name + ".new",
    ]

    /// What is left: the names of files that are not linnet's; none if the directory is gone.
    ///
    /// - Throws: `profile.invalid` if the directory is not what it was, or something of ours cannot be removed.
    static func remove(_ path: String) throws(CommandFailure) -> [String] {
        let directory = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard directory >= 0 else { throw failure(path, errno) }
        defer { close(directory) }
        var left: [String] = []
        for name in try names(directory, path).sorted() {
            guard isOurs(name) else {
                left.append(name)
                continue
            }
            // Without AT_REMOVEDIR a directory is never removed, whatever its name; a link goes, its target stays.
            guard unlinkat(directory, name, 0) == 0 || errno == ENOENT else {
                if errno == EISDIR || errno == EPERM {
                    left.append(name)
                    continue
                }
                throw failure(path + "/" + name, errno)
            }
        }
        _ = fsync(directory)
        guard left.isEmpty else { return left }
        // rmdir follows no link and removes no directory that holds something, or is a mount point.
        guard rmdir(path) == 0 else { return errno == ENOTEMPTY ? [] : [String(cString: strerror(errno))] }
        return []
    }

    private static func isOurs(_ name: String) -> Bool {
        ours.contains(name) || name.hasPrefix("linnet.db")
    }

    private static func names(_ directory: Int32, _ path: String) throws(CommandFailure) -> [String] {
        // A descriptor of its own, since closing the stream closes it.
        let copy = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let stream = fdopendir(copy) else { throw failure(path, errno) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
                field.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    private static func failure(_ path: String, _ code: Int32) -> CommandFailure {
        CommandFailure(.profileInvalid, "cannot remove \(path): \(Files.reason(code))")
    }
}

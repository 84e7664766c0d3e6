import Reactor

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Where a store lives.
public enum StoreLocation: Sendable, Hashable {
    /// The file `linnet.db` (and its `-wal` and `-shm` companions) in this directory. Missing directories are made
    /// with mode 0700; the files have mode 0600.
    case directory(String)
    /// Gone when the store is closed.
    case memory

    /// The name of the database file within its directory.
    public static let fileName = "linnet.db"

    /// The database's path, as SQLite is given it.
    public var path: String {
        switch self {
        case .directory(let directory):
            directory.utf8.last == UInt8(ascii: "/") ? directory + Self.fileName : directory + "/" + Self.fileName
        case .memory: ":memory:"
        }
    }

    /// Makes the directory and an empty database file that only its owner may read, before SQLite creates one by the
    /// umask. SQLite gives the companions the mode of the main file.
    func prepare() throws(StoreError) {
        guard case .directory(let directory) = self else { return }
        try Self.makeDirectories(directory)
        let descriptor = open(path.systemPath, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StoreError.system(errno, path) }
        defer { _ = close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw StoreError.system(errno, path) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw StoreError(.io, "\(path) is not a regular file")
        }
        if status.st_mode & 0o077 != 0, fchmod(descriptor, 0o600) != 0 { throw StoreError.system(errno, path) }
    }

    /// Makes a directory and those above it that are missing, with mode 0700.
    static func makeDirectories(_ directory: String) throws(StoreError) {
        for prefix in PathText.prefixes(of: directory) {
            guard mkdir(prefix.systemPath, 0o700) != 0 else { continue }
            let reason = errno
            var status = stat()
            // A read-only or foreign parent answers EROFS or EACCES even when the directory is there.
            guard stat(prefix.systemPath, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
                throw StoreError.system(reason == EEXIST ? ENOTDIR : reason, prefix)
            }
        }
    }
}

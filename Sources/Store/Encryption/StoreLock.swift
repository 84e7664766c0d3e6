import Reactor
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// An encrypted store's directory, held by one process: what its connections know of the pages, no other process
/// can know. Ends with the object.
final class StoreLock: Sendable {
    /// Which directory it is, by whatever path.
    struct Directory: Hashable, Sendable {
        let device: UInt64
        let file: UInt64
    }

    let directory: Directory
    private let descriptor: Int32

    /// Takes the lock; nil if another holds it.
    init?(_ path: String) throws(StoreError) {
        let (descriptor, directory) = try Self.open(path)
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            if errno == EINTR { continue }
            let reason = errno
            close(descriptor)
            guard reason == EWOULDBLOCK else { throw .system(reason, path) }
            return nil
        }
        (self.descriptor, self.directory) = (descriptor, directory)
    }

    deinit { close(descriptor) }

    /// Which directory a path leads to.
    static func directory(at path: String) throws(StoreError) -> Directory {
        let (descriptor, directory) = try open(path)
        close(descriptor)
        return directory
    }

    private static func open(_ path: String) throws(StoreError) -> (Int32, Directory) {
        #if canImport(Glibc)
            let descriptor = Glibc.open(path.systemPath, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        #else
            let descriptor = Darwin.open(path.systemPath, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        #endif
        guard descriptor >= 0 else { throw .system(errno, path) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let reason = errno
            close(descriptor)
            throw .system(reason, path)
        }
        return (descriptor, Directory(device: UInt64(truncatingIfNeeded: status.st_dev), file: UInt64(status.st_ino)))
    }
}

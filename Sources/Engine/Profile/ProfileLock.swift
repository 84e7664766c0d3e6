import Reactor
import Wire

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The sign that an engine has a profile open: a lock that ends with the process, and in the file its pid.
final class ProfileLock: Sendable {
    private let descriptor: Int32

    /// The name of its file in the profile's directory.
    static let name = "lock"

    /// Takes the lock of a directory, or says at once who has it.
    init(directory: String) throws(CommandFailure) {
        let path = directory + "/" + Self.name
        descriptor = try Self.take(path)
        // Whoever has the store has the profile, also if its lock was removed, and this is another one.
        guard !Self.isStoreHeld(directory) else {
            close(descriptor)
            throw Self.inUse(path, nil)
        }
        let pid = Array("\(getpid())\n".utf8)
        _ = ftruncate(descriptor, 0)
        _ = lseek(descriptor, 0, SEEK_SET)
        _ = pid.withUnsafeBytes { Files.write($0, to: descriptor) }
    }

    private static func take(_ path: String) throws(CommandFailure) -> Int32 {
        while true {
            let descriptor = open(path.systemPath, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
            guard descriptor >= 0 else {
                let code = errno
                throw Files.refusal("cannot open \(path): \(Files.reason(code))", code)
            }
            while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
                if errno == EINTR { continue }
                let code = errno
                let holder = holder(descriptor)
                close(descriptor)
                throw code == EWOULDBLOCK
                    ? inUse(path, holder)
                    : CommandFailure(.profileInvalid, "cannot lock \(path): \(Files.reason(code))")
            }
            // A lock is one only as long as others find it.
            if isAt(path, descriptor) { return descriptor }
            close(descriptor)
        }
    }

    /// Whether a path leads to the file that is open.
    private static func isAt(_ path: String, _ descriptor: Int32) -> Bool {
        var (found, opened) = (stat(), stat())
        return lstat(path.systemPath, &found) == 0 && fstat(descriptor, &opened) == 0 && found.st_ino == opened.st_ino
            && found.st_dev == opened.st_dev
    }

    /// Whether another engine has the store of the directory open.
    private static func isStoreHeld(_ directory: String) -> Bool {
        let descriptor = open(directory.systemPath, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }

    /// An engine that has a profile open.
    struct Holder {
        /// Its process; nil if it has not written it yet.
        let pid: Int64?
    }

    /// Who holds the lock; nil if nobody does, or there is no lock.
    ///
    /// Nothing is changed, but an engine that starts within this very instant may find the lock taken.
    static func holder(path: String) -> Holder? {
        let descriptor = open(path.systemPath, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_SH | LOCK_NB) != 0, errno == EWOULDBLOCK else { return nil }
        return Holder(pid: holder(descriptor))
    }

    deinit {
        // The pid goes with the lock, so that nobody reads a stale one.
        _ = ftruncate(descriptor, 0)
        close(descriptor)
    }

    private static func inUse(_ path: String, _ holder: Int64?) -> CommandFailure {
        let who = holder.map { "by process \($0)" } ?? "by another process"
        return CommandFailure(
            .profileInUse,
            "the profile is in use \(who) (\(path)); connect to it with: linnet attach; or choose another --profile",
            details: holder.map { [Fields.pid.detail(.integer($0))] } ?? [])
    }

    private static func holder(_ descriptor: Int32) -> Int64? {
        var bytes = [UInt8](repeating: 0, count: 20)
        let count = bytes.withUnsafeMutableBytes { Files.read(descriptor, into: $0) } ?? 0
        return Int64(String(decoding: bytes.prefix(count).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
    }
}

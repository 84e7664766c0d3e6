import Crypto
import Reactor

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A small file that its owner alone may read.
struct PrivateFile {
    let path: String
    /// What it is, for a person: `the key file`.
    let kind: String

    /// What it holds; nil if there is no file.
    ///
    /// - Throws: `profile.invalid` if it is not ours alone to read, is longer than `limit` bytes, or empty.
    func read(limit: Int) throws(CommandFailure) -> SecretBytes? {
        let descriptor = open(path.systemPath, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        if descriptor < 0 {
            if errno == ENOENT { return nil }
            throw refusal("cannot open it: \(Files.reason())")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw refusal("it is not a regular file")
        }
        guard status.st_uid == geteuid() else { throw refusal("it belongs to another user") }
        guard status.st_mode & 0o077 == 0 else {
            throw refusal("others may read it; run: chmod 600 \(path)")
        }
        guard status.st_size > 0, status.st_size <= limit else {
            throw refusal("it holds no key: \(status.st_size) bytes")
        }
        var count: Int?
        let content = SecretBytes(count: Int(status.st_size)) { count = Files.read(descriptor, into: $0) }
        guard count == content.count else { throw refusal("cannot read it") }
        return content
    }

    func refusal(_ reason: String, _ code: Int32 = 0) -> CommandFailure {
        Files.refusal("\(kind) \(path) cannot be used: \(reason)", code)
    }
}

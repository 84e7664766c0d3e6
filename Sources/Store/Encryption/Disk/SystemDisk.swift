import Reactor

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The operating system's files.
struct SystemDisk: Disk {
    func open(_ path: String, creates: Bool) throws(StoreError) -> (any DiskFile)? {
        try SystemFile(path, creates: creates)
    }

    func rename(_ path: String, to target: String) throws(StoreError) {
        #if canImport(Glibc)
            let result = Glibc.rename(path.systemPath, target.systemPath)
        #else
            let result = Darwin.rename(path.systemPath, target.systemPath)
        #endif
        guard result == 0 else { throw .system(errno, path) }
    }

    func remove(_ path: String) throws(StoreError) {
        guard unlink(path.systemPath) == 0 || errno == ENOENT else { throw .system(errno, path) }
    }

    func syncDirectory(_ path: String) throws(StoreError) {
        #if canImport(Glibc)
            let descriptor = Glibc.open(path.systemPath, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        #else
            let descriptor = Darwin.open(path.systemPath, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        #endif
        guard descriptor >= 0 else { throw .system(errno, path) }
        defer { close(descriptor) }
        // Some file systems cannot sync a directory, and say so with EINVAL.
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw .system(errno, path) }
    }
}

private final class SystemFile: DiskFile {
    private let path: String
    private let descriptor: Int32

    init?(_ path: String, creates: Bool) throws(StoreError) {
        self.path = path
        let flags = O_RDWR | O_NOFOLLOW | O_CLOEXEC | (creates ? O_CREAT : 0)
        #if canImport(Glibc)
            descriptor = Glibc.open(path.systemPath, flags, 0o600)
        #else
            descriptor = Darwin.open(path.systemPath, flags, 0o600)
        #endif
        guard descriptor >= 0 else {
            if errno == ENOENT && !creates { return nil }
            throw .system(errno, path)
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system(errno, path) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw StoreError(.io, "\(path) is not a regular file") }
        if status.st_mode & 0o077 != 0, fchmod(descriptor, 0o600) != 0 { throw .system(errno, path) }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    func size() throws(StoreError) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system(errno, path) }
        return Int(status.st_size)
    }

    func read(_ count: Int, at offset: Int) throws(StoreError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let got = bytes.withUnsafeMutableBytes { buffer in
                pread(descriptor, buffer.baseAddress.map { $0 + done }, count - done, off_t(offset + done))
            }
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else { throw .system(errno, path) }
            if got == 0 { break }
            done += got
        }
        bytes.removeLast(count - done)
        return bytes
    }

    func write(_ bytes: [UInt8], at offset: Int) throws(StoreError) {
        var done = 0
        while done < bytes.count {
            let put = bytes.withUnsafeBytes { buffer in
                pwrite(descriptor, buffer.baseAddress.map { $0 + done }, bytes.count - done, off_t(offset + done))
            }
            if put < 0 && errno == EINTR { continue }
            guard put > 0 else { throw .system(put == 0 ? ENOSPC : errno, path) }
            done += put
        }
    }

    func truncate(to size: Int) throws(StoreError) {
        guard ftruncate(descriptor, off_t(size)) == 0 else { throw .system(errno, path) }
    }

    func sync() throws(StoreError) {
        guard fsync(descriptor) == 0 else { throw .system(errno, path) }
    }
}

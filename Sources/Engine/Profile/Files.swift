import Reactor

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The few calls on files that a profile needs, with errors that name the path.
enum Files {
    /// What the last call said, as a person reads it.
    static func reason(_ code: Int32 = errno) -> String {
        String(cString: strerror(code))
    }

    /// Why a profile cannot be used: `store.full` where there is no room, else `profile.invalid`.
    static func refusal(_ message: String, _ code: Int32 = 0) -> CommandFailure {
        switch code {
        case ENOSPC, EDQUOT, EFBIG: CommandFailure(.storeFull, message)
        default: CommandFailure(.profileInvalid, message)
        }
    }

    /// Makes a directory, and those above it, for the owner alone.
    static func makeDirectory(_ path: String) throws(CommandFailure) {
        for partial in PathText.prefixes(of: path) {
            guard mkdir(partial.systemPath, 0o700) != 0, errno != EEXIST, errno != EISDIR else { continue }
            let code = errno
            var status = stat()
            // A directory above that may not be written in is no obstacle if it is there.
            if stat(partial.systemPath, &status) == 0 { continue }
            throw refusal("cannot make the directory \(partial): \(reason(code))", code)
        }
        var status = stat()
        guard stat(path.systemPath, &status) == 0 else {
            throw CommandFailure(.profileInvalid, "cannot use the directory \(path): \(reason())")
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw CommandFailure(.profileInvalid, "\(path) is no directory")
        }
    }

    /// Whether there is anything at the path.
    static func exists(_ path: String) -> Bool {
        access(path.systemPath, F_OK) == 0
    }

    /// The same place without symbolic links; the path itself if there is nothing.
    static func resolved(_ path: String) -> String {
        guard let real = realpath(path.systemPath, nil) else { return path }
        defer { free(real) }
        return PathText.text(real)
    }

    /// Replaces a file, or makes it: whole or not at all, and on the disk when this returns.
    ///
    /// - Parameter directory: The directory that the path begins in, wherever that is by now; nil for the process's own.
    /// - Returns: What went wrong, as `errno` has it; nil if nothing did.
    static func replace(
        _ path: String, in directory: Int32? = nil, with bytes: UnsafeRawBufferPointer, mode: mode_t
    ) -> Int32? {
        let new = path + ".new"
        let base = directory ?? AT_FDCWD
        _ = unlinkat(base, new.systemPath, 0)
        let descriptor = openat(base, new.systemPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
        guard descriptor >= 0 else { return errno }
        // The mode that was asked for, whatever the umask.
        let isSafe = write(bytes, to: descriptor) && fchmod(descriptor, mode) == 0 && fsync(descriptor) == 0
        let code = errno
        close(descriptor)
        guard isSafe, renameat(base, new.systemPath, base, path.systemPath) == 0 else {
            let reason = isSafe ? errno : code
            _ = unlinkat(base, new.systemPath, 0)
            return reason
        }
        if let directory {
            _ = fsync(directory)
            return nil
        }
        let parent = open(PathText.directory(of: path).systemPath, O_RDONLY | O_CLOEXEC)
        if parent >= 0 {
            _ = fsync(parent)
            close(parent)
        }
        return nil
    }

    /// Reads up to `buffer.count` bytes; the count read.
    static func read(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Int? {
        var count = 0
        while count < buffer.count {
            let part = UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
            #if canImport(Darwin)
                let result = Darwin.read(descriptor, part.baseAddress, part.count)
            #else
                let result = Glibc.read(descriptor, part.baseAddress, part.count)
            #endif
            if result == 0 { break }
            if result < 0 {
                if errno == EINTR { continue }
                return nil
            }
            count += result
        }
        return count
    }

    /// Writes all bytes.
    static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Bool {
        var count = 0
        while count < bytes.count {
            let part = UnsafeRawBufferPointer(rebasing: bytes[count...])
            #if canImport(Darwin)
                let result = Darwin.write(descriptor, part.baseAddress, part.count)
            #else
                let result = Glibc.write(descriptor, part.baseAddress, part.count)
            #endif
            if result < 0 {
                if errno == EINTR { continue }
                return false
            }
            count += result
        }
        return true
    }
}

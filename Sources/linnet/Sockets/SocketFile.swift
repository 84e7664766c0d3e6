import Engine
import Reactor

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A Unix socket's file: made where there is none, and removed by whoever made it.
@NetworkActor struct SocketFile {
    let path: UnixPath
    let listener: UnixListener
    private let identity: (device: UInt64, inode: UInt64)

    /// Listens at a path, for this user alone.
    ///
    /// A socket that nobody answers at is what an engine left that was killed: it is replaced. Any other file stays.
    ///
    /// - Parameter isLocked: Whether a lock makes sure that no engine can be there.
    /// - Throws: `address.in_use`, `config.invalid`.
    init(_ text: String, isLocked: Bool) throws(CommandFailure) {
        guard let path = UnixPath(text) else {
            throw CommandFailure(.configInvalid, "'\(text)' is not a possible path of a socket")
        }
        self.path = path
        if let mode = Self.status(text)?.mode {
            guard mode & UInt32(S_IFMT) == UInt32(S_IFSOCK) else {
                throw CommandFailure(.configInvalid, "\(text) is a file, not a socket; choose another path")
            }
            if !isLocked, Self.isAnswered(path) {
                throw CommandFailure(.addressInUse, "another engine serves \(text); stop it, or choose another path")
            }
            unlink(text.systemPath)
        }
        do throws(NetworkError) {
            listener = try UnixListener(at: path)
        } catch .addressInUse {
            throw CommandFailure(.addressInUse, "another engine serves \(text); stop it, or choose another path")
        } catch {
            throw CommandFailure(.configInvalid, "cannot serve clients at \(text): \(error)")
        }
        let status = Self.status(text)
        identity = (status?.device ?? 0, status?.inode ?? 0)
    }

    /// Stops listening. The file goes, if it is still ours.
    func remove() {
        listener.close()
        let text = path.description
        if let status = Self.status(text), (status.device, status.inode) == identity { unlink(text.systemPath) }
    }

    private static func isAnswered(_ path: UnixPath) -> Bool {
        do throws(NetworkError) {
            try UnixConnection(connectingTo: path).close()
            return true
        } catch {
            return error != .refused
        }
    }

    private static func status(_ path: String) -> (mode: UInt32, device: UInt64, inode: UInt64)? {
        var status = stat()
        guard lstat(path.systemPath, &status) == 0 else { return nil }
        return (UInt32(status.st_mode), UInt64(status.st_dev), UInt64(status.st_ino))
    }
}

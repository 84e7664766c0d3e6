import Crypto
import Reactor
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// An encrypted store that is open in this process: its files, and the VFS through which SQLite uses them. Shared by
/// all connections to it, and closed with the last of them.
final class SealedStore: Sendable {
    let files: SealedFiles
    private let lock: StoreLock?
    private let system: VirtualFileSystem

    /// The name of the VFS that connections are opened with.
    var vfs: String { system.name }

    init(_ files: SealedFiles, lock: StoreLock?, over below: String?) throws(StoreError) {
        self.files = files
        self.lock = lock
        system = try VirtualFileSystem(SealedFileSource(files), over: below)
    }

    private struct Reference: Sendable {
        weak var store: SealedStore?
    }

    /// The stores that are open, by their directory.
    private static let opened = Mutex<[StoreLock.Directory: Reference]>([:])
    /// How often to look whether another process has let go. Milliseconds.
    private static let patience: Int32 = 10

    /// The store in a directory: the one that is open already, or the files that are there, or new ones.
    ///
    /// Throws `locked` when another process has it for longer than `busyTimeout`, `keyWrong`, `corrupt`, `foreign`,
    /// `newerVersion`, or what the disk says.
    static func open(
        _ directory: String, key: SecretBytes, configuration: StoreConfiguration
    ) throws(StoreError) -> SealedStore {
        precondition(key.count == StoreKeys.keyByteCount, "a store's key has 32 bytes")
        try StoreLocation.makeDirectories(directory)
        var waited: Int32 = 0
        while true {
            let identity = try StoreLock.directory(at: directory)
            if let store = opened.withLock({ $0[identity]?.store }) {
                guard store.files.isOpened(by: key) else { throw .wrongKey(store.files.path) }
                return store
            }
            if let lock = try StoreLock(directory) {
                let opening = StoreOpening(directory: directory, key: key, configuration: configuration)
                let store = try SealedStore(try opening.run(), lock: lock, over: configuration.vfsBelow)
                opened.withLock { opened in
                    opened = opened.filter { $0.value.store != nil }
                    opened[identity] = Reference(store: store)
                }
                return store
            }
            guard waited < configuration.busyTimeout else {
                throw StoreError(.locked, "\(StoreLocation.directory(directory).path) is in use by another process")
            }
            usleep(UInt32(patience) * 1000)
            waited += patience
        }
    }

    /// Whether a directory holds an encrypted store.
    static func isThere(_ location: StoreLocation) -> Bool {
        access((location.path + SealFile.suffix).systemPath, F_OK) == 0
    }
}

import CPageVFS
import CSQLite
import Synchronization

/// Who makes the files of a `VirtualFileSystem`.
protocol VirtualFileSource: AnyObject {
    /// A file of the kind that `flags` tell (`SQLITE_OPEN_…`), or SQLite's code why not. `below` is there for the main
    /// database and its write-ahead log alone. `name` is the pointer that SQLite gave, nil for a nameless file.
    func open(
        _ name: UnsafePointer<CChar>?, flags: Int32, below: FileBelow?
    ) -> Result<VirtualFile, VirtualFileRefusal>

    /// What becomes of a deletion: SQLite's code, or `SQLITE_NOTFOUND` to leave it to the VFS below.
    func remove(_ name: String) -> Int32

    /// Whether a file is there; nil leaves the question to the VFS below.
    func exists(_ name: String) -> Bool?
}

/// SQLite's code for a file that was not opened.
struct VirtualFileRefusal: Error {
    let code: Int32
}

/// A SQLite VFS whose files are Swift objects; registered as long as the object lives.
///
/// Unchecked: immutable. What SQLite calls goes to the source, on the thread of the connection.
final class VirtualFileSystem: @unchecked Sendable {
    /// What `sqlite3_open_v2` is given; no other VFS of this process has it.
    let name: String
    private let pointer: UnsafeMutablePointer<sqlite3_vfs>
    private let owner: Unmanaged<Owner>

    private static let count = Atomic<Int>(0)

    /// Registers a VFS over the one named `below`, the system's default when nil, and keeps its source.
    init(_ source: some VirtualFileSource, over below: String?) throws(StoreError) {
        let name = "linnet-\(Self.count.add(1, ordering: .relaxed).newValue)"
        let owner = Unmanaged.passRetained(Owner(source))
        let made = page_vfs_register(name, below, owner.toOpaque(), Self.calls)
        guard let made else {
            owner.release()
            throw StoreError(.outOfMemory, "SQLite could not register a VFS")
        }
        self.name = name
        self.owner = owner
        pointer = made
    }

    deinit {
        page_vfs_unregister(pointer)
        owner.release()
    }

    /// The object behind a file; nil for one of another kind of VFS.
    static func file(_ file: UnsafeMutablePointer<sqlite3_file>?) -> VirtualFile? {
        page_vfs_object(file).map { Self.file($0) }
    }

    /// Keeps the existential in one pointer.
    private final class Owner {
        let source: any VirtualFileSource

        init(_ source: any VirtualFileSource) { self.source = source }
    }

    private struct Calls: @unchecked Sendable {
        // Written once, never freed.
        let pointer: UnsafePointer<page_vfs_calls>
    }

    private static func file(_ object: UnsafeMutableRawPointer) -> VirtualFile {
        Unmanaged<VirtualFile>.fromOpaque(object).takeUnretainedValue()
    }

    private static func owner(_ owner: UnsafeMutableRawPointer?) -> (any VirtualFileSource)? {
        owner.map { Unmanaged<Owner>.fromOpaque($0).takeUnretainedValue().source }
    }

    private static var calls: UnsafePointer<page_vfs_calls> { shared.pointer }

    private static let shared: Calls = {
        let calls = UnsafeMutablePointer<page_vfs_calls>.allocate(capacity: 1)
        calls.initialize(
            to: page_vfs_calls(
                open: { owner, name, flags, below, object in
                    guard let source = VirtualFileSystem.owner(owner), let object else { return SQLITE_MISUSE }
                    switch source.open(name, flags: flags, below: below.map(FileBelow.init(pointer:))) {
                    case .success(let file):
                        object.pointee = Unmanaged.passRetained(file).toOpaque()
                        return SQLITE_OK
                    case .failure(let refusal):
                        return refusal.code
                    }
                },
                close: { object in
                    guard let object else { return }
                    let reference = Unmanaged<VirtualFile>.fromOpaque(object)
                    reference.takeUnretainedValue().close()
                    reference.release()
                },
                read: { object, bytes, count, offset in
                    guard let object else { return SQLITE_MISUSE }
                    let bytes = UnsafeMutableRawBufferPointer(start: bytes, count: Int(count))
                    return VirtualFileSystem.file(object).read(bytes, at: offset)
                },
                write: { object, bytes, count, offset in
                    guard let object else { return SQLITE_MISUSE }
                    let bytes = UnsafeRawBufferPointer(start: bytes, count: Int(count))
                    return VirtualFileSystem.file(object).write(bytes, at: offset)
                },
                truncate: { object, size in
                    guard let object else { return SQLITE_MISUSE }
                    return VirtualFileSystem.file(object).truncate(to: size)
                },
                sync: { object, flags in
                    guard let object else { return SQLITE_MISUSE }
                    return VirtualFileSystem.file(object).sync(flags)
                },
                size: { object, size in
                    guard let object, let size else { return SQLITE_MISUSE }
                    return VirtualFileSystem.file(object).size(&size.pointee)
                },
                control: { object, operation, argument in
                    guard let object else { return SQLITE_MISUSE }
                    return VirtualFileSystem.file(object).control(operation, argument)
                },
                map_region: { object, region, size, extends, address in
                    guard let object, let address else { return SQLITE_MISUSE }
                    return VirtualFileSystem.file(object)
                        .mapRegion(Int(region), byteCount: Int(size), extends: extends != 0, &address.pointee)
                },
                lock_region: { object, offset, count, flags in
                    guard let object, offset >= 0, count >= 0 else { return SQLITE_MISUSE }
                    return VirtualFileSystem.file(object).lockRegion(Int(offset)..<Int(offset + count), flags)
                },
                unmap_regions: { object, _ in
                    guard let object else { return SQLITE_MISUSE }
                    return VirtualFileSystem.file(object).unmapRegions()
                },
                remove: { owner, name in
                    guard let source = VirtualFileSystem.owner(owner), let name else { return SQLITE_MISUSE }
                    return source.remove(String(cString: name))
                },
                exists: { owner, name, found in
                    guard let source = VirtualFileSystem.owner(owner), let name, let found else { return SQLITE_MISUSE }
                    guard let exists = source.exists(String(cString: name)) else { return SQLITE_NOTFOUND }
                    found.pointee = exists ? 1 : 0
                    return SQLITE_OK
                }))
        return Calls(pointer: UnsafePointer(calls))
    }()
}

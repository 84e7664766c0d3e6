/// The file system, as far as the store uses it past SQLite. Blocking; errors name the path.
protocol Disk: Sendable {
    /// Opens a regular file to read and write, with mode 0600 if it is made. Nil if it is not there and not to be made.
    func open(_ path: String, creates: Bool) throws(StoreError) -> (any DiskFile)?

    /// Puts a file in another's place, which is then gone.
    func rename(_ path: String, to target: String) throws(StoreError)

    /// Removes a file if it is there.
    func remove(_ path: String) throws(StoreError)

    /// Makes what was created, renamed and removed in a directory durable.
    func syncDirectory(_ path: String) throws(StoreError)
}

/// A file that is open until the object goes.
protocol DiskFile: AnyObject {
    /// Its length in bytes.
    func size() throws(StoreError) -> Int

    /// At most `count` bytes from `offset` on; fewer at the end of the file only.
    func read(_ count: Int, at offset: Int) throws(StoreError) -> [UInt8]

    /// Writes all of the bytes.
    func write(_ bytes: [UInt8], at offset: Int) throws(StoreError)

    /// Cuts the file.
    func truncate(to size: Int) throws(StoreError)

    /// Returns when everything is on the disk.
    func sync() throws(StoreError)
}

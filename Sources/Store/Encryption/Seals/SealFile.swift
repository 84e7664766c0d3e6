import Crypto

/// The file of seals: which version of each page the database holds, on the disk and in memory.
///
/// A header, then a record for each step of the database. Records are appended. When they have outgrown what they tell,
/// the next one tells everything, in a new file that takes the old one's place.
final class SealFile {
    let path: String
    let keys: StoreKeys
    /// What the records come to, and what changed since.
    var table = PageTable()
    /// The step that the database is at: the tag of the last record.
    var step: Code { chain.last }
    /// True if something that is no whole record follows the last one: an append that did not come to its end, or
    /// damage.
    private(set) var hasTornEnd = false

    private let directory: String
    private let disk: any Disk
    private let header: SealHeader
    private let chain: SealChain
    private var file: any DiskFile
    /// Where the next record goes.
    private var end = SealHeader.byteCount

    /// Behind the name of the database file.
    static let suffix = "-seals"
    private static let newSuffix = "-new"
    /// Records may take this much more than twice what one of everything would take, in bytes.
    private static let slack = 16 << 10
    /// Far beyond that of the largest database.
    private static let maximumByteCount = 1 << 36

    /// Makes the file, for a store whose first page is still to be written.
    init(creating path: String, in directory: String, key: SecretBytes, disk: any Disk) throws(StoreError) {
        guard let file = try disk.open(path, creates: true) else { throw StoreError(.io, "cannot make \(path)") }
        var fileID = [UInt8](repeating: 0, count: 16)
        fileID.withUnsafeMutableBytes { SystemRandom.fill($0) }
        keys = StoreKeys(key, fileID: fileID)
        header = SealHeader(fileID: fileID, check: keys.check)
        chain = SealChain(key: keys.seals)
        try file.truncate(to: 0)
        try file.write(header.encoded, at: 0)
        (self.path, self.directory, self.disk, self.file) = (path, directory, disk, file)
    }

    /// Opens the file and reads its records; nil if it is not there. Throws `keyWrong` when it is sealed with another
    /// key, `corrupt` or `newerVersion` when it cannot be read.
    init?(opening path: String, in directory: String, key: SecretBytes, disk: any Disk) throws(StoreError) {
        guard let file = try disk.open(path, creates: false) else { return nil }
        let size = try file.size()
        guard size <= Self.maximumByteCount else { throw .damagedSeals(path) }
        var bytes = try file.read(size, at: 0)
        do throws(SealHeader.Failure) {
            header = try SealHeader(Array(bytes.prefix(SealHeader.byteCount)))
        } catch {
            switch error {
            case .damaged: throw .damagedSeals(path)
            case .newer(let version): throw .newerSeals(path, version)
            }
        }
        keys = StoreKeys(key, fileID: header.fileID)
        guard ConstantTime.isEqual(keys.check, header.check) else { throw .wrongKey(path) }
        chain = SealChain(key: keys.seals)
        (self.path, self.directory, self.disk, self.file) = (path, directory, disk, file)
        bytes.withUnsafeMutableBytes { bytes in
            while let (record, byteCount) = chain.open(bytes, at: end) {
                table.apply(record)
                end += byteCount
            }
        }
        hasTornEnd = end < size
        try disk.remove(path + Self.newSuffix)
    }

    /// Whether `key` is the one that the file is sealed with.
    func isSealed(by key: SecretBytes) -> Bool {
        ConstantTime.isEqual(StoreKeys(key, fileID: header.fileID).check, header.check)
    }

    /// Writes down what changed in the table, and returns when it is on the disk. After a failure it can be done again.
    func record() throws(StoreError) {
        if end > 2 * SealRecord.byteCount(seals: Int(table.count)) + Self.slack {
            try replace(by: table.all())
        } else {
            try append(table.changes())
        }
        table.recorded()
    }

    private func append(_ record: SealRecord) throws(StoreError) {
        if hasTornEnd { try file.truncate(to: end) }
        hasTornEnd = true
        let (bytes, tag) = chain.seal(record, after: chain.last)
        try file.write(bytes, at: end)
        try file.sync()
        hasTornEnd = false
        end += bytes.count
        chain.advance(to: tag)
    }

    /// A new file that holds one record, in the place of this one.
    private func replace(by record: SealRecord) throws(StoreError) {
        let newPath = path + Self.newSuffix
        try disk.remove(newPath)
        guard let new = try disk.open(newPath, creates: true) else { throw StoreError(.io, "cannot make \(newPath)") }
        let (bytes, tag) = chain.seal(record, after: .zero)
        let content = header.encoded + bytes
        try new.write(content, at: 0)
        try new.sync()
        try disk.rename(newPath, to: path)
        // From here on the new file is the file, whether or not its name is durable yet.
        (file, end, hasTornEnd) = (new, content.count, false)
        chain.advance(to: tag)
        try disk.syncDirectory(directory)
    }
}

extension StoreError {
    private static let remedy = "move the profile's store away or restore a copy of all its files"

    /// A page of the database that is not what was written.
    static func damagedPage(_ page: UInt32, of path: String) -> StoreError {
        StoreError(.corrupt, "page \(page) of \(path) is damaged: \(remedy)")
    }

    /// A page of the database that was written once, but is not the one that was written last.
    static func oldPage(_ page: UInt32, of path: String) -> StoreError {
        StoreError(.corrupt, "page \(page) of \(path) is from an older copy of it: \(remedy)")
    }

    /// A database that ends too early.
    static func missingPage(_ page: UInt32, of path: String) -> StoreError {
        StoreError(.corrupt, "\(path) ends before page \(page): \(remedy)")
    }

    /// A frame of the write-ahead log that is not what was written.
    static func damagedFrame(_ frame: Int, of path: String) -> StoreError {
        StoreError(.corrupt, "frame \(frame) of \(path) is damaged: \(remedy)")
    }

    /// A write-ahead log whose beginning is not what was written.
    static func damagedLogHeader(_ path: String) -> StoreError {
        StoreError(.corrupt, "the header of \(path) is damaged: \(remedy)")
    }

    /// A file of seals that cannot be read.
    static func damagedSeals(_ path: String) -> StoreError {
        StoreError(.corrupt, "\(path) is damaged: \(remedy)")
    }

    /// A file of the store that is not there.
    static func missing(_ path: String, beside other: String) -> StoreError {
        StoreError(.corrupt, "\(path) is missing or empty, but \(other) is there: \(remedy)")
    }

    /// A database in the clear, where an encrypted one was.
    static func plaintext(_ path: String) -> StoreError {
        StoreError(.corrupt, "\(path) is not encrypted, as this profile's is: somebody exchanged it; \(remedy)")
    }

    /// Files that a later version wrote.
    static func newerSeals(_ path: String, _ version: UInt8) -> StoreError {
        StoreError(.newerVersion, "\(path) has version \(version), this linnet knows 1: install the newer linnet")
    }

    /// An encrypted store that was opened with another key.
    static func wrongKey(_ path: String) -> StoreError {
        StoreError(
            .keyWrong, "\(path) belongs to another key: restore the account's vault that was made with this store")
    }

    /// An encrypted store that was opened without a key.
    static func keyless(_ path: String) -> StoreError {
        StoreError(.keyWrong, "\(path) is encrypted, and no key was given: restore the account's vault")
    }
}

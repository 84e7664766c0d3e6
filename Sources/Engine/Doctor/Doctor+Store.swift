import Crypto
import Reactor
import Store

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// What is kept: the database, and the room for it.
extension Doctor {
    mutating func examineStore(_ directory: String) {
        let path = StoreLocation.directory(directory).path
        guard Files.exists(path) else {
            return findings.append(.ok(.store, "\(path) is created at the first start"))
        }
        var finding = look(directory, isInUse: holder != nil)
        if finding.state == .broken, holder == nil, ProfileLock.holder(path: directory + "/lock") != nil {
            // An engine has started meanwhile, and written under our eyes.
            finding = look(directory, isInUse: true)
        }
        findings.append(finding)
    }

    private func look(_ directory: String, isInUse: Bool) -> Finding {
        let path = StoreLocation.directory(directory).path
        let key = isInUse ? nil : storeKey
        do throws(StoreError) {
            let inspection = try StoreInspection(directory: directory, isInUse: isInUse, key: key)
            if let fault = inspection.faults.first {
                let more = inspection.faults.count > 1 ? ", and more" : ""
                return .broken(
                    .store, "\(path) is damaged: \(fault)\(more)", "move it away or restore a copy; keep the key",
                    exit: .storage)
            }
            let known = StoreInspection.currentVersion
            let update = inspection.version < known ? ", which the next start updates to \(known)" : ""
            return .ok(.store, "\(path) is intact, version \(inspection.version)\(update)")
        } catch {
            if error.code == .keyWrong, key == nil {
                let obstacle =
                    isInUse ? "an engine has it open" : "its account has a passphrase; give it with --secret-fd"
                return .ok(.store, "\(path) is encrypted, and was not checked: \(obstacle)")
            }
            let failure = CommandFailure(error)
            return .broken(.store, failure.message, failure.spec.remedy, exit: failure.spec.exit)
        }
    }

    mutating func examineDisk(_ directory: String) {
        let place = Files.exists(directory) ? directory : Self.existingParent(of: directory)
        var status = statvfs()
        guard statvfs(place.systemPath, &status) == 0 else {
            return findings.append(
                .warning(.disk, "cannot find out how much space is free in \(place): \(Files.reason())", "look with df")
            )
        }
        let (bytes, isTooMuch) = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
        // Some file systems count no files, and tell of none.
        let files = status.f_files == 0 ? nil : UInt64(status.f_favail)
        findings.append(Self.disk(place, bytes: isTooMuch ? .max : bytes, files: files))
    }

    /// The room that is needed at least: what the write-ahead log may reach.
    private static let leastRoom: UInt64 = 16 << 20
    /// The room that one should have.
    private static let enoughRoom: UInt64 = 256 << 20

    /// What to say about so much room, and so many files that may yet be made.
    static func disk(_ place: String, bytes: UInt64, files: UInt64?) -> Finding {
        let told = "\(bytes >> 20) MiB are free in \(place)"
        if bytes < leastRoom || files == 0 {
            let message = files == 0 ? "no file can be created in \(place): it is out of inodes" : "only \(told)"
            return .broken(
                .disk, message, "free some disk space: messages can be neither stored nor received", exit: .storage)
        }
        if bytes < enoughRoom { return .warning(.disk, "only \(told)", "free some disk space") }
        return .ok(.disk, told)
    }
}

import Crypto
import Identity
import Reactor
import Store

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Who one is: the directories, the lock, the key.
extension Doctor {
    mutating func examineDirectories(_ home: String, _ directory: String) {
        examine(home, .home, isPrivate: false)
        examine(directory, .profile, isPrivate: true)
    }

    private mutating func examine(_ path: String, _ check: Finding.Check, isPrivate: Bool) {
        var status = stat()
        guard stat(path.systemPath, &status) == 0 else {
            return findings.append(errno == ENOENT ? Self.missing(path, check) : Self.unusable(path, check, errno))
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            return findings.append(.broken(check, "\(path) is no directory", "move it away, or choose another place"))
        }
        guard status.st_uid == geteuid() || !isPrivate else {
            return findings.append(
                .broken(check, "\(path) belongs to another user", "run: chown \(geteuid()) \(path), or be that user"))
        }
        guard access(path.systemPath, R_OK | W_OK | X_OK) == 0 else {
            return findings.append(Self.unusable(path, check, errno))
        }
        let others = status.st_mode & (isPrivate ? 0o077 : 0o022)
        let isSticky = status.st_mode & S_ISVTX != 0
        if others != 0, isPrivate || !isSticky {
            return findings.append(
                .warning(
                    check, "others may \(isPrivate ? "look into" : "write to") \(path)",
                    "run: chmod \(isPrivate ? "700" : "go-w") \(path)"))
        }
        findings.append(.ok(check, path))
    }

    private static func missing(_ path: String, _ check: Finding.Check) -> Finding {
        let parent = existingParent(of: path)
        guard access(parent.systemPath, W_OK | X_OK) == 0 else {
            return .broken(
                check, "there is no \(path), and in \(parent) it cannot be made: \(Files.reason())",
                "make it, or choose another place with --home")
        }
        return .ok(check, "\(path) is created at the first start")
    }

    private static func unusable(_ path: String, _ check: Finding.Check, _ code: Int32) -> Finding {
        .broken(check, "cannot use the directory \(path): \(Files.reason(code))", "mend its owner and mode")
    }

    /// The nearest directory above a path that is there.
    static func existingParent(of path: String) -> String {
        if let parent = PathText.prefixes(of: path).dropLast().last(where: Files.exists) { return parent }
        return path.utf8.first == UInt8(ascii: "/") ? "/" : "."
    }

    mutating func examineLock(_ directory: String) {
        holder = ProfileLock.holder(path: directory + "/lock")
        guard let holder else { return findings.append(.ok(.lock, "no engine has the profile open")) }
        guard let pid = holder.pid else {
            return findings.append(.ok(.lock, "an engine has just opened the profile"))
        }
        let isSeen = pid_t(exactly: pid).map { kill($0, 0) == 0 || errno == EPERM } ?? false
        findings.append(
            isSeen
                ? .ok(.lock, "process \(pid) has the profile open; a second engine on it ends with status 6")
                : .warning(
                    .lock, "process \(pid) has the profile open, but is not visible from here",
                    "look in the container, or on the machine, that shares \(directory)"))
    }

    /// Opens the vault, as far as the passphrase allows.
    private mutating func open(_ vault: Vault) -> Finding {
        let peer = "peer \(vault.description.peer)"
        guard vault.protection == .none || passphrase != nil else { return .ok(.key, "\(peer), with a passphrase") }
        do throws(VaultError) {
            storeKey = try vault.open(passphrase).storeKey
            return .ok(
                .key, vault.protection == .none ? "\(peer), without a passphrase" : "\(peer), with this passphrase")
        } catch {
            let failure = CommandFailure(error)
            return .broken(.key, "\(peer): \(failure.message)", failure.spec.remedy, exit: failure.spec.exit)
        }
    }

    mutating func examineKey(_ directory: String) {
        let file = VaultFile(path: directory + "/" + VaultFile.name)
        do throws(CommandFailure) {
            if let vault = try file.read() {
                findings.append(open(vault))
            } else if let key = try KeyFile(path: directory + "/" + KeyFile.name).read() {
                findings.append(.ok(.key, "peer \(key.peerID); the next start converts the key to a vault"))
            } else if Files.exists(StoreLocation.directory(directory).path) {
                findings.append(
                    .broken(
                        .key, "the profile has a database but no key",
                        "put the file \(file.path) back, or choose another profile"))
            } else {
                findings.append(.ok(.key, "a new identity is created at the first start"))
            }
        } catch {
            findings.append(
                .broken(.key, error.message, "keep a copy of the file before you change anything: it is your identity"))
        }
    }
}

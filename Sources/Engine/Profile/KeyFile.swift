import Crypto
import Identity

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The file that holds a profile's private key: libp2p's protobuf form, readable by its owner alone.
struct KeyFile {
    /// The longest key file that is read; an Ed25519 key has 68 bytes.
    static let maximumSize = 4096

    let path: String

    /// The key; nil if there is no file.
    ///
    /// - Throws: `profile.invalid` if the file is not ours alone to read, or holds no key.
    func read() throws(CommandFailure) -> KeyPair? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        if descriptor < 0 {
            if errno == ENOENT { return nil }
            throw refusal("cannot open it: \(Files.reason())")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw refusal("it is no plain file")
        }
        guard status.st_uid == geteuid() else { throw refusal("it belongs to another user") }
        guard status.st_mode & 0o077 == 0 else {
            throw refusal("others may read it; run: chmod 600 \(path)")
        }
        guard status.st_size > 0, status.st_size <= Self.maximumSize else {
            throw refusal("it holds no key: \(status.st_size) bytes")
        }
        var count: Int?
        let secret = SecretBytes(count: Int(status.st_size)) { count = Files.read(descriptor, into: $0) }
        guard count == secret.count else { throw refusal("cannot read it") }
        do {
            return try KeyPair(protobuf: secret)
        } catch {
            throw refusal("it holds no key: \(error)")
        }
    }

    /// Writes the key for the first time: whole or not at all, and on the disk when this returns.
    func write(_ key: KeyPair) throws(CommandFailure) {
        let failure = key.protobufSecret().withUnsafeBytes { Files.replace(path, with: $0, mode: 0o600) }
        if let failure { throw refusal("cannot write it: \(Files.reason(failure))") }
    }

    private func refusal(_ reason: String) -> CommandFailure {
        CommandFailure(.profileInvalid, "the key file \(path) cannot be used: \(reason)")
    }
}

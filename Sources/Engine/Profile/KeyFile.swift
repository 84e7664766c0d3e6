import Crypto
import Identity

/// The file that held a profile's private key before there were vaults: libp2p's protobuf form. Read, and taken over.
struct KeyFile {
    /// The longest key file that is read; an Ed25519 key has 68 bytes.
    static let maximumSize = 4096
    static let name = "key"

    let path: String

    private var file: PrivateFile { PrivateFile(path: path, kind: "the key file") }

    /// The key; nil if there is no file.
    ///
    /// - Throws: `profile.invalid` if the file is not ours alone to read, or holds no key.
    func read() throws(CommandFailure) -> KeyPair? {
        guard let secret = try file.read(limit: Self.maximumSize) else { return nil }
        do {
            return try KeyPair(protobuf: secret)
        } catch {
            throw file.refusal("it holds no key: \(error)")
        }
    }
}

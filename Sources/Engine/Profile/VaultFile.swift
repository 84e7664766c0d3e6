import Crypto
import Identity

/// The file that holds a profile's account.
struct VaultFile {
    static let name = "vault"

    let path: String

    private var file: PrivateFile { PrivateFile(path: path, kind: "the vault") }

    /// The vault; nil if there is no file.
    ///
    /// - Throws: `profile.invalid` if the file is not ours alone to read; `vault.…` if it holds no vault.
    func read() throws(CommandFailure) -> Vault? {
        guard let content = try file.read(limit: Vault.maximumByteCount) else { return nil }
        do throws(VaultError) {
            return try Vault(parsing: content.withUnsafeBytes { Array($0) })
        } catch {
            throw CommandFailure(error, path: path)
        }
    }

    /// Writes the vault: whole or not at all, and on the disk when this returns.
    ///
    /// - Parameter place: The profile, if an engine has it open: then into that very directory, whatever has the path now.
    func write(_ vault: Vault, in place: ProfilePlace? = nil) throws(CommandFailure) {
        try place?.check()
        let failure = vault.encoded.withUnsafeBytes { bytes in
            if let place { return Files.replace(Self.name, in: place.descriptor, with: bytes, mode: 0o600) }
            return Files.replace(path, with: bytes, mode: 0o600)
        }
        if let failure { throw file.refusal("cannot write it: \(Files.reason(failure))", failure) }
    }
}

extension CommandFailure {
    /// What a vault says.
    init(_ error: VaultError, path: String? = nil) {
        let spec: ErrorSpec =
            switch error {
            case .foreign: .vaultForeign
            case .newer: .vaultNewer
            case .truncated: .vaultTruncated
            case .corrupt, .costly: .vaultCorrupt
            case .wrongPassphrase: .passphraseWrong
            case .outOfMemory: .limitReached
            case .unreadable, .unfit: .argumentInvalid
            }
        let text = path.map { "the vault \($0) cannot be used: \(error)" } ?? error.description
        if case .unfit = error {
            self.init(spec, text, field: AccountArguments.passphrase.spec.name)
        } else {
            self.init(spec, text)
        }
    }
}

import Crypto
import Identity
import Wire

extension Argument where Value == SecretBytes {
    /// Text that nobody else may see, in guarded memory.
    static func secret(_ spec: FieldSpec) -> Self {
        Self(spec: spec.secret) { value in
            guard case .string(var text) = value else { return nil }
            return text.withUTF8 { SecretBytes(copying: UnsafeRawBufferPointer($0)) }
        }
    }
}

/// The arguments of the commands of accounts.
enum AccountArguments {
    static let passphrase = Argument.secret(
        FieldSpec(
            "passphrase", .string(bytes: 1...1024), "the account's passphrase",
            example: .string("correct horse battery staple")))
    static let newPassphrase = Argument.secret(
        FieldSpec(
            "new_passphrase", .string(bytes: 1...1024), "the passphrase from now on",
            example: .string("quite another one")))
    static let remove = Argument.boolean(
        FieldSpec("remove", .boolean, "no passphrase from now on: whoever has the disk is you", example: .bool(true)))
    static let name = Argument.string(
        FieldSpec(
            "name", .string(bytes: 1...AccountDescription.maximumName), "what you call the account",
            example: .string("work")))
    static let profile = Argument.string(
        FieldSpec(
            "profile", .string(bytes: 1...64), "the profile to make it in; if absent, that of the engine",
            example: .string("work")))
    static let confirm = Argument.string(
        FieldSpec(
            "confirm", .string(bytes: 1...64), "the profile's name, where no passphrase can be asked",
            example: .string("default")))
    static let form = Argument.string(
        FieldSpec(
            "form", .choice(["backup", "key"]),
            "the whole account under a passphrase; or libp2p's private key", example: .string("backup")))
    static let backupPassphrase = Argument.secret(
        FieldSpec(
            "backup_passphrase", .string(bytes: 1...1024), "the backup's passphrase; if absent, the account's",
            example: .string("one for the safe")))
    static let key = Argument.secretBytes(
        FieldSpec(
            "key_b64", .base64(bytes: 1...4096), "libp2p's private key message", example: .string("CAESQA==")))
    static let backup = Argument.base64(
        FieldSpec(
            "backup_b64", .base64(bytes: 1...Vault.maximumByteCount), "what account.export has made",
            example: .string("bGlubmV0LXZhdWx0")))
    static let sourcePassphrase = Argument.secret(
        FieldSpec(
            "source_passphrase", .string(bytes: 1...1024), "the passphrase of what is imported",
            example: .string("one for the safe")))
}

extension Argument where Value == SecretBytes {
    /// Bytes in base64 that nobody else may see.
    static func secretBytes(_ spec: FieldSpec) -> Self {
        Self(spec: spec.secret) { value in
            value.stringValue.flatMap(Base64.decode).map { SecretBytes(copying: $0) }
        }
    }
}

/// The fields of their answers.
enum AccountFields {
    static let name = FieldSpec("name", .text(64), "what its user calls the account", example: .string("work"))
    static let evm = FieldSpec(
        "evm", .text(64), "EVM address at index 0, if it comes from a mnemonic",
        example: .string("0x9858EfFD232B4033E47d90003D41EC34EcaEda94"))
    static let created = FieldSpec("created", .time, "when the account was made")
    static let derivation = FieldSpec(
        "derivation", .choice(["none", "gigi", "slip10"]), "how its keys come from a mnemonic; none: there is none",
        example: .string("gigi"))
    static let isProtected = FieldSpec("protected", .boolean, "whether it has a passphrase", example: .bool(true))
    static let isLocked = FieldSpec("locked", .boolean, "whether it has to be unlocked first", example: .bool(false))
    static let isCurrent = FieldSpec("current", .boolean, "whether this engine has it", example: .bool(true))
    static let problem = FieldSpec(
        "problem", .text(4096), "why it cannot be read", example: .string("others may read it"))
    static let left = FieldSpec(
        "left", .list(.text(256), count: 0...4096), "files in the directory that are not linnet's, and stay",
        example: .array([.string("notes.txt")]))
    static let mnemonic = FieldSpec(
        "mnemonic", .text(512), "the words",
        example: .string("legal winner thank year wave sausage worth useful legal winner thank yellow")
    ).secret
    static let backup = FieldSpec(
        "backup_b64", .base64(bytes: 1...Vault.maximumByteCount), "the account under its passphrase",
        example: .string("bGlubmV0LXZhdWx0"))
    static let key = FieldSpec(
        "key_b64", .base64(bytes: 1...4096), "libp2p's private key message", example: .string("CAESQA==")
    ).secret

    static let summary = [
        StatusFields.profile.required, name.required, Fields.peer.required, evm, isProtected.required,
    ]
}

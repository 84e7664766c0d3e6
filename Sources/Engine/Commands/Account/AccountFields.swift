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

extension Invocation {
    /// A passphrase that is to be one from now on.
    ///
    /// - Throws: `argument.invalid` if it cannot be typed everywhere.
    func newPassphrase(_ argument: Argument<SecretBytes>) throws(CommandFailure) -> SecretBytes? {
        guard let passphrase = optional(argument) else { return nil }
        do throws(PassphraseError) {
            _ = try passphrase.withUnsafeBytes { (text) throws(PassphraseError) in try OpaqueString.prepare(text) }
        } catch {
            throw CommandFailure(
                .argumentInvalid, "'\(argument.spec.name)' \(error)", field: argument.spec.name)
        }
        return passphrase
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
            "new_passphrase", .string(bytes: 1...1024), "the new passphrase",
            example: .string("quite another one")))
    static let removed = Argument.boolean(
        FieldSpec(
            "removed", .boolean, "remove the passphrase: anybody with access to the disk can then use the account",
            example: .bool(true)))
    static let name = Argument.string(
        FieldSpec(
            "name", .string(bytes: 1...AccountDescription.maximumName), "your name for the account",
            example: .string("work")))
    static let profile = Argument.string(
        FieldSpec(
            "profile", .string(bytes: 1...64), "the profile to create it in; if absent, that of the engine",
            example: .string("work")))
    static let confirm = Argument.string(
        FieldSpec(
            "confirm", .string(bytes: 1...64), "the name of the profile, to confirm, if it has no passphrase",
            example: .string("default")))
    static let form = Argument.string(
        FieldSpec(
            "form", .choice(["mnemonic", "backup", "key"]),
            "the words; the whole account, encrypted with a passphrase; or a libp2p private key",
            example: .string("mnemonic")))
    static let backupPassphrase = Argument.secret(
        FieldSpec(
            "backup_passphrase", .string(bytes: 1...1024),
            "the passphrase of the backup; if absent, that of the account",
            example: .string("one for the safe")))
    static let key = Argument.secretBytes(
        FieldSpec(
            "key_b64", .base64(bytes: 1...4096), "a libp2p private key, in protobuf", example: .string("CAESQA==")))
    static let backup = Argument.base64(
        FieldSpec(
            "backup_b64", .base64(bytes: 1...Vault.maximumByteCount), "a backup made by account.export",
            example: .string("bGlubmV0LXZhdWx0")))
    static let words = Argument.integer(
        FieldSpec("words", .integer(12...24), "the number of words: 12, 15, 18, 21 or 24", example: .integer(12)))
    static let mnemonic = Argument.secret(
        FieldSpec(
            "mnemonic", .string(bytes: 1...Mnemonic.maximumTextByteCount), "the words of BIP-39, in English",
            example: .string("legal winner thank year wave sausage worth useful legal winner thank yellow")))
    static let mnemonicPassphrase = Argument.secret(
        FieldSpec(
            "mnemonic_passphrase", .string(bytes: 1...AccountSecrets.maximumMnemonicPassphrase),
            "an additional passphrase for the words (BIP-39): each one gives a different account, so a wrong one is not detected",
            example: .string("a word that is on no list")))
    static let derivation = Argument.string(
        FieldSpec(
            "derivation", .choice(["gigi", "slip10"]),
            "how the keys are derived from the words: as gigi does it, or with SLIP-0010", example: .string("gigi")))
    static let gigi = Argument.json(
        FieldSpec(
            "gigi", .any, "the account of gigi: the JSON of its settings row, as an object or as text",
            example: .object([
                JSON.Member(name: "encrypted_mnemonic", value: .string("00")),
                JSON.Member(name: "nonce", value: .string("00")),
                JSON.Member(name: "peer_id", value: Fields.peer.example ?? .null),
            ])
        ).secret)
    static let index = Argument.integer(
        FieldSpec(
            "index", .integer(0...2_147_483_647), "which of the keys derived from the words", example: .integer(0)))
    static let count = Argument.integer(
        FieldSpec("count", .integer(1...100), "how many, starting at index", example: .integer(5)))
    static let scheme = Argument.string(
        FieldSpec(
            "scheme", .choice(SignatureScheme.allCases.map(\.rawValue)),
            "ed25519 for linnet peers; eip191 as Ethereum wallets sign", example: .string("ed25519")))
    static let text = Argument.string(
        FieldSpec("text", .string(bytes: 1...262_144), "what is signed", example: .string("I am alice")))
    static let data = Argument.base64(
        FieldSpec("data_b64", .base64(bytes: 1...65_536), "bytes, instead of text", example: .string("aGk=")))
    static let peer = Argument.string(
        FieldSpec(
            "peer", .target, "the expected signer of an Ed25519 signature: peer id, alias or self",
            example: .string("bob")))
    static let evm = Argument.string(
        FieldSpec(
            "evm", .string(bytes: 42...42),
            "the expected signer of an EIP-191 signature; if absent, the answer names the signer",
            example: AccountFields.evm.example))
    static let signature = Argument.base64(AccountFields.signature)
    static let evmSignature = Argument.string(AccountFields.evmSignature)
    static let sourcePassphrase = Argument.secret(
        FieldSpec(
            "source_passphrase", .string(bytes: 1...1024), "the passphrase of the backup, or gigi's password",
            example: .string("one for the safe")))
}

extension Argument where Value == SecretBytes {
    /// Bytes in base64 that nobody else may see.
    static func secretBytes(_ spec: FieldSpec) -> Self {
        Self(spec: spec.secret) { value in
            guard let bytes = value.stringValue.flatMap(Base64.decode) else { return nil }
            defer { bytes.erase() }
            return SecretBytes(copying: bytes)
        }
    }
}

/// The fields of their answers.
enum AccountFields {
    static let name = FieldSpec("name", .text(64), "the user's name for the account", example: .string("work"))
    static let evm = FieldSpec(
        "evm", .text(64), "EVM address with its checksum (EIP-55), at index 0 unless another is asked for",
        example: .string("0x9858EfFD232B4033E47d90003D41EC34EcaEda94")
    ).renamed
    static let group = FieldSpec(
        "group", .peer, "group id, at index 0 unless another is requested; absent without a mnemonic",
        example: .string("12D3KooWKQJHZUSSd4GHk23N1hxen1UER1K5BBTMJRpNNJcZ63bo"))
    static let index = FieldSpec("index", .count, "the last component of the derivation paths", example: .integer(0))
    static let hint = FieldSpec(
        "hint", .text(256), "what to do next, for a person",
        example: .string("write down the words that account.export form=mnemonic tells"))
    static let scheme = FieldSpec(
        "scheme", .choice(SignatureScheme.allCases.map(\.rawValue)), "the form of the signature, and its key")
    static let signature = FieldSpec(
        "signature_b64", .base64(bytes: 1...1024), "the Ed25519 signature, 64 bytes",
        example: .string(
            "gBcVdG7mDVM6fyFnBOgGfiDwcZaO8bUg4bFbVsyeQEI4LSUgwQOr6TJWJOPlDh5gH0mzjBhWnNcyAe+oJYzuAA==")
    ).measured
    static let evmSignature = FieldSpec(
        "signature", .string(bytes: 130...132), "the EIP-191 signature: r, s, v in hexadecimal, 65 bytes",
        example: .string("0x" + String(repeating: "4f", count: 64) + "1b")
    ).measured
    static let created = FieldSpec("created_time", .time, "when the account was created")
    static let derivation = FieldSpec(
        "derivation", .choice(["none", "gigi", "slip10"]),
        "how the keys are derived from a mnemonic; none: there is no mnemonic",
        example: .string("gigi"))
    static let isProtected = FieldSpec("protected", .boolean, "whether it has a passphrase", example: .bool(true))
    static let change = FieldSpec(
        "change", .choice(AccountChange.allCases.map(\.rawValue)), "what happened to the account")
    static let isLocked = FieldSpec("locked", .boolean, "whether it is locked", example: .bool(false))
    static let isCurrent = FieldSpec("current", .boolean, "whether this engine uses it", example: .bool(true))
    static let problem = FieldSpec(
        "problem", .text(4096), "why it cannot be read", example: .string("others may read it"))
    static let left = FieldSpec(
        "left", .list(.text(256), count: 0...4096),
        "what remains: files that do not belong to linnet; '.' for a directory that is a mount point",
        example: .array([.string("notes.txt")]))
    static let mnemonic = FieldSpec(
        "mnemonic", .text(512), "the words",
        example: .string("legal winner thank year wave sausage worth useful legal winner thank yellow")
    ).secret
    static let mnemonicPassphrase = FieldSpec(
        "mnemonic_passphrase", .text(AccountSecrets.maximumMnemonicPassphrase),
        "the passphrase that belongs to the words, if any", example: .string("a word that is on no list")
    ).secret
    static let backup = FieldSpec(
        "backup_b64", .base64(bytes: 1...Vault.maximumByteCount), "the account, encrypted with its passphrase",
        example: .string("bGlubmV0LXZhdWx0")
    ).measured
    static let key = FieldSpec(
        "key_b64", .base64(bytes: 1...4096), "a libp2p private key, in protobuf", example: .string("CAESQA==")
    ).secret

    static let summary = [
        StatusFields.profile.required, name.required, Fields.peer.required, group, evm, isProtected.required,
    ]
}

/// What happened to an account.
enum AccountChange: String, CaseIterable {
    case renamed
    case passphraseSet = "passphrase_set"
    case passphraseChanged = "passphrase_changed"
    case passphraseRemoved = "passphrase_removed"

    /// What a new vault means for the passphrase; nil if there was none and is none.
    init?(from isProtected: Bool, to willBeProtected: Bool) {
        switch (isProtected, willBeProtected) {
        case (false, false): return nil
        case (false, true): self = .passphraseSet
        case (true, true): self = .passphraseChanged
        case (true, false): self = .passphraseRemoved
        }
    }
}

/// What is signed, and with which key.
enum SignatureScheme: String, CaseIterable {
    /// By the peer's key, framed so that it can be taken for nothing else.
    case ed25519
    /// By the EVM key, as a personal message.
    case eip191
}

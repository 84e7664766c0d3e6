import Crypto
import Identity
import Reactor
import Store
import Wire

/// The commands that make an account: of new words, or of what comes from elsewhere.
extension Command {
    static let accountCreate = Command(
        spec: CommandSpec(
            "account.create",
            "Create an account from new words, in this profile if it has none, or in another. account.export prints the words.",
            arguments: [
                AccountArguments.passphrase.spec, AccountArguments.words.or(.integer(Int64(Account.wordCount))),
                AccountArguments.mnemonicPassphrase.spec, AccountArguments.derivation.or(.string("gigi")),
                AccountArguments.name.spec, AccountArguments.profile.spec,
            ], answer: AccountFields.summary + [AccountFields.hint], errors: makeErrors,
            example:
                #"{"cmd":"account.create","passphrase":"correct horse battery staple","profile":"work"}"#
        ).whileLocked.beforeAllElse.unrepeatable.opposite("delete", "remove"),
        handler: .concurrent { engine, call throws(CommandFailure) in try await engine.accountCreate(call) })

    static let accountImport = Command(
        spec: CommandSpec(
            "account.import",
            "Import an account: from its words, a backup, gigi's file, or a libp2p key.",
            arguments: [
                AccountArguments.mnemonic.spec, AccountArguments.mnemonicPassphrase.spec,
                AccountArguments.derivation.or(.string("gigi")), AccountArguments.backup.spec,
                AccountArguments.gigi.spec, AccountArguments.key.spec, AccountArguments.sourcePassphrase.spec,
                AccountArguments.passphrase.spec, AccountArguments.name.spec, AccountArguments.profile.spec,
            ],
            alternatives: [
                .exactlyOne("mnemonic", "backup_b64", "gigi", "key_b64"),
                .atMostOne("mnemonic_passphrase", "backup_b64", "gigi", "key_b64"),
                .atMostOne("derivation", "backup_b64", "gigi", "key_b64"),
            ],
            answer: AccountFields.summary + [AccountFields.hint],
            errors: makeErrors + [
                .mnemonicInvalid, .passphraseWrong, .rateLimited, .vaultForeign, .vaultNewer, .vaultTruncated,
                .vaultCorrupt,
            ],
            example:
                #"{"cmd":"account.import","mnemonic":"legal winner thank year wave sausage worth useful legal winner "#
                + #"thank yellow","passphrase":"correct horse battery staple","profile":"work"}"#
        ).whileLocked.beforeAllElse.unrepeatable.opposite("export"),
        handler: .concurrent { engine, call throws(CommandFailure) in try await engine.accountImport(call) })

    private static let makeErrors: [ErrorSpec] = [
        .accountExists, .accountUnprotected, .profileInUse, .profileInvalid, .limitReached,
    ]
}

extension Engine {
    func accountCreate(_ call: Invocation) async throws(CommandFailure) {
        let count = Int(try call.value(AccountArguments.words))
        guard Mnemonic.wordCounts.contains(count) else {
            throw CommandFailure(
                .argumentInvalid, "'words' must be 12, 15, 18, 21 or 24", field: AccountArguments.words.spec.name)
        }
        let new = try await derived(try Account.words(count, world), call)
        let passphrase = call.optional(AccountArguments.mnemonicPassphrase) == nil ? "" : ", and their passphrase"
        try await make(
            new.secrets, new.description, call,
            hint: "write down the words\(passphrase): account.export form=mnemonic tells them; without them, or a "
                + "backup, nobody can restore the account")
    }

    func accountImport(_ call: Invocation) async throws(CommandFailure) {
        let new: Account.New
        if let words = call.optional(AccountArguments.mnemonic) {
            new = try await derived(try Self.mnemonic(words), call)
        } else if let bytes = call.optional(AccountArguments.backup) {
            new = try await restored(bytes, call)
        } else if let json = call.optional(AccountArguments.gigi) {
            new = try await fromGigi(json, call)
        } else {
            new = try keyed(try call.value(AccountArguments.key))
        }
        var description = new.description
        if let name = call.optional(AccountArguments.name) { description.name = name }
        try await make(new.secrets, description, call)
    }

    private static func mnemonic(_ words: SecretBytes) throws(CommandFailure) -> Mnemonic {
        do throws(MnemonicError) {
            return try Mnemonic(words)
        } catch {
            throw CommandFailure(error)
        }
    }

    /// The account of words, as the command wants it derived.
    private func derived(_ mnemonic: Mnemonic, _ call: Invocation) async throws(CommandFailure) -> Account.New {
        let isGigi = try call.value(AccountArguments.derivation) == "gigi"
        return try await account.onWorker(
            Account.of(
                mnemonic, passphrase: call.optional(AccountArguments.mnemonicPassphrase),
                tree: isGigi ? .gigi : .slip10, name: call.optional(AccountArguments.name) ?? "", world))
    }

    /// The account of a backup, with all that is in it.
    private func restored(_ bytes: [UInt8], _ call: Invocation) async throws(CommandFailure) -> Account.New {
        let vault: Vault
        do throws(VaultError) {
            vault = try Vault(parsing: bytes)
        } catch {
            throw CommandFailure(CommandFailure(error).spec, "the backup cannot be used: \(error)")
        }
        let passphrase =
            call.optional(AccountArguments.sourcePassphrase) ?? call.optional(AccountArguments.passphrase)
        return (try await account.open(vault, passphrase ?? SecretBytes(copying: [])), vault.description)
    }

    /// The account of gigi's file: the same words, so the same peer.
    private func fromGigi(_ json: JSON, _ call: Invocation) async throws(CommandFailure) -> Account.New {
        let field = AccountArguments.gigi.spec.name
        let gigi: GigiVault
        do throws(VaultError) {
            gigi = try GigiVault(json: json.stringValue ?? json.text)
        } catch {
            throw CommandFailure(error).blaming(field)
        }
        guard let password = call.optional(AccountArguments.sourcePassphrase) else {
            throw CommandFailure(
                .argumentMissing, "gigi's password is needed: source_passphrase",
                field: AccountArguments.sourcePassphrase.spec.name)
        }
        let words = try await account.guess { () throws(VaultError) in try gigi.mnemonic(password: password) }
        let new = try await account.onWorker(
            Account.of(try Self.mnemonic(words), passphrase: nil, tree: .gigi, name: gigi.name, world))
        guard new.description.peer == gigi.peer else {
            throw CommandFailure(
                .vaultCorrupt, "the words in gigi's file are those of \(new.description.peer), not of \(gigi.peer)",
                field: field)
        }
        return new
    }

    /// The account that a key is.
    private func keyed(_ key: SecretBytes) throws(CommandFailure) -> Account.New {
        do throws(IdentityError) {
            let identity = try KeyPair(protobuf: key)
            return (
                AccountSecrets(identitySeed: identity.seed, storeKey: Account.random(32, world)),
                AccountDescription(
                    name: "", created: world.wallClock.now.milliseconds, peer: identity.peerID, derivation: .none)
            )
        } catch {
            throw CommandFailure(.argumentInvalid, "'key_b64' holds no key", field: AccountArguments.key.spec.name)
        }
    }

    /// Makes an account of secrets, in the profile that a command names, or in this one, and answers.
    ///
    /// - Parameter hint: What to do next, for a person.
    func make(
        _ secrets: AccountSecrets, _ description: AccountDescription, _ call: Invocation, hint: String? = nil
    ) async throws(CommandFailure) {
        let passphrase = try call.newPassphrase(AccountArguments.passphrase)
        guard let own = account.directory, let home = options.configuration.settings.home else { throw .inMemory }
        let profile = call.optional(AccountArguments.profile) ?? options.profileName
        guard Profile.isName(profile) else {
            throw CommandFailure(
                .argumentInvalid, "'profile' must be letters, digits, '.', '_' or '-', not beginning with '.'",
                field: AccountArguments.profile.spec.name)
        }
        let exists = CommandFailure(
            .accountExists, "the profile '\(profile)' has an account; name another profile",
            field: AccountArguments.profile.spec.name)
        let directory = home + "/" + profile
        let vault: Vault
        var hint = hint
        if directory == own || profile == options.profileName {
            guard account.vault == nil, !isChangingLock else { throw exists }
            isChangingLock = true
            defer { isChangingLock = false }
            vault = try await account.sealed(secrets, description, passphrase)
            try await call.changing { () throws(CommandFailure) in try account.keep(vault) }
            account.adopt(secrets)
            do throws(CommandFailure) {
                try await run()
            } catch {
                // The account is made all the same.
                account.forget()
                log(.error, "account not opened", [("reason", error.message)])
                hint = "the account is made, but cannot be used yet: \(error.message)"
            }
        } else {
            try Files.makeDirectory(directory)
            let lock = try ProfileLock(directory: directory)
            let names = [VaultFile.name, KeyFile.name, StoreLocation.fileName]
            guard !names.contains(where: { Files.exists(directory + "/" + $0) }) else { throw exists }
            vault = try await account.sealed(secrets, description, passphrase)
            try await call.changing { () throws(CommandFailure) in
                try VaultFile(path: directory + "/" + VaultFile.name).write(vault)
            }
            secrets.wipe()
            withExtendedLifetime(lock) {}
        }
        call.ok { line in
            line.string(StatusFields.profile, profile)
            line.string(AccountFields.name, description.name.isEmpty ? profile : description.name)
            line.peer(Fields.peer, description.peer)
            line.peer(AccountFields.group, description.group)
            line.string(AccountFields.evm, description.evmText)
            line.bool(AccountFields.isProtected, vault.protection != .none)
            line.string(AccountFields.hint, hint)
        }
    }
}

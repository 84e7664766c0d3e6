import Crypto
import Identity
import Reactor
import Store

/// The commands that bring accounts in, and take them out.
extension Command {
    static let accountImport = Command(
        spec: CommandSpec(
            "account.import", "Bring an account from elsewhere: into an empty profile, or another one.",
            arguments: [
                AccountArguments.backup.spec, AccountArguments.key.spec, AccountArguments.sourcePassphrase.spec,
                AccountArguments.passphrase.spec, AccountArguments.name.spec, AccountArguments.profile.spec,
            ], alternatives: [.exactlyOne("backup_b64", "key_b64")],
            answer: AccountFields.summary,
            errors: [
                .accountExists, .passphraseWrong, .rateLimited, .profileInUse, .profileInvalid, .vaultForeign,
                .vaultNewer, .vaultTruncated, .vaultCorrupt, .limitReached,
            ],
            example:
                #"{"cmd":"account.import","backup_b64":"bGlubmV0LXZhdWx0","source_passphrase":"one for the safe","#
                + #""passphrase":"correct horse battery staple","profile":"work"}"#
        ).whileLocked,
        handler: .concurrent { engine, call throws(CommandFailure) in try await engine.accountImport(call) })

    static let accountExport = Command(
        spec: CommandSpec(
            "account.export", "Give the account away: the only answer that holds a secret.",
            arguments: [
                AccountArguments.form.required, AccountArguments.passphrase.spec,
                AccountArguments.backupPassphrase.spec,
            ], answer: [AccountFields.backup, AccountFields.key],
            answerAlternatives: [.exactlyOne("backup_b64", "key_b64")], errors: guessErrors,
            example:
                #"{"cmd":"account.export","form":"backup","passphrase":"correct horse battery staple","#
                + #""backup_passphrase":"one for the safe"}"#
        ).whileLocked,
        handler: .concurrent { engine, call throws(CommandFailure) in try await engine.accountExport(call) })
}

extension Engine {
    func accountImport(_ call: Invocation) async throws(CommandFailure) {
        let secrets: AccountSecrets
        var description: AccountDescription
        if let bytes = call.optional(AccountArguments.backup) {
            let vault: Vault
            do throws(VaultError) {
                vault = try Vault(parsing: bytes)
            } catch {
                throw CommandFailure(CommandFailure(error).spec, "the backup cannot be used: \(error)")
            }
            let passphrase =
                call.optional(AccountArguments.sourcePassphrase) ?? call.optional(AccountArguments.passphrase)
            secrets = try await account.open(vault, passphrase ?? SecretBytes(copying: []))
            description = vault.description
        } else {
            let identity: KeyPair
            let key = try call.value(AccountArguments.key)
            do throws(IdentityError) {
                identity = try KeyPair(protobuf: key)
            } catch {
                throw CommandFailure(.argumentInvalid, "'key_b64' holds no key", field: AccountArguments.key.spec.name)
            }
            secrets = AccountSecrets(identitySeed: identity.seed, storeKey: Account.random(32, world))
            description = AccountDescription(
                name: "", created: world.wallClock.now.milliseconds, peer: identity.peerID, derivation: .none)
        }
        if let name = call.optional(AccountArguments.name) { description.name = name }
        try await make(secrets, description, call)
    }

    /// Makes an account of secrets, in the profile that a command names, or in this one, and answers.
    func make(
        _ secrets: AccountSecrets, _ description: AccountDescription, _ call: Invocation
    ) async throws(CommandFailure) {
        let passphrase = call.optional(AccountArguments.passphrase)
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
        if directory == own || profile == options.profileName {
            guard account.vault == nil, !isChangingLock else { throw exists }
            isChangingLock = true
            defer { isChangingLock = false }
            vault = try await account.sealed(secrets, description, passphrase)
            try account.keep(vault)
            account.adopt(secrets)
            try await run()
        } else {
            try Files.makeDirectory(directory)
            let lock = try ProfileLock(path: directory + "/lock")
            let names = [VaultFile.name, KeyFile.name, StoreLocation.fileName]
            guard !names.contains(where: { Files.exists(directory + "/" + $0) }) else { throw exists }
            vault = try await account.sealed(secrets, description, passphrase)
            try VaultFile(path: directory + "/" + VaultFile.name).write(vault)
            secrets.wipe()
            withExtendedLifetime(lock) {}
        }
        call.ok { line in
            line.string(StatusFields.profile, profile)
            line.string(AccountFields.name, description.name.isEmpty ? profile : description.name)
            line.peer(Fields.peer, description.peer)
            line.string(AccountFields.evm, description.evmText)
            line.bool(AccountFields.isProtected, vault.protection != .none)
        }
    }

    func accountExport(_ call: Invocation) async throws(CommandFailure) {
        let secrets = try await secrets(call)
        defer { secrets.done() }
        switch try call.value(AccountArguments.form) {
        case "key":
            let key = secrets.value.identity.protobufSecret()
            call.ok { $0.string(AccountFields.key, key.withUnsafeBytes { Base64.encode(Array($0)) }) }
        default:
            let passphrase =
                call.optional(AccountArguments.backupPassphrase) ?? call.optional(AccountArguments.passphrase)
            guard let passphrase, let vault = account.vault else {
                throw CommandFailure(
                    .argumentMissing, "a backup needs a passphrase: backup_passphrase",
                    field: AccountArguments.backupPassphrase.spec.name)
            }
            let backup = try await account.sealed(secrets.value, vault.description, passphrase)
            call.ok { $0.string(AccountFields.backup, Base64.encode(backup.encoded)) }
        }
    }
}

import Crypto
import Identity
import Reactor
import Time
import Wire

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The commands that tell of accounts, and name and remove them.
extension Command {
    static let accountList = Command(
        spec: CommandSpec(
            "account.list", "List the profiles in the home directory, with their accounts.",
            item: [
                StatusFields.profile.required, AccountFields.name, Fields.peer, AccountFields.group,
                AccountFields.evm, AccountFields.isProtected, AccountFields.isCurrent.required, AccountFields.problem,
            ], answer: [Fields.count.required], errors: [.profileInvalid], example: #"{"cmd":"account.list"}"#
        ).whileLocked,
        handler: .concurrent { engine, call throws(CommandFailure) in try await engine.accountList(call) })

    static let accountShow = Command(
        spec: CommandSpec(
            "account.show", "Show the account.",
            answer: AccountFields.summary + [
                AccountFields.isLocked.required, AccountFields.derivation.required, AccountFields.created,
            ], errors: [.accountMissing], example: #"{"cmd":"account.show"}"#
        ).whileLocked,
        handler: .immediate { engine, call throws(CommandFailure) in try engine.accountShow(call) })

    static let accountRename = Command(
        spec: CommandSpec(
            "account.rename", "Rename the account.",
            arguments: [AccountArguments.name.required, AccountArguments.passphrase.spec],
            answer: AccountFields.summary, errors: guessErrors,
            example: #"{"cmd":"account.rename","name":"work","passphrase":"correct horse battery staple"}"#
        ).whileLocked.beforeAllElse,
        handler: .concurrent { engine, call throws(CommandFailure) in try await engine.accountRename(call) })

    static let accountDelete = Command(
        spec: CommandSpec(
            "account.delete",
            "Delete this profile and everything in it from the disk, and stop. Only a backup can bring it back.",
            arguments: [AccountArguments.passphrase.spec, AccountArguments.confirm.spec],
            answer: [Fields.peer, AccountFields.left.required], errors: guessErrors + [.profileInvalid],
            example: #"{"cmd":"account.delete","passphrase":"correct horse battery staple"}"#
        ).whileLocked.beforeAllElse.unrepeatable.destructive,
        handler: .concurrent { engine, call throws(CommandFailure) in try await engine.accountDelete(call) })
}

extension Engine {
    func accountList(_ call: Invocation) async throws(CommandFailure) {
        guard let home = options.configuration.settings.home, let own = account.directory else {
            call.item { line in
                line.string(StatusFields.profile, options.profileName)
                line.peer(Fields.peer, account.peer)
                line.peer(AccountFields.group, account.description?.group)
                line.string(AccountFields.evm, account.description?.evmText)
                line.bool(AccountFields.isProtected, false)
                line.bool(AccountFields.isCurrent, true)
            }
            return call.ok { $0.count(Fields.count, 1) }
        }
        let names = try Profile.names(in: home)
        for name in names {
            await call.room()
            let path = "\(home)/\(name)"
            var vault: Vault?
            var problem: String?
            do throws(CommandFailure) {
                vault = try VaultFile(path: path + "/" + VaultFile.name).read()
            } catch {
                problem = error.message
            }
            call.item { line in
                line.string(StatusFields.profile, name)
                line.string(AccountFields.name, vault.map { $0.description.name.isEmpty ? name : $0.description.name })
                line.peer(Fields.peer, vault?.description.peer)
                line.peer(AccountFields.group, vault?.description.group)
                line.string(AccountFields.evm, vault?.description.evmText)
                line.bool(AccountFields.isProtected, vault.map { $0.protection != .none })
                line.bool(AccountFields.isCurrent, path.isSame(as: own))
                line.string(AccountFields.problem, problem)
            }
        }
        call.ok { $0.count(Fields.count, names.count) }
    }

    func accountShow(_ call: Invocation) throws(CommandFailure) {
        guard account.peer != nil else { throw .noAccount }
        let description = account.description
        call.ok { line in
            summary(&line)
            line.bool(AccountFields.isLocked, isLocked)
            line.string(AccountFields.derivation, "\(description?.derivation ?? .none)")
            line.time(AccountFields.created, description.map { Timestamp(milliseconds: $0.created) })
        }
    }

    func summary(_ line: inout LineWriter) {
        line.string(StatusFields.profile, options.profileName)
        line.string(AccountFields.name, accountName)
        line.peer(Fields.peer, account.peer)
        line.peer(AccountFields.group, account.description?.group)
        line.string(AccountFields.evm, account.description?.evmText)
        line.bool(AccountFields.isProtected, account.isProtected)
    }

    func accountRename(_ call: Invocation) async throws(CommandFailure) {
        await account.changing.take()
        defer { account.changing.pass() }
        let secrets = try await secrets(call)
        guard var description = account.vault?.description else { throw .inMemory }
        description.name = try call.value(AccountArguments.name)
        let passphrase = account.isProtected ? call.optional(AccountArguments.passphrase) : nil
        let vault = try await account.sealed(secrets.value, description, passphrase, isKept: true)
        try await call.changing { () throws(CommandFailure) in try account.keep(vault) }
        secrets.done()
        await tell(.renamed)
        call.ok { summary(&$0) }
    }

    func accountDelete(_ call: Invocation) async throws(CommandFailure) {
        guard let directory = account.directory else { throw .inMemory }
        let peer = account.peer
        await account.changing.take()
        defer { account.changing.pass() }
        if account.isProtected {
            try await secrets(call).done()
        } else {
            guard call.optional(AccountArguments.confirm) == options.profileName else {
                throw CommandFailure(
                    .argumentInvalid, "'confirm' must be the profile's name: \(options.profileName)",
                    field: AccountArguments.confirm.spec.name)
            }
        }
        guard !isChangingLock else { throw .locked }
        try account.place?.check()
        let removal = try DirectoryRemoval(directory)
        let left: [String]
        do throws(CommandFailure) {
            left = try await call.changing { () async throws(CommandFailure) in
                await lock(.command, says: false)
                account.forget()
                return try removal.remove()
            }
        } catch {
            for session in sessions { sayLocked(session, .command) }
            throw error
        }
        account.vanish()
        log(.warning, "account deleted", [("directory", directory)])
        call.ok { line in
            line.peer(Fields.peer, peer)
            line.strings(AccountFields.left, left)
        }
        stop(.command, drain: .zero)
    }
}

extension AccountDescription {
    /// The EVM address, as text with its checksum.
    var evmText: String? { evmAddress.flatMap(EVMAddress.init(bytes:)).map(\.description) }
}

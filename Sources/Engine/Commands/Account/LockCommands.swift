import Crypto
import Identity
import Reactor

/// The commands that open and close an account.
extension Command {
    static let accountUnlock = Command(
        spec: CommandSpec(
            "account.unlock", "Unlock the account: the engine writes started, and resumes.",
            arguments: [AccountArguments.passphrase.required], answer: [Fields.peer.required],
            errors: guessErrors, example: #"{"cmd":"account.unlock","passphrase":"correct horse battery staple"}"#
        ).opposite("lock", "close").whileLocked.beforeAllElse,
        handler: .concurrent { engine, call throws(CommandFailure) in try await engine.accountUnlock(call) })

    static let accountLock = Command(
        spec: CommandSpec(
            "account.lock", "Lock the account: disconnect, close the database, wipe the keys, and wait.",
            answer: [Fields.peer.required], errors: [.accountUnprotected, .accountMissing],
            example: #"{"cmd":"account.lock"}"#
        ).opposite("unlock", "open").whileLocked.beforeAllElse,
        handler: .concurrent { engine, call throws(CommandFailure) in
            guard let peer = engine.account.peer else { throw .noAccount }
            guard engine.account.isProtected else {
                throw CommandFailure(.accountUnprotected, "the account has no passphrase; account.password sets one")
            }
            await engine.lock(.command)
            call.ok { $0.peer(Fields.peer, peer) }
        })

    static let accountVerify = Command(
        spec: CommandSpec(
            "account.verify", "Check a passphrase of the account. The command fails if it is wrong.",
            arguments: [AccountArguments.passphrase.required], answer: [Fields.peer.required],
            errors: guessErrors, example: #"{"cmd":"account.verify","passphrase":"correct horse battery staple"}"#
        ).whileLocked,
        handler: .concurrent { engine, call throws(CommandFailure) in
            let secrets = try await engine.account.open(try call.value(AccountArguments.passphrase))
            call.ok { $0.peer(Fields.peer, secrets.identity.peerID) }
            secrets.wipe()
        })

    static let accountPassword = Command(
        spec: CommandSpec(
            "account.password", "Set, change or remove the passphrase of the account.",
            arguments: [
                AccountArguments.passphrase.spec, AccountArguments.newPassphrase.spec, AccountArguments.removed.spec,
            ], alternatives: [.exactlyOne("new_passphrase", "removed")],
            answer: [Fields.peer.required, AccountFields.isProtected.required], errors: guessErrors,
            example:
                #"{"cmd":"account.password","passphrase":"correct horse battery staple","#
                + #""new_passphrase":"quite another one"}"#
        ).whileLocked.beforeAllElse.unrepeatable,
        handler: .concurrent { engine, call throws(CommandFailure) in try await engine.accountPassword(call) })

    /// What any command may answer that asks for the passphrase.
    static let guessErrors: [ErrorSpec] = [
        .passphraseWrong, .rateLimited, .accountMissing, .accountUnprotected, .vaultCorrupt, .limitReached,
    ]
}

extension CommandFailure {
    static let noAccount = CommandFailure(.accountMissing, "there is no account in this profile yet")
}

extension Engine {
    func accountUnlock(_ call: Invocation) async throws(CommandFailure) {
        let passphrase = try call.value(AccountArguments.passphrase)
        guard !isChangingLock else {
            throw CommandFailure(
                .rateLimited, "the account is being locked or unlocked",
                details: [Fields.retryAfter.detail(.integer(250))])
        }
        guard isLocked else {
            let secrets = try await account.open(passphrase)
            secrets.wipe()
            return call.ok { $0.peer(Fields.peer, localPeer) }
        }
        isChangingLock = true
        defer { isChangingLock = false }
        let secrets = try await account.open(passphrase)
        account.adopt(secrets)
        await renewVault(secrets, passphrase)
        do throws(CommandFailure) {
            guard isRunning else { throw CommandFailure(.engineStopping, "the engine is stopping; start it again") }
            try await run()
        } catch {
            account.forget()
            throw error
        }
        call.ok { $0.peer(Fields.peer, localPeer) }
    }

    func accountPassword(_ call: Invocation) async throws(CommandFailure) {
        let new = try call.newPassphrase(AccountArguments.newPassphrase)
        guard new != nil || call.optional(AccountArguments.removed) == true else {
            throw CommandFailure(.argumentInvalid, "'removed' must be true", field: AccountArguments.removed.spec.name)
        }
        await account.changing.take()
        defer { account.changing.pass() }
        let secrets = try await secrets(call)
        guard let vault = account.vault else { throw .inMemory }
        let wasProtected = account.isProtected
        let sealed = try await account.sealed(secrets.value, vault.description, new)
        try await call.changing { () throws(CommandFailure) in try account.keep(sealed) }
        secrets.done()
        scheduleIdleLock()
        if let change = AccountChange(from: wasProtected, to: new != nil) { await tell(change) }
        call.ok { line in
            line.peer(Fields.peer, account.peer)
            line.bool(AccountFields.isProtected, account.isProtected)
        }
    }

    /// Writes the vault anew if it is an old one. The account is open whether or not that can be done.
    func renewVault(_ secrets: AccountSecrets, _ passphrase: SecretBytes) async {
        do throws(CommandFailure) {
            try await account.renew(secrets, passphrase)
        } catch {
            log(.warning, "the vault stays as it is", [("reason", error.message)])
        }
    }

    /// The secrets for a command that asks for the passphrase, if there is one.
    ///
    /// - Returns: The secrets, and what wipes them if they are a copy of the command's own.
    func secrets(
        _ call: Invocation
    ) async throws(CommandFailure) -> (value: AccountSecrets, done: () -> Void) {
        if account.isProtected {
            let secrets = try await account.open(try call.value(AccountArguments.passphrase))
            return (secrets, { secrets.wipe() })
        }
        guard let secrets = account.secrets else { throw .noAccount }
        return (secrets, {})
    }
}

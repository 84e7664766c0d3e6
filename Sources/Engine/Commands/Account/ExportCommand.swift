import Crypto
import Identity
import Reactor

/// The command that gives an account away.
extension Command {
    static let accountExport = Command(
        spec: CommandSpec(
            "account.export", "Export the account. This is the only answer that contains a secret.",
            arguments: [
                AccountArguments.form.required, AccountArguments.passphrase.spec,
                AccountArguments.backupPassphrase.spec,
            ],
            answer: [
                AccountFields.mnemonic, AccountFields.mnemonicPassphrase, AccountFields.derivation,
                AccountFields.backup, AccountFields.key,
            ],
            answerAlternatives: [
                .exactlyOne("mnemonic", "backup_b64", "key_b64"),
                .atMostOne("mnemonic_passphrase", "backup_b64", "key_b64"),
                .atMostOne("derivation", "backup_b64", "key_b64"),
            ],
            errors: guessErrors + [.accountNoMnemonic],
            example: #"{"cmd":"account.export","form":"mnemonic","passphrase":"correct horse battery staple"}"#
        ).opposite("import").whileLocked,
        handler: .concurrent { engine, call throws(CommandFailure) in try await engine.accountExport(call) })
}

extension Engine {
    func accountExport(_ call: Invocation) async throws(CommandFailure) {
        let secrets = try await secrets(call)
        defer { secrets.done() }
        switch try call.value(AccountArguments.form) {
        case "mnemonic":
            guard let words = secrets.value.mnemonic else { throw .noMnemonic }
            call.ok { line in
                line.secret(AccountFields.mnemonic, words.text())
                line.secret(AccountFields.mnemonicPassphrase, secrets.value.mnemonicPassphrase)
                line.string(AccountFields.derivation, account.description.map { "\($0.derivation)" })
            }
        case "key":
            let key = secrets.value.identity.protobufSecret()
            call.ok { $0.secret(AccountFields.key, Base64.encode(key)) }
        default:
            let own = try call.newPassphrase(AccountArguments.backupPassphrase)
            guard let passphrase = own ?? call.optional(AccountArguments.passphrase) else {
                throw CommandFailure(
                    .argumentMissing, "a backup needs a passphrase: backup_passphrase",
                    field: AccountArguments.backupPassphrase.spec.name)
            }
            guard let description = account.description else { throw .inMemory }
            let backup = try await account.sealed(
                secrets.value, description, passphrase, isKept: own == nil && account.isProtected)
            call.ok { $0.string(AccountFields.backup, Base64.encode(backup.encoded)) }
        }
    }
}

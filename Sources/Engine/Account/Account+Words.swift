import Crypto
import Identity
import Reactor

/// Accounts that come from words.
extension Account {
    /// How many words a new account has, where nobody says.
    nonisolated static let wordCount = 12

    /// An account with what is told of it.
    typealias New = (secrets: AccountSecrets, description: AccountDescription)

    /// A new account of new words, as gigi derives it. Takes some milliseconds, once in the life of a profile.
    static func drawn(_ world: World) throws(CommandFailure) -> New {
        try of(words(wordCount, world), passphrase: nil, tree: .gigi, name: "", world)()
    }

    /// Makes the profile's account, behind a passphrase from its first moment.
    func make(_ passphrase: SecretBytes) async throws(CommandFailure) {
        let new = try Self.drawn(world)
        try keep(try await sealed(new.secrets, new.description, passphrase))
        adopt(new.secrets)
    }

    /// New words.
    static func words(_ count: Int, _ world: World) throws(CommandFailure) -> Mnemonic {
        do throws(MnemonicError) {
            return try Mnemonic.generate(wordCount: count) { world.random.fill($0) }
        } catch {
            throw CommandFailure(error)
        }
    }

    /// The account that words give: what computes it, on any thread.
    static func of(
        _ mnemonic: Mnemonic, passphrase: SecretBytes?, tree: AccountKeys.Tree, name: String, _ world: World
    ) -> @Sendable () throws(CommandFailure) -> New {
        let (storeKey, created) = (random(32, world), world.wallClock.now.milliseconds)
        return { () throws(CommandFailure) in
            do {
                let (secrets, keys) = try AccountSecrets.of(
                    mnemonic, passphrase: passphrase, tree: tree, storeKey: storeKey)
                return (secrets, AccountDescription(name: name, created: created, keys: keys, tree: tree))
            } catch let error as MnemonicError {
                throw CommandFailure(error).blaming(AccountArguments.mnemonicPassphrase.spec.name)
            } catch {
                throw CommandFailure(.mnemonicInvalid, "the words give no keys: \(error)")
            }
        }
    }

    /// Computes on a worker.
    func onWorker<Result: Sendable>(
        _ body: @escaping @Sendable () throws(CommandFailure) -> Result
    ) async throws(CommandFailure) -> Result {
        do {
            return try await world.workers.run { try body() }
        } catch let error as CommandFailure {
            throw error
        } catch {
            throw CommandFailure(.limitReached, "no worker is free: \(error)")
        }
    }

    /// The keys at an index.
    ///
    /// - Throws: `account.no_mnemonic`, if it does not come from words.
    func keys(at index: UInt32) async throws(CommandFailure) -> AccountKeys {
        guard let secrets else { throw .locked }
        guard let tree = description?.tree, let mnemonic = secrets.mnemonic else { throw .noMnemonic }
        // Copies, since the account may be locked meanwhile.
        let passphrase = secrets.mnemonicPassphrase.map { $0.withUnsafeBytes { SecretBytes(copying: $0) } }
        return try await onWorker { () throws(CommandFailure) in
            do {
                return try AccountKeys(seed: try mnemonic.seed(passphrase: passphrase), index: index, tree: tree)
            } catch {
                throw CommandFailure(.mnemonicInvalid, "there are no keys at index \(index): \(error)")
            }
        }
    }
}

extension CommandFailure {
    /// What is wrong with words.
    init(_ error: MnemonicError) {
        self.init(.mnemonicInvalid, "\(error)", field: AccountArguments.mnemonic.spec.name)
    }

    /// The account's identity is a key of its own.
    static let noMnemonic = CommandFailure(
        .accountNoMnemonic,
        "the account is a single key, not made from words: it was imported as one, or is older than words here; "
            + "account.export form=backup takes it along")
}

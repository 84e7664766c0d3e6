import Crypto
import Identity
import Reactor
import Time

/// Opening and sealing, on a worker: the network goes on meanwhile.
extension Account {
    /// How long a passphrase's key is to take on this machine.
    private static let patience = 0.25

    /// The secrets behind a passphrase. Every wrong one takes as long as the right one, and then ever longer.
    ///
    /// - Throws: `account.passphrase_wrong`, `rate.limited`, `account.missing`, `account.unprotected`, `vault.…`.
    func open(_ passphrase: SecretBytes) async throws(CommandFailure) -> AccountSecrets {
        guard let vault else {
            throw directory == nil ? .inMemory : .noAccount
        }
        guard isProtected else {
            throw CommandFailure(.accountUnprotected, "the account has no passphrase; account.password sets one")
        }
        return try await open(vault, passphrase)
    }

    /// The same for any vault: a backup, too, is guessed at no faster.
    func open(_ vault: Vault, _ passphrase: SecretBytes) async throws(CommandFailure) -> AccountSecrets {
        try await guess { () throws(VaultError) in try vault.open(passphrase) }
    }

    /// Runs a guess at a passphrase, when those before it have come to their end.
    func guess<Result: Sendable>(
        _ body: @escaping @Sendable () throws(VaultError) -> Result
    ) async throws(CommandFailure) -> Result {
        await guessing.take()
        defer { guessing.pass() }
        if let wait = guesses.wait(at: seconds) { throw .tooSoon(Self.milliseconds(wait)) }
        do {
            let result = try await world.workers.run { try body() }
            guesses.succeeded()
            return result
        } catch let error as VaultError {
            guard error == .wrongPassphrase else { throw CommandFailure(error) }
            guesses.failed(at: seconds)
            let wait = Self.milliseconds(guesses.wait(at: seconds) ?? 0)
            throw CommandFailure(
                .passphraseWrong, "the passphrase is wrong", field: AccountArguments.passphrase.spec.name,
                details: [Fields.retryAfter.detail(.integer(wait))])
        } catch {
            throw CommandFailure(.limitReached, "no worker is free: \(error)")
        }
    }

    /// Writes the vault again as vaults are written now, if it comes from a linnet that made its key otherwise of this
    /// passphrase, which has just opened it.
    ///
    /// - Throws: What keeps it from being written: the old one is as good as before.
    func renew(_ secrets: AccountSecrets, _ passphrase: SecretBytes) async throws(CommandFailure) {
        await changing.take()
        defer { changing.pass() }
        guard let vault, vault.form == .raw, Self.form(of: passphrase, in: vault) == .prepared else { return }
        try keep(try await sealed(secrets, vault.description, passphrase))
    }

    /// How the key of a vault that takes the place of another is made of the same passphrase: as it is done now, unless
    /// the passphrase is one that would be refused now.
    private static func form(of passphrase: SecretBytes, in vault: Vault?) -> Vault.Form {
        guard vault?.form == .raw else { return .prepared }
        let prepared = passphrase.withUnsafeBytes { try? OpaqueString.prepare($0) }
        return prepared == nil ? .raw : .prepared
    }

    /// A vault of secrets, under a passphrase or under none.
    ///
    /// - Parameter isKept: Whether the passphrase is the one that the account has already.
    func sealed(
        _ secrets: AccountSecrets, _ description: AccountDescription, _ passphrase: SecretBytes?, isKept: Bool = false
    ) async throws(CommandFailure) -> Vault {
        let form = isKept ? passphrase.map { Self.form(of: $0, in: vault) } ?? .prepared : .prepared
        let cost = passphrase == nil ? Argon2id.Cost.floor : await calibratedCost()
        let random = Self.random(Vault.randomByteCount, world)
        do {
            return try await world.workers.run {
                try Vault.seal(
                    secrets, description, passphrase: passphrase, form: form, cost: cost, random: random)
            }
        } catch let error as VaultError {
            throw CommandFailure(error)
        } catch {
            throw CommandFailure(.limitReached, "no worker is free: \(error)")
        }
    }

    /// What a new passphrase's key costs: measured once, with the least there is. What counts is the processor's time:
    /// a machine that was busy at that moment must not leave the account with less.
    private func calibratedCost() async -> Argon2id.Cost {
        if let cost { return cost }
        let (began, used) = (world.clock.now, world.processUsage()?.processorTime)
        let salt = [UInt8](repeating: 0, count: Argon2id.saltByteCount)
        _ = try? await world.workers.run {
            try Argon2id.key(passphrase: SecretBytes(copying: salt), salt: salt, cost: .floor)
        }
        var elapsed = world.clock.now - began
        // Of all threads; whichever is less is nearer to what this took.
        if let used, let now = world.processUsage()?.processorTime { elapsed = min(elapsed, now - used) }
        let took = elapsed / .seconds(1)
        let measured = Argon2id.calibrated(to: Self.patience) { _ in took }
        cost = measured
        return measured
    }

    private var seconds: Double { Double(world.clock.now.nanoseconds) / 1e9 }

    private static func milliseconds(_ seconds: Double) -> Int64 { Int64((seconds * 1000).rounded(.up)) }
}

extension CommandFailure {
    /// An account that is kept nowhere has nothing to be locked with.
    static let inMemory = CommandFailure(
        .accountUnprotected, "the account is in memory; start with --home to keep one")

    fileprivate static func tooSoon(_ milliseconds: Int64) -> CommandFailure {
        CommandFailure(
            .rateLimited, "after a wrong passphrase the next one is taken in \(milliseconds) ms",
            details: [Fields.retryAfter.detail(.integer(milliseconds))])
    }
}

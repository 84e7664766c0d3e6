import Crypto
import Identity
import Reactor
import Store
import Time

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Who an engine is: the vault of its profile, and while it is unlocked the secrets that were in it.
@NetworkActor final class Account {
    /// The profile's directory; nil for an account in memory.
    let directory: String?
    /// What is kept in the profile; nil for an account in memory, and for a profile that has none yet.
    private(set) var vault: Vault?
    /// The secrets; nil while it is locked.
    private(set) var secrets: AccountSecrets?
    private let lock: ProfileLock?
    /// The directory itself, whatever its path leads to by now; nil for an account in memory.
    let place: ProfilePlace?
    /// The file that held the key before there were vaults, until the upgrade is complete.
    private var keyFile: KeyFile?
    /// What is told of an account in memory that comes from words.
    private let inMemory: AccountDescription?
    let world: World
    /// How soon a passphrase may be tried.
    var guesses = GuessLimit()
    /// One guess at a time: the others wait, and learn first whether it was wrong.
    let guessing = TurnQueue()
    /// One change of the vault at a time, from reading it to writing it: none undoes another.
    let changing = TurnQueue()
    /// What a passphrase's key costs, once it was measured.
    var cost: Argon2id.Cost?

    /// An account in memory, of an identity that somebody else keeps.
    init(identity: KeyPair, world: World) {
        directory = nil
        lock = nil
        place = nil
        inMemory = nil
        self.world = world
        secrets = AccountSecrets(identitySeed: identity.seed, storeKey: Self.random(32, world))
    }

    /// An account in memory, that ends with the engine.
    init(_ secrets: AccountSecrets, _ description: AccountDescription, world: World) {
        directory = nil
        lock = nil
        place = nil
        inMemory = description
        self.world = world
        self.secrets = secrets
    }

    /// The account of a profile on disk. One that has no passphrase is unlocked already.
    ///
    /// - Parameter isMade: Whether an account is made if there is none.
    /// - Throws: `profile.in_use` if an engine has it open; `profile.invalid` and `vault.…` if it cannot be used.
    init(directory: String, isMade: Bool, world: World) throws(CommandFailure) {
        try Files.makeDirectory(directory)
        let place = try ProfilePlace(directory)
        lock = try ProfileLock(directory: directory)
        place.hold(ProfileLock.name)
        // What was opened before the lock was taken may have been replaced in between.
        try place.check()
        self.place = place
        self.directory = directory
        inMemory = nil
        self.world = world
        let file = VaultFile(path: directory + "/" + VaultFile.name)
        let keyFile = KeyFile(path: directory + "/" + KeyFile.name)
        if let vault = try file.read() {
            self.vault = vault
            // An upgrade that was cut short: only who has the account's key can have it look so.
            if let left = try? keyFile.read(), left.peerID == vault.description.peer { self.keyFile = keyFile }
        } else if let key = try keyFile.read() {
            let description = AccountDescription(
                name: "", created: world.wallClock.now.milliseconds, peer: key.peerID, derivation: .none)
            let secrets = AccountSecrets(identitySeed: key.seed, storeKey: Self.random(32, world))
            try keep(secrets, description, in: file)
            self.keyFile = keyFile
        } else if Files.exists(StoreLocation.directory(directory).path) {
            throw CommandFailure(
                .profileInvalid,
                "the profile \(directory) has a database but no key; put the file 'vault' back, or choose another "
                    + "profile")
        } else if isMade {
            let new = try Self.drawn(world)
            try keep(new.secrets, new.description, in: file)
        }
        if let vault, case .none = vault.protection {
            do throws(VaultError) {
                secrets = try vault.open(nil)
            } catch {
                throw CommandFailure(error, path: file.path)
            }
        }
    }

    /// The files of the store, which is open now, have to stay where they are.
    func holdStore() {
        place?.hold(VaultFile.name, StoreLocation.fileName + "-seals", isReplaced: true)
        place?.hold(StoreLocation.fileName, StoreLocation.fileName + "-wal")
    }

    /// The store is closed, and its files are nobody's concern.
    func releaseStore() {
        let store = StoreLocation.fileName
        place?.release(VaultFile.name, store, store + "-seals", store + "-wal")
    }

    private func keep(
        _ secrets: AccountSecrets, _ description: AccountDescription, in file: VaultFile
    ) throws(CommandFailure) {
        do {
            let random = Self.random(Vault.randomByteCount, world)
            let vault = try Vault.seal(secrets, description, passphrase: nil, random: random)
            try file.write(vault, in: place)
            self.vault = vault
        } catch let error as CommandFailure {
            throw error
        } catch {
            throw CommandFailure(.internalError, "\(error)")
        }
    }

    static func random(_ count: Int, _ world: World) -> SecretBytes {
        SecretBytes(count: count) { world.random.fill($0) }
    }

    /// What is to be told of it; nil for an identity that somebody else keeps, and if there is none yet.
    var description: AccountDescription? { vault?.description ?? inMemory }

    /// What is told of it when it changes. Without a name of its own it is called as the profile is.
    func mark(_ options: EngineOptions) -> AccountMark {
        let name = vault?.description.name ?? ""
        return AccountMark(peer: peer, name: name.isEmpty ? options.profileName : name, isProtected: isProtected)
    }

    /// The identity; nil if there is none yet.
    var peer: PeerID? { secrets?.identity.peerID ?? vault?.description.peer }

    /// Whether the secrets are not to be had.
    var isLocked: Bool { secrets == nil }

    /// Whether there is a passphrase.
    var isProtected: Bool {
        if let vault, case .passphrase = vault.protection { true } else { false }
    }

    /// Where the account's store is: where symbolic links on the way to it lead, as SQLite is to follow none.
    var store: StoreLocation { directory.map { .directory(Files.resolved($0)) } ?? .memory }

    /// Whether the profile comes from a linnet that knew neither vaults nor encrypted stores, and its store may still be
    /// in the clear. Nobody else's is: a database in the clear is not taken for theirs.
    var isUpgrading: Bool { keyFile != nil }

    /// The store is encrypted: what is left of the time before goes.
    func completeUpgrade() {
        if let keyFile { _ = unlink(keyFile.path.systemPath) }
        keyFile = nil
    }

    /// Keeps another vault in the profile from now on.
    func keep(_ vault: Vault) throws(CommandFailure) {
        guard let directory else {
            throw .inMemory
        }
        try VaultFile(path: directory + "/" + VaultFile.name).write(vault, in: place)
        self.vault = vault
    }

    /// Takes the secrets in: it is unlocked.
    func adopt(_ secrets: AccountSecrets) {
        self.secrets = secrets
    }

    /// Wipes the secrets, in every copy: it is locked.
    func forget() {
        secrets?.wipe()
        secrets = nil
    }

    /// Its files are removed: nobody opens it again, and nothing writes it anew.
    func vanish() {
        forget()
        vault = nil
    }
}

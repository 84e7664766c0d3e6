import Crypto
import Identity
import Reactor
import Store

/// Who an engine is and where it keeps what it knows.
///
/// On disk a profile is a directory of its owner's alone: `lock` (held while an engine runs), `key` (the private key,
/// mode 0600) and the store's database.
struct Profile: Sendable {
    let identity: KeyPair
    let store: StoreLocation
    private let lock: ProfileLock?

    /// A profile that lives in memory, of an identity that somebody else keeps.
    init(identity: KeyPair) {
        self.init(identity: identity, store: .memory, lock: nil)
    }

    private init(identity: KeyPair, store: StoreLocation, lock: ProfileLock?) {
        self.identity = identity
        self.store = store
        self.lock = lock
    }

    /// A profile that lives in memory and ends with the engine.
    @NetworkActor static func ephemeral(_ random: any RandomSource) -> Profile {
        Profile(identity: KeyPair.generate { random.fill($0) })
    }

    /// Whether a profile may have this name: it is that of a directory, and never a path.
    static func isName(_ text: String) -> Bool {
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        return isPlain && !text.isEmpty && text.utf8.count <= 64 && !text.hasPrefix(".")
    }

    /// A profile on disk; made on its first use.
    ///
    /// - Throws: `profile.in_use` if an engine has it open; `profile.invalid` if it cannot be used.
    @NetworkActor static func open(_ directory: String, _ random: any RandomSource) throws(CommandFailure) -> Profile {
        try Files.makeDirectory(directory)
        let lock = try ProfileLock(path: directory + "/lock")
        let file = KeyFile(path: directory + "/key")
        let identity: KeyPair
        if let key = try file.read() {
            identity = key
        } else if Files.exists(directory + "/" + StoreLocation.fileName) {
            throw CommandFailure(
                .profileInvalid,
                "the profile \(directory) has a database but no key; put the file 'key' back, or choose another profile"
            )
        } else {
            identity = KeyPair.generate { random.fill($0) }
            try file.write(identity)
        }
        return Profile(identity: identity, store: .directory(directory), lock: lock)
    }
}

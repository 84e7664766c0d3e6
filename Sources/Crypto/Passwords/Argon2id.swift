import CSodium

/// Argon2id (RFC 9106), version 0x13, one lane: a key from a passphrase, at a cost that was chosen.
public enum Argon2id {
    /// The length of a salt in bytes.
    public static let saltByteCount = 16
    /// The longest passphrase, in bytes.
    public static let maximumPassphrase = 4096

    /// What one key costs.
    public struct Cost: Hashable, Sendable {
        /// Memory, in KiB.
        public let memory: UInt32
        /// Passes over the memory.
        public let passes: UInt32

        /// A cost within the bounds that ``isBearable`` knows; nil beyond them.
        public init?(memory: UInt32, passes: UInt32) {
            self.init(unchecked: memory, passes)
            guard isBearable else { return nil }
        }

        init(unchecked memory: UInt32, _ passes: UInt32) {
            self.memory = memory
            self.passes = passes
        }

        /// The least that a new key costs: twice what OWASP asks for in memory, and two passes over it.
        public static let floor = Cost(unchecked: 64 << 10, 2)
        /// The most that a new key costs, so that a small machine can open what a large one wrote.
        public static let ceiling = Cost(unchecked: 256 << 10, 8)
        /// The most that is read: 1 GiB, and 16 passes over that much. A file that demands more is not obeyed.
        static let limit = Cost(unchecked: 1 << 20, 64)

        private var isBearable: Bool {
            (8...Self.limit.memory).contains(memory) && (1...Self.limit.passes).contains(passes)
                && UInt64(memory) * UInt64(passes) <= 16 << 20
        }
    }

    /// The 32-byte key of a passphrase and a salt. Takes as long as the cost says: never on the network's thread.
    ///
    /// - Throws: `outOfMemory` if the system has not the memory that the cost demands.
    /// - Precondition: `salt` has 16 bytes.
    public static func key(
        passphrase: SecretBytes, salt: [UInt8], cost: Cost
    ) throws(CryptoError) -> SecretBytes {
        precondition(salt.count == saltByteCount, "a salt of Argon2id has 16 bytes")
        Sodium.initialise()
        var result: Int32 = -1
        let key = SecretBytes(count: 32) { key in
            passphrase.withUnsafeBytes { text in
                guard let start = text.bindMemory(to: CChar.self).baseAddress else { return }
                result = crypto_pwhash(
                    key.octets, UInt64(key.count), start, UInt64(text.count), salt, UInt64(cost.passes),
                    Int(cost.memory) << 10, crypto_pwhash_ALG_ARGON2ID13)
            }
        }
        guard result == 0 else { throw .outOfMemory }
        return key
    }

    /// The cost that takes about `target` on this machine, between ``Cost/floor`` and ``Cost/ceiling``: first more
    /// memory, then more passes.
    ///
    /// - Parameter measure: How long one key of a cost takes, in the same unit as `target`.
    public static func calibrated(to target: Double, measure: (Cost) -> Double) -> Cost {
        let unit = measure(.floor)
        guard unit > 0, unit.isFinite else { return .floor }
        // Time grows with memory times passes.
        let factor = max(1, target / unit)
        let growth = min(factor, Double(Cost.ceiling.memory / Cost.floor.memory))
        let memory = UInt32(Double(Cost.floor.memory) * growth) & ~1023
        let passes = Double(Cost.floor.passes) * factor / growth
        return Cost(unchecked: memory, UInt32(min(passes, Double(Cost.ceiling.passes))))
    }
}

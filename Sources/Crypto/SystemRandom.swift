import CSodium

/// The system's cryptographic random source. Only the real world of the reactor and key generation at the
/// composition root touch it: everything else is given its randomness.
public enum SystemRandom {
    /// Fills the whole buffer with random bytes.
    public static func fill(_ buffer: UnsafeMutableRawBufferPointer) {
        Sodium.initialise()
        guard let start = buffer.baseAddress else { return }
        randombytes_buf(start, buffer.count)
    }
}

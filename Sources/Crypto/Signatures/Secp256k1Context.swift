import CSecp256k1

/// The one context of libsecp256k1, for signing and verifying.
struct Secp256k1Context: @unchecked Sendable {
    // Only read once it is made, from any thread.
    let pointer: OpaquePointer

    static let shared: Secp256k1Context = {
        guard let pointer = secp256k1_context_create(UInt32(SECP256K1_CONTEXT_SIGN | SECP256K1_CONTEXT_VERIFY)) else {
            preconditionFailure("libsecp256k1 could not be initialised")
        }
        // Blinding: what is computed with a secret takes another course in each process, to the same result.
        withUnsafeTemporaryAllocation(byteCount: 32, alignment: 8) { seed in
            SystemRandom.fill(seed)
            _ = secp256k1_context_randomize(pointer, seed.octets)
        }
        return Secp256k1Context(pointer: pointer)
    }()
}

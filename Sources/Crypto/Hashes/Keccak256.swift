/// Keccak-256 as Ethereum uses it: the sponge of FIPS 202 with 136-byte blocks, but with the padding of the original
/// Keccak submission (one bit, where SHA-3 has `01` before it). No system library offers it.
///
/// For what is public: addresses and the digests of messages. Its state is not wiped.
public struct Keccak256: Sendable {
    /// The length of a hash in bytes.
    public static let byteCount = 32
    /// How many bytes go into the sponge at once: 200 less twice the length of a hash.
    public static let blockByteCount = 136

    private var state = KeccakState()
    /// How many bytes of the block under way are absorbed; less than ``blockByteCount``.
    private var filled = 0

    /// A hash of nothing yet.
    public init() {}

    /// Appends bytes to what is hashed.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes[...]
        // Whole blocks go in eight bytes at a time; what is left of a block, and what starts one, byte by byte.
        while !rest.isEmpty {
            if filled == 0, rest.count >= Self.blockByteCount {
                state.absorb(block: UnsafeRawBufferPointer(rebasing: rest.prefix(Self.blockByteCount)))
                rest = rest.dropFirst(Self.blockByteCount)
                state.permute()
                continue
            }
            let taken = rest.prefix(Self.blockByteCount - filled)
            for byte in taken {
                state.absorb(byte, at: filled)
                filled += 1
            }
            rest = rest.dropFirst(taken.count)
            if filled == Self.blockByteCount {
                state.permute()
                filled = 0
            }
        }
    }

    /// Appends bytes to what is hashed.
    public mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { update($0) }
    }

    /// Ends the hash and returns its 32 bytes.
    public consuming func finalize() -> [UInt8] {
        state.absorb(0x01, at: filled)
        state.absorb(0x80, at: Self.blockByteCount - 1)
        state.permute()
        return state.prefix(Self.byteCount)
    }

    /// The 32-byte hash of `bytes`.
    public static func hash(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var hash = Keccak256()
        hash.update(bytes)
        return hash.finalize()
    }

    /// The 32-byte hash of `bytes`.
    public static func hash(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBytes { hash($0) }
    }
}

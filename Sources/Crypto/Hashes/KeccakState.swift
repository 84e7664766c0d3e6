/// The 1600 bits of Keccak and their permutation (FIPS 202, section 3): 25 lanes of 64 bits, `lanes[x + 5 * y]`,
/// bytes in little-endian order.
struct KeccakState: Sendable {
    private var lanes = InlineArray<25, UInt64>(repeating: 0)

    /// Adds one byte at `position`, which is less than 200.
    mutating func absorb(_ byte: UInt8, at position: Int) {
        lanes[position >> 3] ^= UInt64(byte) << UInt64((position & 7) * 8)
    }

    /// Adds a block of whole lanes, at most 25 of them.
    mutating func absorb(block: UnsafeRawBufferPointer) {
        for lane in 0..<block.count / 8 {
            lanes[lane] ^= UInt64(littleEndian: block.loadUnaligned(fromByteOffset: lane * 8, as: UInt64.self))
        }
    }

    /// The first `count` bytes, at most 200.
    func prefix(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: lanes[$0 >> 3] >> UInt64(($0 & 7) * 8)) }
    }

    /// The 24 rounds of Keccak-f[1600].
    mutating func permute() {
        for round in 0..<24 {
            mixColumns()
            rotateAndMove()
            mixRows()
            lanes[0] ^= Self.roundConstants[round]
        }
    }

    /// θ: every bit takes in the parity of two columns.
    private mutating func mixColumns() {
        var parity = InlineArray<5, UInt64>(repeating: 0)
        for x in 0..<5 { parity[x] = lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20] }
        for x in 0..<5 {
            let mixed = parity[(x + 4) % 5] ^ Self.rotated(parity[(x + 1) % 5], by: 1)
            for y in 0..<5 { lanes[x + 5 * y] ^= mixed }
        }
    }

    /// ρ and π in one walk: lane after lane takes the place of the next, rotated on the way.
    private mutating func rotateAndMove() {
        var carried = lanes[1]
        for step in 0..<24 {
            let place = Self.places[step]
            let next = lanes[place]
            lanes[place] = Self.rotated(carried, by: Self.rotations[step])
            carried = next
        }
    }

    /// χ: the only step that is not linear.
    private mutating func mixRows() {
        for row in stride(from: 0, to: 25, by: 5) {
            let (a, b, c, d, e) = (lanes[row], lanes[row + 1], lanes[row + 2], lanes[row + 3], lanes[row + 4])
            lanes[row] = a ^ (~b & c)
            lanes[row + 1] = b ^ (~c & d)
            lanes[row + 2] = c ^ (~d & e)
            lanes[row + 3] = d ^ (~e & a)
            lanes[row + 4] = e ^ (~a & b)
        }
    }

    private static func rotated(_ lane: UInt64, by count: UInt64) -> UInt64 {
        lane << count | lane >> (64 - count)
    }

    /// How far the lane that is carried to `places[step]` is rotated: (step + 1)(step + 2) / 2 modulo 64.
    private static let rotations: InlineArray<24, UInt64> = [
        1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44,
    ]

    /// Where the walk of π goes from lane 1: (x, y) to (y, 2x + 3y).
    private static let places: InlineArray<24, Int> = [
        10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1,
    ]

    /// ι: one constant a round.
    private static let roundConstants: InlineArray<24, UInt64> = [
        0x0000_0000_0000_0001, 0x0000_0000_0000_8082, 0x8000_0000_0000_808a, 0x8000_0000_8000_8000,
        0x0000_0000_0000_808b, 0x0000_0000_8000_0001, 0x8000_0000_8000_8081, 0x8000_0000_0000_8009,
        0x0000_0000_0000_008a, 0x0000_0000_0000_0088, 0x0000_0000_8000_8009, 0x0000_0000_8000_000a,
        0x0000_0000_8000_808b, 0x8000_0000_0000_008b, 0x8000_0000_0000_8089, 0x8000_0000_0000_8003,
        0x8000_0000_0000_8002, 0x8000_0000_0000_0080, 0x0000_0000_0000_800a, 0x8000_0000_8000_000a,
        0x8000_0000_8000_8081, 0x8000_0000_0000_8080, 0x0000_0000_8000_0001, 0x8000_0000_8000_8008,
    ]
}

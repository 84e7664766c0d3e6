/// A small deterministic generator (SplitMix64): one seed, one sequence. For seeded property and mutation tests.
public struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// A generator that starts from `seed`.
    public init(seed: UInt64) {
        state = seed
    }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A number in `0..<bound`; `bound` must be positive.
    public mutating func next(below bound: Int) -> Int {
        Int(next() % UInt64(bound))
    }

    /// `count` random bytes.
    public mutating func bytes(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count {
            var word = next()
            for _ in 0..<min(8, count - bytes.count) {
                bytes.append(UInt8(truncatingIfNeeded: word))
                word >>= 8
            }
        }
        return bytes
    }

    /// A damaged copy of `bytes`: one to four flips, replacements, insertions, removals, truncations or repeats.
    public mutating func mutate(_ bytes: [UInt8]) -> [UInt8] {
        var result = bytes
        for _ in 0...next(below: 4) {
            guard !result.isEmpty else {
                result = self.bytes(1 + next(below: 8))
                continue
            }
            let index = next(below: result.count)
            switch next(below: 7) {
            case 0: result[index] ^= 1 << UInt8(next(below: 8))
            case 1: result[index] = UInt8(truncatingIfNeeded: next())
            case 2: result[index] = [0, 1, 0x7f, 0x80, 0xff][next(below: 5)]
            case 3: result.insert(UInt8(truncatingIfNeeded: next()), at: index)
            case 4: result.remove(at: index)
            case 5: result.removeLast(result.count - index)
            default:
                let end = min(result.count, index + 1 + next(below: 16))
                result.insert(contentsOf: Array(result[index..<end]), at: index)
            }
        }
        return result
    }
}

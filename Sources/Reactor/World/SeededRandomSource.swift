/// A reproducible source: xoshiro256** 1.0 (Blackman and Vigna, 2018), its state filled by SplitMix64 from a 64-bit
/// seed. Bytes are the outputs in little-endian order, a fresh output for each call. For simulations and tests only:
/// its output tells its state.
public final class SeededRandomSource: RandomSource {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    /// The stream of `seed`.
    public nonisolated init(seed: UInt64) {
        var mixer = SplitMix64(state: seed)
        state = (mixer.next(), mixer.next(), mixer.next(), mixer.next())
    }

    /// The stream from a state, which must not be all zero.
    nonisolated init(state: (UInt64, UInt64, UInt64, UInt64)) {
        self.state = state
    }

    /// The stream of `name` in the family of `seed`: streams of different names are independent, and none depends on
    /// how much another was used.
    public nonisolated convenience init(seed: UInt64, stream name: String) {
        // FNV-1a, 64 bits.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        var mixer = SplitMix64(state: seed)
        self.init(seed: mixer.next() ^ hash)
    }

    /// 64 bits.
    public func next() -> UInt64 {
        let result = rotate(state.1 &* 5, 7) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = rotate(state.3, 45)
        return result
    }

    /// Overwrites the buffer.
    public func fill(_ buffer: UnsafeMutableRawBufferPointer) {
        var offset = 0
        while offset < buffer.count {
            withUnsafeBytes(of: next().littleEndian) { word in
                let count = min(word.count, buffer.count - offset)
                buffer[offset..<offset + count].copyBytes(from: word.prefix(count))
                offset += count
            }
        }
    }

    private func rotate(_ value: UInt64, _ count: UInt64) -> UInt64 {
        value << count | value >> (64 - count)
    }
}

/// SplitMix64 (Steele, Lea and Flood, 2014): turns a seed into well mixed words.
struct SplitMix64 {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}

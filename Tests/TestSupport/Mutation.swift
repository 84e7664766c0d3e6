extension SeededRandom {
    /// `bytes` with one to four small injuries: flipped bits, replaced, inserted, removed and repeated bytes, a cut
    /// tail. What a parser fuzz test feeds: near enough to valid to get past the first check.
    public mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
        var result = bytes
        for _ in 0...Int.random(in: 0..<4, using: &self) {
            let position = result.isEmpty ? 0 : Int.random(in: 0..<result.count, using: &self)
            switch Int.random(in: 0..<7, using: &self) {
            case 0 where !result.isEmpty: result[position] ^= 1 << UInt8.random(in: 0..<8, using: &self)
            case 1 where !result.isEmpty:
                result[position] = [0x00, 0x01, 0x7f, 0x80, 0xff].randomElement(using: &self) ?? 0
            case 2 where !result.isEmpty: result.remove(at: position)
            case 3: result.insert(UInt8.random(in: 0...255, using: &self), at: position)
            case 4: result.removeSubrange(position...)
            case 5: result.insert(contentsOf: result[position...].prefix(16), at: position)
            default: result += self.bytes(Int.random(in: 0..<8, using: &self))
            }
        }
        return result
    }
}

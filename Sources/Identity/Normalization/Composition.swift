/// Which two scalars compose to a third (UAX 15, D117), read from ``CanonicalTable`` once.
struct Composition: Sendable {
    static let shared = Composition()

    /// Every scalar that is composed, by the two that it is composed of.
    private let composites: [UInt64: UInt32]

    private init() {
        var composites: [UInt64: UInt32] = [:]
        var scalar: UInt32 = 0
        let scalars = CanonicalTable.composites.normalizationNumbers.map { distance in
            scalar += UInt32(distance)
            return scalar
        }
        // What has fewer letters is there when it is needed for what has more.
        let known = scalars.map { scalar in
            var letters: [UInt32] = []
            Decomposition.canonical.decompose(scalar) { letters.append($0) }
            return (scalar, letters)
        }.sorted { $0.1.count < $1.1.count }
        for (scalar, letters) in known {
            guard var first = letters.first, let last = letters.last else { continue }
            for letter in letters.dropFirst().dropLast() { first = composites[Self.key(first, letter)] ?? first }
            composites[Self.key(first, last)] = scalar
        }
        self.composites = composites
    }

    /// What the two compose to; nil if they do not.
    func composite(of first: UInt32, _ second: UInt32) -> UInt32? {
        composites[Self.key(first, second)] ?? HangulSyllable.composing(first, second)
    }

    private static func key(_ first: UInt32, _ second: UInt32) -> UInt64 { UInt64(first) << 32 | UInt64(second) }
}

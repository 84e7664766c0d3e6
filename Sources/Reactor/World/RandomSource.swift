import CPlatform

/// A source of random numbers: the kernel's in the real world, a seeded one in a simulation.
@NetworkActor public protocol RandomSource: AnyObject, Sendable {
    /// 64 uniformly distributed bits.
    func next() -> UInt64
    /// Overwrites the buffer with random bytes.
    func fill(_ buffer: UnsafeMutableRawBufferPointer)
}

extension RandomSource {
    /// A uniformly distributed number below `bound`, without bias (Lemire, "Fast random integer generation in an
    /// interval", 2019). Zero if `bound` is zero.
    public func next(below bound: UInt64) -> UInt64 {
        var product = next().multipliedFullWidth(by: bound)
        if product.low < bound {
            let threshold = bound == 0 ? 0 : (0 &- bound) % bound
            while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
        }
        return product.high
    }

    /// A uniformly distributed number below `bound`; zero if `bound` is not positive.
    public func next(below bound: Int) -> Int {
        bound <= 0 ? 0 : Int(next(below: UInt64(bound)))
    }

    /// `count` random bytes.
    public func bytes(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: max(0, count)) { buffer, initialized in
            let raw = UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: max(0, count))
            fill(raw)
            initialized = max(0, count)
        }
    }

    /// The source for the standard library's `shuffled(using:)`, `randomElement(using:)` and their kin.
    public var generator: RandomGenerator { RandomGenerator(source: self) }
}

/// A `RandomSource` as the standard library's generator.
@NetworkActor public struct RandomGenerator: @NetworkActor RandomNumberGenerator {
    let source: any RandomSource

    /// 64 uniformly distributed bits.
    public mutating func next() -> UInt64 { source.next() }
}

/// The kernel's generator.
final class SystemRandomSource: RandomSource {
    nonisolated init() {}

    func next() -> UInt64 {
        var value: UInt64 = 0
        withUnsafeMutableBytes(of: &value) { fill($0) }
        return value
    }

    func fill(_ buffer: UnsafeMutableRawBufferPointer) {
        platform_random(buffer.baseAddress, buffer.count)
    }
}

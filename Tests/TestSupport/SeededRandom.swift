/// The generator of the property and fuzz tests: the same seed gives the same test.
public typealias SeededRandom = SplitMix64

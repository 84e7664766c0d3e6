/// The way from a master key to one of its descendants: `m/44'/60'/0'/0/0` (BIP-32, "The key tree").
public struct DerivationPath: Hashable, Sendable {
    /// The longest path: the depth of a key is one byte.
    public static let maximumCount = 255

    /// The children on the way; none for the master key itself.
    public let components: [ChildNumber]

    /// A path of at most ``maximumCount`` components. Throws ``DerivationError/tooDeep``.
    public init(_ components: [ChildNumber]) throws(DerivationError) {
        guard components.count <= Self.maximumCount else { throw .tooDeep }
        self.components = components
    }

    /// Reads `m`, or `m/` and numbers below 2^31 between slashes; `'`, `h` or `H` behind a number marks a hardened
    /// child. Nothing else: no spaces, no signs, no leading zeros.
    ///
    /// Throws ``DerivationError/malformedPath(_:offset:)`` or ``DerivationError/tooDeep``.
    public init(_ text: some StringProtocol) throws(DerivationError) {
        var components: [ChildNumber] = []
        var offset = 0
        var index: UInt32?
        var isHardened = false
        var hasRoot = false

        for character in text.utf8 {
            defer { offset += 1 }
            guard hasRoot else {
                guard character == UInt8(ascii: "m") else { throw .malformedPath("a path starts with m", offset: 0) }
                hasRoot = true
                continue
            }
            guard offset > 1 || character == UInt8(ascii: "/") else {
                throw .malformedPath("m is followed by a slash", offset: offset)
            }
            switch character {
            case UInt8(ascii: "/"):
                guard offset > 1 else { continue }
                guard let number = index else { throw .malformedPath("a number is missing", offset: offset) }
                try Self.append(number, isHardened, to: &components)
                index = nil
                isHardened = false
            case UInt8(ascii: "'"), UInt8(ascii: "h"), UInt8(ascii: "H"):
                guard index != nil, !isHardened else {
                    throw .malformedPath("a mark without a number", offset: offset)
                }
                isHardened = true
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                guard !isHardened else { throw .malformedPath("a digit behind a mark", offset: offset) }
                guard index != 0 else { throw .malformedPath("a leading zero", offset: offset) }
                let (tens, overflow) = (index ?? 0).multipliedReportingOverflow(by: 10)
                let (number, carried) = tens.addingReportingOverflow(UInt32(character - UInt8(ascii: "0")))
                guard !overflow, !carried, number < ChildNumber.hardenedBit else {
                    throw .malformedPath("a number beyond 2147483647", offset: offset)
                }
                index = number
            default:
                throw .malformedPath("neither a digit nor a mark nor a slash", offset: offset)
            }
        }
        guard hasRoot else { throw .malformedPath("the path is empty", offset: 0) }
        if offset > 1 {
            guard let number = index else { throw .malformedPath("a number is missing", offset: offset) }
            try Self.append(number, isHardened, to: &components)
        }
        self.components = components
    }

    private static func append(
        _ index: UInt32, _ isHardened: Bool, to components: inout [ChildNumber]
    ) throws(DerivationError) {
        guard components.count < maximumCount else { throw .tooDeep }
        components.append(try isHardened ? ChildNumber(hardened: index) : ChildNumber(normal: index))
    }
}

extension DerivationPath: CustomStringConvertible {
    /// The usual text: `m/44'/60'/0'/0/0`.
    public var description: String {
        components.reduce(into: "m") { $0 += "/\($1)" }
    }
}

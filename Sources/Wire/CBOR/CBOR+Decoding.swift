extension CBOR {
    /// Reads an item that is all of `bytes`.
    public init(decoding bytes: [UInt8], limits: CBORLimits = CBORLimits()) throws(CBORError) {
        var decoder = CBORDecoder(bytes: bytes, limits: limits)
        self = try decoder.item(depth: 1)
        guard decoder.position == bytes.count else {
            throw CBORError(code: .trailingBytes, offset: decoder.position)
        }
    }
}

/// Reads items from the front of an array of bytes.
private struct CBORDecoder {
    let bytes: [UInt8]
    let limits: CBORLimits
    var position = 0
    private var items = 0

    /// Room that is taken for an announced count before its items have been seen.
    private static let reservation = 16
    /// Up to here, keys are compared one with another; beyond, they are hashed.
    private static let linearSearch = 8

    init(bytes: [UInt8], limits: CBORLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    mutating func item(depth: Int) throws(CBORError) -> CBOR {
        let start = position
        guard depth <= limits.depth else { throw CBORError(code: .tooDeep, offset: start) }
        guard items < limits.items else { throw CBORError(code: .tooManyItems, offset: start) }
        items += 1
        guard position < bytes.count else { throw CBORError(code: .truncated, offset: start) }
        let initial = bytes[position]
        position += 1
        let information = initial & 0x1f
        switch initial >> 5 {
        case 0: return .unsigned(try argument(information, start))
        case 1: return .negative(try argument(information, start))
        case 2: return .bytes(Array(bytes[try string(information, start)]))
        case 3:
            guard let text = String(validating: bytes[try string(information, start)], as: UTF8.self) else {
                throw CBORError(code: .invalidUTF8, offset: start)
            }
            return .text(text)
        case 4: return try array(count: try argument(information, start), start: start, depth: depth)
        case 5: return try map(count: try argument(information, start), start: start, depth: depth)
        case 6: return .tagged(try argument(information, start), try item(depth: depth + 1))
        default: return try simple(information, start)
        }
    }

    private mutating func array(count: UInt64, start: Int, depth: Int) throws(CBORError) -> CBOR {
        // Every item takes a byte at least.
        guard count <= UInt64(bytes.count - position) else { throw CBORError(code: .truncated, offset: start) }
        var elements: [CBOR] = []
        elements.reserveCapacity(min(Int(count), Self.reservation))
        for _ in 0..<Int(count) { elements.append(try item(depth: depth + 1)) }
        return .array(elements)
    }

    private mutating func map(count: UInt64, start: Int, depth: Int) throws(CBORError) -> CBOR {
        guard count <= UInt64(bytes.count - position) / 2 else { throw CBORError(code: .truncated, offset: start) }
        var entries: [CBOR.Entry] = []
        entries.reserveCapacity(min(Int(count), Self.reservation))
        var seen = Set<Key>()
        for _ in 0..<Int(count) {
            let keyStart = position
            let key = try item(depth: depth + 1)
            guard let exact = Key(key) else { throw CBORError(code: .unsupportedKey, offset: keyStart) }
            let isDuplicate: Bool
            if count <= Self.linearSearch {
                isDuplicate = entries.contains { Key($0.key) == exact }
            } else {
                isDuplicate = !seen.insert(exact).inserted
            }
            if isDuplicate { throw CBORError(code: .duplicateKey, offset: keyStart) }
            entries.append(CBOR.Entry(key: key, value: try item(depth: depth + 1)))
        }
        return .map(entries)
    }

    /// The number that an initial byte announces.
    private mutating func argument(_ information: UInt8, _ start: Int) throws(CBORError) -> UInt64 {
        if information < 24 { return UInt64(information) }
        if information == 31 { throw CBORError(code: .indefiniteLength, offset: start) }
        guard information < 28 else { throw CBORError(code: .unsupported, offset: start) }
        let size = 1 << Int(information - 24)
        guard size <= bytes.count - position else { throw CBORError(code: .truncated, offset: start) }
        var number: UInt64 = 0
        for index in position..<(position + size) { number = number << 8 | UInt64(bytes[index]) }
        position += size
        return number
    }

    private mutating func string(_ information: UInt8, _ start: Int) throws(CBORError) -> Range<Int> {
        let count = try argument(information, start)
        // Compared before it is added to anything: the peer chose this number.
        guard count <= UInt64(bytes.count - position) else { throw CBORError(code: .truncated, offset: start) }
        let end = position + Int(count)
        defer { position = end }
        return position..<end
    }

    private mutating func simple(_ information: UInt8, _ start: Int) throws(CBORError) -> CBOR {
        switch information {
        case 20: return .bool(false)
        case 21: return .bool(true)
        case 22: return .null
        case 25: return .float(Double(halfBits: UInt16(truncatingIfNeeded: try argument(information, start))))
        case 26:
            return .float(Double(Float(bitPattern: UInt32(truncatingIfNeeded: try argument(information, start)))))
        case 27: return .float(Double(bitPattern: try argument(information, start)))
        case 31: throw CBORError(code: .indefiniteLength, offset: start)
        default: throw CBORError(code: .unsupported, offset: start)
        }
    }

    /// A map key, compared byte by byte: `String` would take canonically equivalent texts for equal.
    private enum Key: Hashable {
        case integer(isNegative: Bool, UInt64)
        case bytes([UInt8])
        case text([UInt8])

        init?(_ item: CBOR) {
            switch item {
            case .unsigned(let value): self = .integer(isNegative: false, value)
            case .negative(let value): self = .integer(isNegative: true, value)
            case .bytes(let value): self = .bytes(value)
            case .text(let value): self = .text(Array(value.utf8))
            default: return nil
            }
        }
    }
}

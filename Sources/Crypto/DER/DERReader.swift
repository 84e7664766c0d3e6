/// Reads the few DER elements (X.690) that keys and signatures are made of. Strict: definite lengths in their
/// shortest form, nothing beyond 65,535 bytes; nil means malformed.
struct DERReader {
    static let integer: UInt8 = 0x02
    static let bitString: UInt8 = 0x03
    static let null: UInt8 = 0x05
    static let objectIdentifier: UInt8 = 0x06
    static let sequence: UInt8 = 0x30

    private let bytes: [UInt8]
    private var position: Int
    private let end: Int

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        position = 0
        end = bytes.count
    }

    private init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
    }

    var isAtEnd: Bool { position == end }

    /// The contents of the next element, if it has this tag and lies wholly inside.
    mutating func element(_ tag: UInt8) -> Contents? {
        guard byte() == tag, let first = byte() else { return nil }
        var length = Int(first)
        switch first {
        case 0..<0x80: break
        case 0x81:
            guard let low = byte(), low >= 0x80 else { return nil }
            length = Int(low)
        case 0x82:
            guard let high = byte(), high != 0, let low = byte() else { return nil }
            length = Int(high) << 8 | Int(low)
        default: return nil
        }
        guard length <= end - position else { return nil }
        defer { position += length }
        return Contents(bytes: bytes, range: position..<position + length)
    }

    /// The next element as a reader of its own.
    mutating func nested(_ tag: UInt8) -> DERReader? {
        element(tag).map { DERReader($0.bytes, $0.range) }
    }

    /// The magnitude of the next INTEGER, which must be positive and minimal: no superfluous leading zero.
    mutating func positiveInteger() -> Contents? {
        guard var magnitude = element(Self.integer), let first = magnitude.first, first < 0x80 else { return nil }
        if first == 0 {
            magnitude.removeFirst()
            guard let next = magnitude.first, next >= 0x80 else { return nil }
        }
        return magnitude
    }

    /// The next BIT STRING, of whole bytes, as a reader of its own.
    mutating func nestedBitString() -> DERReader? {
        guard var contents = element(Self.bitString), contents.first == 0 else { return nil }
        contents.removeFirst()
        return DERReader(contents.bytes, contents.range)
    }

    private mutating func byte() -> UInt8? {
        guard position < end else { return nil }
        defer { position += 1 }
        return bytes[position]
    }
}

extension DERReader {
    /// A part of the bytes that are read.
    struct Contents {
        let bytes: [UInt8]
        private(set) var range: Range<Int>

        init(bytes: [UInt8], range: Range<Int>) {
            self.bytes = bytes
            self.range = range
        }

        var count: Int { range.count }
        var first: UInt8? { range.isEmpty ? nil : bytes[range.lowerBound] }
        var last: UInt8? { range.isEmpty ? nil : bytes[range.upperBound - 1] }

        mutating func removeFirst() {
            range = min(range.lowerBound + 1, range.upperBound)..<range.upperBound
        }

        func elementsEqual(_ other: [UInt8]) -> Bool {
            bytes[range].elementsEqual(other)
        }
    }
}

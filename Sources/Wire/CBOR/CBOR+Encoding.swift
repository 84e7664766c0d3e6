extension CBOR {
    /// The deterministic encoding (RFC 8949 section 4.2.1): shortest numbers, lengths and floats, definite lengths,
    /// map keys in the order of their bytes.
    public func encoded() -> [UInt8] {
        var bytes: [UInt8] = []
        encode(into: &bytes)
        return bytes
    }

    /// Appends the deterministic encoding.
    public func encode(into bytes: inout [UInt8]) {
        switch self {
        case .unsigned(let value): Self.head(0, value, &bytes)
        case .negative(let value): Self.head(1, value, &bytes)
        case .bytes(let value):
            Self.head(2, UInt64(value.count), &bytes)
            bytes += value
        case .text(let value):
            Self.head(3, UInt64(value.utf8.count), &bytes)
            bytes.append(contentsOf: value.utf8)
        case .array(let elements):
            Self.head(4, UInt64(elements.count), &bytes)
            for element in elements { element.encode(into: &bytes) }
        case .map(let entries):
            Self.head(5, UInt64(entries.count), &bytes)
            let encoded = entries.map { (key: $0.key.encoded(), value: $0.value) }
            for entry in encoded.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
                bytes += entry.key
                entry.value.encode(into: &bytes)
            }
        case .tagged(let tag, let item):
            Self.head(6, tag, &bytes)
            item.encode(into: &bytes)
        case .bool(let value): bytes.append(value ? 0xf5 : 0xf4)
        case .null: bytes.append(0xf6)
        case .float(let value): Self.float(value, &bytes)
        }
    }

    private static func head(_ major: UInt8, _ argument: UInt64, _ bytes: inout [UInt8]) {
        let type = major << 5
        switch argument {
        case 0..<24: bytes.append(type | UInt8(truncatingIfNeeded: argument))
        case 24...0xff:
            bytes.append(type | 24)
            bytes.append(UInt8(truncatingIfNeeded: argument))
        case 0x100...0xffff:
            bytes.append(type | 25)
            bytes.appendBigEndian(UInt16(truncatingIfNeeded: argument))
        case 0x1_0000...0xffff_ffff:
            bytes.append(type | 26)
            bytes.appendBigEndian(UInt32(truncatingIfNeeded: argument))
        default:
            bytes.append(type | 27)
            bytes.appendBigEndian(argument)
        }
    }

    /// The shortest of the three widths that keeps the value; every NaN is the quiet half `7e00`.
    private static func float(_ value: Double, _ bytes: inout [UInt8]) {
        if value.isNaN {
            bytes += [0xf9, 0x7e, 0x00]
        } else if let half = value.halfBits {
            bytes.append(0xf9)
            bytes.appendBigEndian(half)
        } else if Double(Float(value)) == value {
            bytes.append(0xfa)
            bytes.appendBigEndian(Float(value).bitPattern)
        } else {
            bytes.append(0xfb)
            bytes.appendBigEndian(value.bitPattern)
        }
    }
}

import Wire

/// Where a range of items ends.
///
/// On the wire: 0 for the end of everything; else one more than the milliseconds since the bound before as a varint, then
/// a byte and as many bytes of an id, the rest of which is zero.
enum ItemBound: Equatable, Sendable {
    /// Right before this item, which need not exist.
    case before(SetItem)
    /// Behind all.
    case end

    /// The start of everything.
    static let start = SetItem(time: 0, id: Digest(prefix: []))

    /// The shortest bound between two items that follow one another.
    init(between left: SetItem, and right: SetItem) {
        guard left.time == right.time else {
            self = .before(SetItem(time: right.time, id: Digest(prefix: [])))
            return
        }
        let (before, after) = (left.id.bytes, right.id.bytes)
        let common = zip(before, after).prefix { $0 == $1 }.count
        self = .before(SetItem(time: right.time, id: Digest(prefix: after.prefix(common + 1))))
    }

    func encode(into bytes: inout [UInt8], after previous: SetItem) {
        guard case .before(let item) = self else { return bytes.appendUnsignedVarint(0) }
        bytes.appendUnsignedVarint(item.time - previous.time + 1)
        var prefix = item.id.bytes[...]
        while prefix.last == 0 { prefix = prefix.dropLast() }
        bytes.append(UInt8(prefix.count))
        bytes += prefix
    }

    /// Reads a bound, which must come after the one before; nil for what is none.
    init?(_ reader: inout ByteReader, after previous: SetItem) {
        guard let delta = try? reader.unsignedVarint() else { return nil }
        guard delta > 0 else {
            self = .end
            return
        }
        let (time, overflowed) = previous.time.addingReportingOverflow(delta - 1)
        guard !overflowed, let count = try? reader.uint8(), count <= Digest.byteCount,
            let prefix = try? reader.bytes(Int(count)), prefix.last != 0
        else { return nil }
        let item = SetItem(time: time, id: Digest(prefix: prefix))
        guard previous < item else { return nil }
        self = .before(item)
    }
}

extension Digest {
    /// The digest that begins with these bytes, at most 32, and goes on with zeros.
    init(prefix: some Collection<UInt8>) {
        let zeros = [UInt8](repeating: 0, count: max(0, Self.byteCount - prefix.count))
        let bytes = Array(prefix.prefix(Self.byteCount)) + zeros
        self = bytes.withUnsafeBytes { Digest(loading: $0) }
    }
}

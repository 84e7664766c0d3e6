import Crypto
import Time

/// One of the things that two peers compare: when it was made, and what it is known by. Both follow from the thing
/// itself, so that all who have it say the same.
public struct SetItem: Hashable, Comparable, Sendable {
    // Big-endian, so that the memory of an array of items is what is hashed, on every machine.
    private let timeBytes: UInt64
    /// What it is known by.
    public let id: Digest

    /// An item; a time before 1970 counts as 1970, one beyond 2^48 ms as that.
    public init(time: Timestamp, id: Digest) {
        self.init(time: UInt64(min(max(0, time.milliseconds), 1 << 48 - 1)), id: id)
    }

    init(time: UInt64, id: Digest) {
        timeBytes = time.bigEndian
        self.id = id
    }

    /// Milliseconds since 1970.
    var time: UInt64 { UInt64(bigEndian: timeBytes) }

    /// By time, then by id.
    public static func < (left: SetItem, right: SetItem) -> Bool {
        left.timeBytes == right.timeBytes ? left.id < right.id : left.time < right.time
    }
}

/// What one peer has, in order: a snapshot to compare with another's.
public struct ItemSet: Sendable {
    /// In order, none twice.
    let items: [SetItem]

    /// A set of these items, in any order.
    public init(_ items: some Sequence<SetItem>) {
        var sorted: [SetItem] = []
        for item in items.sorted() where sorted.last != item { sorted.append(item) }
        self.items = sorted
    }

    /// How many there are.
    public var count: Int { items.count }

    /// The place of the first item that is not before the bound.
    func place(of bound: ItemBound) -> Int {
        guard case .before(let first) = bound else { return items.count }
        var (low, high) = (0, items.count)
        while low < high {
            let middle = (low + high) / 2
            if items[middle] < first { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// A hash of a range of the items, under a key that is drawn anew for each comparison: nobody can prepare items that
    /// two peers take for one another.
    func fingerprint(_ range: Range<Int>, key: SecretBytes) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Reconciliation.fingerprintByteCount) { code, count in
            items[range].withUnsafeBytes {
                BLAKE2b.authenticate($0, key: key, into: UnsafeMutableRawBufferPointer(code))
            }
            count = Reconciliation.fingerprintByteCount
        }
    }
}

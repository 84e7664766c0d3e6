import Crypto
import Wire

/// Two peers find out what each of both lacks, at a cost that grows with the difference and not with the sets.
///
/// The items are cut into ranges. Of a large range a peer sends the fingerprints of sixteen parts, of a small one the ids;
/// the other answers for the ranges that differ, until nothing does. The one who began learns the result. A message
/// holds, for ranges that follow one another:
///
/// | bytes | field |
/// |---|---|
/// | varint, 1, prefix | where the range ends, see ``ItemBound`` |
/// | 1 | what follows |
/// | 0: nothing | the range is settled |
/// | 1: 16 | its fingerprint |
/// | 2: varint, 32 each | the ids of all items in it; what is different is the answer, or, if it does not fit, all ids |
/// | 3: varint, 32 each, varint, bits | the answer to 2: ids that the other lacks, and a bit for each of its own that lacks here |
///
/// What no range speaks of at the end is settled. Messages have at most ``maximumMessageByteCount`` bytes: what does not
/// fit is left as one range with a fingerprint, and comes in a later round.
///
/// The technique is range-based set reconciliation (A. Meyer, arXiv 2212.13567; Nostr's negentropy); the format is our
/// own. Unlike theirs, the fingerprint is a keyed hash of the range's items, not a sum of their ids, since sums can be
/// made to meet by whoever chooses many ids.
public struct Reconciliation: Sendable {
    /// The largest message, in bytes.
    public static let maximumMessageByteCount = 60_000
    /// The length of the key of the fingerprints, in bytes, which the one who begins draws at random.
    public static let saltByteCount = 16
    /// The most messages that the one who begins sends.
    public static let maximumRounds = 256
    /// The most ids that the one who begins asks for. More come when both compare again.
    public static let maximumNeed = 65_536
    static let fingerprintByteCount = 16

    /// Into how many parts a range is cut.
    private static let parts = 16
    /// A range of at most this many items is told by its ids.
    private static let fewItems = 32
    /// Room for the parts or the ids of one range, and for the last one of a message.
    private static let reserve = 1536

    private enum Mode {
        static let settled: UInt8 = 0
        static let fingerprint: UInt8 = 1
        static let ids: UInt8 = 2
        static let difference: UInt8 = 3
    }

    /// What is ours.
    let items: ItemSet
    private let key: SecretBytes
    private let begins: Bool
    /// How many messages were answered.
    public private(set) var rounds = 0
    /// Ids that the other has and we lack, in the order in which they were found. Of the one who begins only.
    public private(set) var need: [Digest] = []
    /// Ids that we have and the other lacks. Of the one who begins only.
    public private(set) var have: [Digest] = []
    private var needed: Set<Digest> = []
    private var given: Set<Digest> = []

    /// A comparison.
    ///
    /// - Parameters:
    ///   - begins: whether we send the first message, and learn the result.
    ///   - salt: ``saltByteCount`` bytes, the same on both ends.
    public init?(_ items: ItemSet, salt: [UInt8], begins: Bool) {
        guard salt.count == Self.saltByteCount else { return nil }
        self.items = items
        self.begins = begins
        key = SecretBytes(copying: salt)
    }

    /// The first message, of the one who begins.
    public func opening() -> [UInt8] {
        var writer = Writer()
        split(0..<items.count, to: .end, &writer)
        return writer.bytes
    }

    /// Answers a message of the other.
    ///
    /// - Returns: the next message; nil when the one who begins knows all.
    /// - Throws: ``SyncError`` `malformed`, and `too_many` after ``maximumRounds``.
    public mutating func answer(_ message: [UInt8]) throws(SyncError) -> [UInt8]? {
        rounds += 1
        guard rounds <= Self.maximumRounds else {
            throw SyncError(.tooMany, "not settled after \(Self.maximumRounds) rounds")
        }
        guard message.count <= Self.maximumMessageByteCount else {
            throw SyncError(.malformed, "a message of \(message.count) bytes")
        }
        var reader = ByteReader(message)
        var writer = Writer()
        var previous = ItemBound.start
        var place = 0
        while !reader.isAtEnd {
            guard let bound = ItemBound(&reader, after: previous), let mode = try? reader.uint8() else {
                throw Self.malformed
            }
            let range = place..<max(place, items.place(of: bound))
            var reached = range.upperBound
            switch mode {
            case Mode.settled: writer.settle(to: bound)
            case Mode.fingerprint:
                guard let theirs = try? reader.bytes(Self.fingerprintByteCount) else { throw Self.malformed }
                if theirs == items.fingerprint(range, key: key) {
                    writer.settle(to: bound)
                } else {
                    split(range, to: bound, &writer)
                }
            case Mode.ids:
                let theirs = try Self.ids(&reader)
                if begins {
                    compare(range, theirs)
                    writer.settle(to: bound)
                } else {
                    reached = tellDifference(range, theirs, to: bound, &writer)
                }
            case Mode.difference:
                guard begins else { throw Self.malformed }
                try takeDifference(range, &reader)
                writer.settle(to: bound)
            default: throw Self.malformed
            }
            let isFull = bound != .end && writer.bytes.count > Self.maximumMessageByteCount - Self.reserve
            if reached < range.upperBound || isFull {
                // All that is left, in one range: it comes in the next round.
                let rest = items.fingerprint(reached..<items.count, key: key)
                writer.put(.end, Mode.fingerprint)
                writer.bytes += rest
                return writer.bytes
            }
            guard case .before(let end) = bound else {
                guard reader.isAtEnd else { throw Self.malformed }
                break
            }
            (previous, place) = (end, range.upperBound)
        }
        return begins && writer.bytes.isEmpty ? nil : writer.bytes
    }

    private static let malformed = SyncError(.malformed, "not a message of a comparison")

    /// Tells of a range by its ids, or by the fingerprints of its parts.
    private func split(_ range: Range<Int>, to bound: ItemBound, _ writer: inout Writer) {
        guard range.count > Self.fewItems else {
            writer.put(bound, Mode.ids)
            writer.put(items.items[range].lazy.map(\.id))
            return
        }
        var start = range.lowerBound
        for part in 0..<Self.parts {
            let end = range.lowerBound + range.count * (part + 1) / Self.parts
            let isLast = part == Self.parts - 1
            writer.put(
                isLast ? bound : ItemBound(between: items.items[end - 1], and: items.items[end]), Mode.fingerprint)
            writer.bytes += items.fingerprint(start..<end, key: key)
            start = end
        }
    }

    private static func ids(_ reader: inout ByteReader) throws(SyncError) -> [Digest] {
        guard let count = try? reader.unsignedVarint(), count <= UInt64(reader.remaining / Digest.byteCount) else {
            throw malformed
        }
        var ids: [Digest] = []
        ids.reserveCapacity(Int(count))
        for _ in 0..<count {
            guard let id = (try? reader.bytes(Digest.byteCount)).flatMap(Digest.init) else { throw malformed }
            ids.append(id)
        }
        return ids
    }

    /// Of the one who begins: the other has just these in a range.
    private mutating func compare(_ range: Range<Int>, _ theirs: [Digest]) {
        let ours = Set(items.items[range].lazy.map(\.id))
        let other = Set(theirs)
        for id in theirs where !ours.contains(id) { note(need: id) }
        for item in items.items[range] where !other.contains(item.id) { note(have: item.id) }
    }

    /// Of the other: the one who begins has just these in a range. Says what is different, as far as it fits.
    ///
    /// - Returns: up to which place it did.
    private func tellDifference(
        _ range: Range<Int>, _ theirs: [Digest], to bound: ItemBound, _ writer: inout Writer
    ) -> Int {
        let bytes = Self.maximumMessageByteCount - Self.reserve - theirs.count / 8 - writer.bytes.count
        let room = bytes / Digest.byteCount
        let other = Set(theirs)
        let lacks = items.items[range].lazy.map(\.id).filter { !other.contains($0) }
        guard lacks.count <= room else {
            // Where theirs stand is known to them alone: so we tell all of ours, as far as there is room.
            let cut = range.lowerBound + min(max(0, room), range.count - 1)
            guard cut > range.lowerBound else { return cut }
            writer.put(ItemBound(between: items.items[cut - 1], and: items.items[cut]), Mode.ids)
            writer.put(items.items[range.lowerBound..<cut].lazy.map(\.id))
            return cut
        }
        let ours = Set(items.items[range].lazy.map(\.id))
        writer.put(bound, Mode.difference)
        writer.put(Array(lacks))
        writer.bytes.appendUnsignedVarint(UInt64(theirs.count))
        var bits = [UInt8](repeating: 0, count: (theirs.count + 7) / 8)
        for (index, id) in theirs.enumerated() where !ours.contains(id) { bits[index >> 3] |= 1 << UInt8(index & 7) }
        writer.bytes += bits
        return range.upperBound
    }

    /// Of the one who begins: the answer to the ids of a range.
    private mutating func takeDifference(_ range: Range<Int>, _ reader: inout ByteReader) throws(SyncError) {
        let theirs = try Self.ids(&reader)
        guard let count = try? reader.unsignedVarint(), count == UInt64(range.count),
            let bits = try? reader.bytes((range.count + 7) / 8)
        else { throw Self.malformed }
        for id in theirs { note(need: id) }
        for (index, item) in items.items[range].enumerated() where bits[index >> 3] >> UInt8(index & 7) & 1 == 1 {
            note(have: item.id)
        }
    }

    private mutating func note(need id: Digest) {
        if need.count < Self.maximumNeed, needed.insert(id).inserted { need.append(id) }
    }

    private mutating func note(have id: Digest) {
        if given.insert(id).inserted { have.append(id) }
    }

    /// A message in the making.
    private struct Writer {
        var bytes: [UInt8] = []
        private var previous = ItemBound.start
        /// Up to where all is settled that was not told yet.
        private var settled: ItemBound?

        mutating func settle(to bound: ItemBound) { settled = bound }

        mutating func put(_ bound: ItemBound, _ mode: UInt8) {
            if let settled {
                self.settled = nil
                put(settled, Mode.settled)
            }
            bound.encode(into: &bytes, after: previous)
            if case .before(let item) = bound { previous = item }
            bytes.append(mode)
        }

        mutating func put(_ ids: some Collection<Digest>) {
            bytes.appendUnsignedVarint(UInt64(ids.count))
            for id in ids { bytes += id.bytes }
        }
    }
}

import Crypto
import TestSupport
import Testing

@testable import Store

/// The bytes of the file of seals.
@Suite struct SealFormatTests {
    private let key = SecretBytes(copying: [UInt8](repeating: 3, count: 32))

    @Test func aHeaderComesBackAndNoBitOfItIsFree() throws {
        let header = SealHeader(fileID: Array(0..<16), check: Array(100..<116))
        let bytes = header.encoded
        #expect(bytes.count == SealHeader.byteCount)
        #expect(try SealHeader(bytes) == header)
        for bit in 0..<bytes.count * 8 {
            var spoiled = bytes
            spoiled[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: SealHeader.Failure.self) { try SealHeader(spoiled) }
        }
        for count in 0..<bytes.count {
            #expect(throws: SealHeader.Failure.self) { try SealHeader(Array(bytes.prefix(count))) }
        }
    }

    @Test func aNewerHeaderSaysSo() throws {
        var bytes = Array(SealHeader(fileID: Array(0..<16), check: Array(0..<16)).encoded.prefix(48))
        bytes[15] = 2
        bytes += SHA256.hash(bytes)
        do throws(SealHeader.Failure) {
            _ = try SealHeader(bytes)
            Issue.record("version 2 was taken")
        } catch {
            if case .newer(2) = error { return }
            Issue.record("\(error)")
        }
    }

    @Test func aRecordComesBack() {
        var random = SplitMix64(seed: 1)
        for count in [0, 1, 2, 100] {
            let seals = (0..<count).map { _ in
                PageSeal(page: UInt32(truncatingIfNeeded: random.next()), stamp: Stamp(value: random.next()))
            }
            let record = SealRecord(
                pageCount: UInt32(truncatingIfNeeded: random.next()),
                keptCount: UInt32(truncatingIfNeeded: random.next()),
                seals: seals)
            let bytes = record.encoded
            #expect(bytes.count == SealRecord.byteCount(seals: count))
            #expect(bytes.withUnsafeBytes { SealRecord($0) } == record)
            for length in 0..<bytes.count { #expect(bytes.prefix(length).withUnsafeBytes { SealRecord($0) } == nil) }
        }
        for _ in 0..<2000 {
            let bytes = random.bytes(random.next(below: 60))
            _ = bytes.withUnsafeBytes { SealRecord($0) }
        }
    }

    @Test func recordsAreReadInTheirOrderOnly() throws {
        let writer = SealChain(key: key)
        let records = (1...4).map { SealRecord(pageCount: UInt32($0), keptCount: 0, seals: []) }
        let pieces = records.map { record in
            let (bytes, tag) = writer.seal(record, after: writer.last)
            writer.advance(to: tag)
            return bytes
        }
        func read(_ pieces: [[UInt8]]) -> [UInt32] {
            var bytes = Array(pieces.joined())
            return bytes.withUnsafeMutableBytes { bytes in
                let reader = SealChain(key: key)
                var (found, offset): ([UInt32], Int) = ([], 0)
                while let (record, byteCount) = reader.open(bytes, at: offset) {
                    found.append(record.pageCount)
                    offset += byteCount
                }
                return found
            }
        }
        #expect(read(pieces) == [1, 2, 3, 4])
        #expect(read([pieces[1], pieces[0]]) == [])
        #expect(read([pieces[0], pieces[2], pieces[1]]) == [1])
        #expect(read([pieces[0], pieces[0]]) == [1])
        #expect(read([pieces[0], Array(pieces[1].dropLast())]) == [1])
        #expect(read([pieces[0], [0xff, 0xff, 0xff, 0xff] + Array(pieces[1].dropFirst(4))]) == [1])
        #expect(read([]) == [])
    }

    /// Any history of changes, told in records, comes to the same table.
    @Test func recordsTellTheTable() {
        var random = SplitMix64(seed: 8)
        for _ in 0..<200 {
            var (table, told, model) = (PageTable(), PageTable(), [Stamp]())
            for _ in 0..<random.next(below: 40) {
                switch random.next(below: 6) {
                case 0:
                    let count = random.next(below: 12)
                    table.truncate(to: UInt32(count))
                    if count < model.count { model.removeLast(model.count - count) }
                case 1:
                    told.apply(table.changes())
                    table.recorded()
                case 2:
                    told = PageTable()
                    told.apply(table.all())
                    table.recorded()
                default:
                    let (page, stamp) = (1 + random.next(below: 15), Stamp(value: 1 + UInt64(random.next(below: 5))))
                    table.set(stamp, of: UInt32(page))
                    while model.count < page { model.append(.none) }
                    model[page - 1] = stamp
                }
                #expect(table.count == UInt32(model.count))
                for page in 0...16 {
                    let isThere = page > 0 && page <= model.count
                    #expect(table.stamp(of: UInt32(page)) == (isThere ? model[page - 1] : .none))
                }
            }
            told.apply(table.changes())
            #expect(told.all() == table.all() && told.count == table.count && !told.hasChanges)
        }
    }
}

/// Which version of each page the database file holds: what a page that is read must be, and no other.
struct PageTable {
    /// By page number, which counts from 1.
    private var stamps: [Stamp] = []
    /// Pages whose stamp changed since the last record, in the order of the changes, with repetitions.
    private var changed: [UInt32] = []
    /// The pages that there were at the last record, and how many of them have been there ever since.
    private var recordedCount: UInt32 = 0
    private var keptCount: UInt32 = 0

    /// The number of pages.
    var count: UInt32 { UInt32(stamps.count) }

    /// True if something changed since the last record.
    var hasChanges: Bool { !changed.isEmpty || keptCount < recordedCount }

    /// The stamp of a page; `none` if it was never written.
    func stamp(of page: UInt32) -> Stamp {
        page > 0 && page <= count ? stamps[Int(page) - 1] : .none
    }

    /// Notes that a page was written.
    mutating func set(_ stamp: Stamp, of page: UInt32) {
        guard page > 0 else { return }
        if page > count { stamps.append(contentsOf: repeatElement(.none, count: Int(page - count))) }
        guard stamps[Int(page) - 1] != stamp else { return }
        stamps[Int(page) - 1] = stamp
        changed.append(page)
    }

    /// Notes that the file was cut.
    mutating func truncate(to count: UInt32) {
        guard count < self.count else { return }
        stamps.removeLast(Int(self.count - count))
        changed.removeAll { $0 > count }
        keptCount = min(keptCount, count)
    }

    /// The record of what changed since the last one.
    func changes() -> SealRecord {
        var seals: [PageSeal] = []
        var last: UInt32 = 0
        for page in changed.sorted() where page != last {
            seals.append(PageSeal(page: page, stamp: stamp(of: page)))
            last = page
        }
        return SealRecord(pageCount: count, keptCount: keptCount, seals: seals)
    }

    /// The record of everything.
    func all() -> SealRecord {
        let written = stamps.indices.filter { stamps[$0] != .none }
        return SealRecord(
            pageCount: count, keptCount: 0,
            seals: written.map { PageSeal(page: UInt32($0) + 1, stamp: stamps[$0]) })
    }

    /// A record holds all that changed.
    mutating func recorded() {
        changed.removeAll(keepingCapacity: true)
        (recordedCount, keptCount) = (count, count)
    }

    /// Takes over what a record tells.
    mutating func apply(_ record: SealRecord) {
        truncate(to: min(record.keptCount, record.pageCount))
        for seal in record.seals where seal.page <= record.pageCount { set(seal.stamp, of: seal.page) }
        if record.pageCount > count {
            stamps.append(contentsOf: repeatElement(.none, count: Int(record.pageCount - count)))
        }
        recorded()
    }
}

/// A page and the version of it that the database holds.
struct PageSeal: Equatable, Sendable {
    let page: UInt32
    let stamp: Stamp
}

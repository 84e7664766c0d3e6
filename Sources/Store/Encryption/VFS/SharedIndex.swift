import CSQLite
import Synchronization

/// The index of the write-ahead log, which SQLite keeps in a shared file otherwise: here in the memory of the one
/// process that has the store open, so that no file tells of it. Shared by the connections of that process.
///
/// Unchecked: what changes is changed under the lock. The regions' content is SQLite's affair, as it is in a file.
final class SharedIndex: @unchecked Sendable {
    private let mutex = Mutex<Void>(())
    private var regions: [UnsafeMutableRawBufferPointer] = []
    /// For each lock how many connections share it; `exclusive` if one has it alone.
    private var holders = [Int](repeating: 0, count: lockCount)
    private var users = 0

    private static let lockCount = Int(SQLITE_SHM_NLOCK)
    private static let exclusive = -1
    /// SQLite asks for one region for 4,096 frames; this is a log of 16 GiB.
    private static let maximumRegions = 1 << 10

    /// One connection's part: a bit for each lock that it has.
    struct Holding {
        fileprivate var isUser = false
        fileprivate var shared: UInt = 0
        fileprivate var exclusive: UInt = 0
    }

    deinit { freeRegions() }

    /// Region `number`, made of zeros if it is not there and `extends` is true.
    func map(
        _ number: Int, byteCount: Int, extends: Bool, for holding: inout Holding,
        _ address: inout UnsafeMutableRawPointer?
    ) -> Int32 {
        guard number >= 0, number < Self.maximumRegions, byteCount > 0 else { return SQLITE_IOERR_SHMMAP }
        let isNew = !holding.isUser
        holding.isUser = true
        address = mutex.withLock { _ in
            if isNew { users += 1 }
            while extends, regions.count <= number {
                let region = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 64)
                region.initializeMemory(as: UInt8.self, repeating: 0)
                regions.append(region)
            }
            return number < regions.count ? regions[number].baseAddress : nil
        }
        return SQLITE_OK
    }

    /// Takes or gives back locks; `flags` are SQLite's `SQLITE_SHM_…`. Answers `SQLITE_BUSY` if another has one.
    func lock(_ locks: Range<Int>, _ flags: Int32, for holding: inout Holding) -> Int32 {
        guard locks.lowerBound >= 0, locks.upperBound <= Self.lockCount else { return SQLITE_IOERR_SHMLOCK }
        let mask = Self.mask(locks)
        let isShared = flags & SQLITE_SHM_SHARED != 0
        if flags & SQLITE_SHM_UNLOCK != 0 {
            release(shared: isShared ? mask : 0, exclusive: isShared ? 0 : mask, &holding)
            return SQLITE_OK
        }
        let wanted = mask & ~(isShared ? holding.shared : holding.exclusive)
        let isGranted = mutex.withLock { _ in
            for index in locks where wanted & 1 << index != 0 {
                guard isShared ? holders[index] != Self.exclusive : holders[index] == 0 else { return false }
            }
            for index in locks where wanted & 1 << index != 0 {
                holders[index] = isShared ? holders[index] + 1 : Self.exclusive
            }
            return true
        }
        guard isGranted else { return SQLITE_BUSY }
        if isShared { holding.shared |= wanted } else { holding.exclusive |= wanted }
        return SQLITE_OK
    }

    /// Ends a connection's use; with the last one the regions go.
    func unmap(_ holding: inout Holding) {
        release(shared: .max, exclusive: .max, &holding)
        guard holding.isUser else { return }
        holding.isUser = false
        mutex.withLock { _ in
            users -= 1
            if users == 0 { freeRegions() }
        }
    }

    private func release(shared: UInt, exclusive: UInt, _ holding: inout Holding) {
        let (shared, exclusive) = (shared & holding.shared, exclusive & holding.exclusive)
        mutex.withLock { _ in
            for index in 0..<Self.lockCount {
                if shared & 1 << index != 0 { holders[index] -= 1 }
                if exclusive & 1 << index != 0 { holders[index] = 0 }
            }
        }
        holding.shared &= ~shared
        holding.exclusive &= ~exclusive
    }

    private static func mask(_ locks: Range<Int>) -> UInt {
        (1 << UInt(locks.count) - 1) << UInt(locks.lowerBound)
    }

    private func freeRegions() {
        for region in regions { region.deallocate() }
        regions = []
    }
}

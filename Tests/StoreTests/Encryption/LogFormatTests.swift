import CSQLite
import Crypto
import Foundation
import TestSupport
import Testing

@testable import Store

/// The parts that the write-ahead log and its files are made of.
@Suite struct LogFormatTests {
    /// SQLite's own log of a store in the clear, read as it is documented.
    @Test func theChecksumsAreThoseOfSQLite() throws {
        let directory = TemporaryDirectory()
        let database = try Database(.directory(directory.path), configuration: .init())
        try database.prepareSchema()
        for index in 0..<20 { try database.put("\(index)", [UInt8](repeating: UInt8(index), count: 3000)) }
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: directory.file + "-wal")))
        let header = try #require(WALHeader(bytes))
        var checksum = header.checksum
        let count = WALLayout.frameCount(byteCount: bytes.count)
        #expect(count > 20)
        for index in 1...count {
            bytes.withUnsafeBytes { bytes in
                let start = WALLayout.offset(ofFrame: index)
                checksum.add(
                    UnsafeRawBufferPointer(rebasing: bytes[start..<start + 8]), isBigEndian: header.isBigEndian)
                checksum.add(
                    UnsafeRawBufferPointer(rebasing: bytes[start + 24..<start + 24 + 4096]),
                    isBigEndian: header.isBigEndian)
                let told = WALChecksum(
                    first: bytes.bigEndian32(at: start + 16), second: bytes.bigEndian32(at: start + 20))
                #expect(checksum == told && bytes.bigEndian64(at: start + 8) == header.salts)
            }
        }
    }

    @Test func aSpoiledLogHeaderIsNone() throws {
        let directory = TemporaryDirectory()
        let database = try Database(.directory(directory.path), configuration: .init())
        try database.prepareSchema()
        let bytes = Array([UInt8](try Data(contentsOf: URL(filePath: directory.file + "-wal"))).prefix(32))
        #expect(WALHeader(bytes) != nil)
        for bit in 0..<256 {
            var spoiled = bytes
            spoiled[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(WALHeader(spoiled) == nil)
        }
        for count in 0..<32 { #expect(WALHeader(Array(bytes.prefix(count))) == nil) }
    }

    @Test func framesFollowEachOther() {
        func frame(_ log: FrameLog, _ index: Int, commit: UInt32 = 0) -> Frame {
            Frame(
                page: 1, commitSize: commit, transactionStart: log.transactionStart(of: index),
                stamp: Stamp(value: UInt64(index)), checksum: .zero, code: Code(first: UInt64(index), second: 0))
        }
        var log = FrameLog(base: .zero, salts: 1)
        func put(_ index: Int, commit: UInt32 = 0) -> Bool { log.put(frame(log, index, commit: commit), at: index) }
        #expect(put(1) && put(2, commit: 9) && put(3) && put(4, commit: 9) && put(5, commit: 9))
        #expect(log.frames.map(\.transactionStart) == [1, 1, 3, 3, 5])
        #expect(!put(7) && !put(0))
        #expect(log.code(before: 1) == .zero && log.code(before: 3).first == 2)
        // A transaction that is rolled back makes room for the next.
        #expect(put(6) && put(7) && put(6, commit: 9))
        #expect(log.count == 6 && log.frame(6)?.transactionStart == 6 && log.frame(7) == nil)
        log.cut(to: 2)
        #expect(log.count == 2 && log.transactionStart(of: 3) == 3)
    }

    @Test func aPageComesBackAndNoOtherPage() {
        let cipher = PageCipher(key: SecretBytes(copying: [UInt8](repeating: 1, count: 32)))
        let page =
            [UInt8](repeating: 0x5a, count: SealedPage.contentByteCount)
            + [UInt8](repeating: 0, count: SealedPage.reservedByteCount)
        func seal(_ number: UInt32) -> [UInt8] {
            var sealed = [UInt8](repeating: 0, count: 4096)
            _ = sealed.withUnsafeMutableBytes { sealed in
                page.withUnsafeBytes { cipher.seal($0, number: number, into: sealed) }
            }
            return sealed
        }
        func open(_ sealed: [UInt8], _ number: UInt32) -> [UInt8]? {
            var bytes = sealed
            let isOpen = bytes.withUnsafeMutableBytes { cipher.open($0, number: number) }
            if !isOpen { #expect(bytes.allSatisfy { $0 == 0 }) }
            return isOpen ? bytes : nil
        }
        var nonces: Set<[UInt8]> = []
        for round in 0..<100 as Range<UInt32> {
            if round % 7 == 0 { cipher.renewNonce() }
            let sealed = seal(round + 1)
            #expect(nonces.insert(Array(sealed[SealedPage.nonce])).inserted)
            #expect(open(sealed, round + 1) == page)
            #expect(open(sealed, round + 2) == nil)
        }
    }

    /// Locks as `sqlite3_io_methods.xShmLock` describes them.
    @Test func theLocksOfTheIndex() {
        let index = SharedIndex()
        var (first, second) = (SharedIndex.Holding(), SharedIndex.Holding())
        let (lock, unlock) = (SQLITE_SHM_LOCK, SQLITE_SHM_UNLOCK)
        let (shared, exclusive) = (SQLITE_SHM_SHARED, SQLITE_SHM_EXCLUSIVE)
        #expect(index.lock(3..<4, lock | shared, for: &first) == SQLITE_OK)
        #expect(index.lock(3..<4, lock | shared, for: &second) == SQLITE_OK)
        #expect(index.lock(2..<5, lock | exclusive, for: &second) == SQLITE_BUSY)
        #expect(index.lock(4..<8, lock | exclusive, for: &second) == SQLITE_OK)
        #expect(index.lock(5..<6, lock | shared, for: &first) == SQLITE_BUSY)
        #expect(index.lock(4..<8, unlock | exclusive, for: &second) == SQLITE_OK)
        #expect(index.lock(5..<6, lock | shared, for: &first) == SQLITE_OK)
        #expect(index.lock(3..<4, unlock | shared, for: &first) == SQLITE_OK)
        #expect(index.lock(3..<4, lock | exclusive, for: &first) == SQLITE_BUSY)
        // Another's lock is not given back by one who has none.
        #expect(index.lock(3..<4, unlock | shared, for: &first) == SQLITE_OK)
        #expect(index.lock(3..<4, lock | exclusive, for: &first) == SQLITE_BUSY)
        index.unmap(&second)
        #expect(index.lock(3..<4, lock | exclusive, for: &first) == SQLITE_OK)
        #expect(index.lock(7..<9, lock | shared, for: &first) == SQLITE_IOERR_SHMLOCK)
    }

    @Test func theRegionsOfTheIndexAreSharedAndNewWhenAllHaveGone() {
        let index = SharedIndex()
        var (first, second) = (SharedIndex.Holding(), SharedIndex.Holding())
        var address: UnsafeMutableRawPointer?
        #expect(index.map(0, byteCount: 64, extends: false, for: &first, &address) == SQLITE_OK && address == nil)
        #expect(index.map(1, byteCount: 64, extends: true, for: &first, &address) == SQLITE_OK)
        address?.storeBytes(of: 7, as: UInt64.self)
        #expect(index.map(1, byteCount: 64, extends: false, for: &second, &address) == SQLITE_OK)
        #expect(address?.load(as: UInt64.self) == 7)
        index.unmap(&first)
        #expect(index.map(1, byteCount: 64, extends: false, for: &second, &address) == SQLITE_OK && address != nil)
        index.unmap(&second)
        #expect(index.map(1, byteCount: 64, extends: true, for: &first, &address) == SQLITE_OK)
        #expect(address?.load(as: UInt64.self) == 0)
        index.unmap(&first)
    }

    @Test func aTransientFileIsAFile() {
        let file = TransientFile()
        var (model, random) = ([UInt8](), SplitMix64(seed: 4))
        for _ in 0..<2000 {
            let (offset, count) = (random.next(below: 300), random.next(below: 100))
            switch random.next(below: 4) {
            case 0:
                #expect(file.truncate(to: Int64(offset)) == SQLITE_OK)
                if offset < model.count { model.removeLast(model.count - offset) }
            case 1:
                let bytes = random.bytes(count)
                #expect(bytes.withUnsafeBytes { file.write($0, at: Int64(offset)) } == SQLITE_OK)
                while model.count < offset + count { model.append(0) }
                model.replaceSubrange(offset..<offset + count, with: bytes)
            default:
                var bytes = [UInt8](repeating: 0xee, count: count)
                let result = bytes.withUnsafeMutableBytes { file.read($0, at: Int64(offset)) }
                let isShort = offset + count > model.count && count > 0
                #expect(result == (isShort ? SQLITE_IOERR_SHORT_READ : SQLITE_OK))
                let expected = (offset..<offset + count).map { $0 < model.count ? model[$0] : 0 }
                #expect(bytes == expected)
            }
            var size: Int64 = -1
            #expect(file.size(&size) == SQLITE_OK && size == Int64(model.count))
        }
    }
}

import Crypto
import TestSupport
import Testing

@testable import Noise

@Suite struct NoiseRecordTests {
    private let key = SecretBytes(copying: [UInt8](repeating: 3, count: 32))

    @Test func recordsOfEverySizePass() throws {
        let (sealer, opener) = (NoiseSealer(key: key), NoiseOpener(key: key))
        var random = SplitMix64(seed: 1)
        for count in [0, 1, 15, 16, 17, 1_000, 65_518, 65_519] {
            let plaintext = random.bytes(count)
            let record = try sealer.seal(plaintext)
            #expect(record.count == count + NoiseSealer.overhead)
            #expect(try opener.open(record) == plaintext)
        }
    }

    @Test func aPlaintextThatIsTooLargeIsNotSealed() throws {
        let sealer = NoiseSealer(key: key)
        let plaintext = [UInt8](repeating: 0, count: NoiseSealer.maximumPlaintext + 1)
        #expect(throws: NoiseError.plaintextTooLarge(0)) { try sealer.seal(plaintext) }
        var small = [UInt8](repeating: 0, count: 22)
        #expect(throws: NoiseError.plaintextTooLarge(0)) {
            try small.withUnsafeMutableBytes { try sealer.seal(record: $0, plaintext: 5) }
        }
        #expect(throws: NoiseError.plaintextTooLarge(0)) {
            try small.withUnsafeMutableBytes { try sealer.seal(record: $0, plaintext: -1) }
        }
        #expect(try NoiseOpener(key: key).open(sealer.seal([1])) == [1])
    }

    @Test func severalRecordsInOneBuffer() throws {
        let (sealer, opener) = (NoiseSealer(key: key), NoiseOpener(key: key))
        var bytes = try sealer.seal([1, 2]) + sealer.seal([]) + sealer.seal([3])
        let opened = try bytes.withUnsafeMutableBytes { buffer in
            var opened: [[UInt8]] = []
            var offset = 0
            while let record = try opener.open(UnsafeMutableRawBufferPointer(rebasing: buffer[offset...])) {
                opened.append(buffer[offset...][record.plaintext.shifted(by: offset)].map { $0 })
                offset += record.consumed
            }
            #expect(offset == buffer.count)
            return opened
        }
        #expect(opened == [[1, 2], [], [3]])
    }

    @Test func anIncompleteRecordWaits() throws {
        let (sealer, opener) = (NoiseSealer(key: key), NoiseOpener(key: key))
        let record = try sealer.seal([1, 2, 3])
        for count in 0..<record.count {
            #expect(try opener.open(Array(record.prefix(count))) == nil)
        }
        #expect(try opener.open(record + [9]) == [1, 2, 3])
    }

    @Test(arguments: 0...15)
    func aRecordShorterThanItsTagIsRefusedByItsLength(length: UInt8) {
        let opener = NoiseOpener(key: key)
        #expect(throws: NoiseError.decryptFailed) { try opener.open([0, length]) }
    }

    /// CVE-2024-58265 · GHSA-7g9j-g5jg-3vv3: the nonce moved on although the record was bad.
    @Test func aFailedDecryptLeavesTheNonce() throws {
        let (sealer, opener) = (NoiseSealer(key: key), NoiseOpener(key: key))
        let record = try sealer.seal([1, 2, 3])
        for position in 2..<record.count {
            var damaged = record
            damaged[position] ^= 0x40
            #expect(throws: NoiseError.decryptFailed) { try opener.open(damaged) }
        }
        #expect(try opener.open(record) == [1, 2, 3])
    }

    /// Noise replay.
    @Test func replayAndReorderingAreRefused() throws {
        let (sealer, opener) = (NoiseSealer(key: key), NoiseOpener(key: key))
        let (first, second) = (try sealer.seal([1]), try sealer.seal([2]))
        #expect(throws: NoiseError.decryptFailed) { try opener.open(second) }
        #expect(try opener.open(first) == [1])
        #expect(throws: NoiseError.decryptFailed) { try opener.open(first) }
        #expect(try opener.open(second) == [2])
    }

    @Test func theLastNonceIsNeverUsed() throws {
        let sealer = NoiseSealer(key: key, nonce: .max - 1)
        let opener = NoiseOpener(key: key, nonce: .max - 1)
        #expect(try opener.open(sealer.seal([1])) == [1])
        #expect(throws: NoiseError.nonceExhausted) { try sealer.seal([2]) }
        #expect(throws: NoiseError.nonceExhausted) { try sealer.seal([2]) }
        #expect(throws: NoiseError.nonceExhausted) { try opener.open([UInt8](repeating: 0, count: 18).record) }
    }
}

extension Range<Int> {
    fileprivate func shifted(by offset: Int) -> Range<Int> { lowerBound + offset..<upperBound + offset }
}

extension [UInt8] {
    /// These bytes behind their length.
    fileprivate var record: [UInt8] { [UInt8(count >> 8), UInt8(count & 0xff)] + self }
}

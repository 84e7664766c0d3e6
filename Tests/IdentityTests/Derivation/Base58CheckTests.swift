import Crypto
import Multiformats
import TestSupport
import Testing

@testable import Identity

@Suite struct Base58CheckTests {
    private func encoded(_ payload: [UInt8]) -> String {
        payload.withUnsafeBytes { Base58Check.encode($0) }.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    private func decoded(_ text: [UInt8], count: Int) throws(Base58CheckError) -> [UInt8] {
        try SecretBytes(copying: text)
            .withUnsafeBytes { (text) throws(Base58CheckError) in try Base58Check.decode(text, byteCount: count) }
            .withUnsafeBytes { Array($0) }
    }

    /// Multiformats has base58 of its own; here it is written again for guarded memory.
    @Test func asMultiformatsHasIt() throws {
        var random = SeededRandom(seed: 81)
        for round in 0..<1000 {
            let zeros = [UInt8](repeating: 0, count: round % 4)
            let payload = zeros + random.bytes(Int.random(in: 0..<80, using: &random))
            let text = encoded(payload)
            #expect(text == Base58.encode(payload + SHA256.hash(SHA256.hash(payload)).prefix(4)))
            #expect(try decoded(Array(text.utf8), count: payload.count) == payload)
            #expect(throws: Base58CheckError.self) { try decoded(Array(text.utf8), count: payload.count + 1) }
            if !payload.isEmpty {
                #expect(throws: Base58CheckError.self) { try decoded(Array(text.utf8), count: payload.count - 1) }
            }
        }
    }

    @Test func garbageIsRefusedOrReadExactly() {
        var random = SeededRandom(seed: 82)
        let text = Array(encoded([0, 0] + random.bytes(30)).utf8)
        for _ in 0..<5000 {
            let injured = random.mutated(text)
            if let payload = try? decoded(injured, count: 32) { #expect(Array(encoded(payload).utf8) == injured) }
        }
    }
}

import Identity
import TestSupport
import Testing

@Suite struct DerivationPathTests {
    @Test(arguments: [
        ("m", "m"), ("m/0", "m/0"), ("m/44'/60'/0'/0/0", "m/44'/60'/0'/0/0"), ("m/44h/60H/2'", "m/44'/60'/2'"),
        ("m/2147483647'/2147483647", "m/2147483647'/2147483647"),
    ])
    func paths(text: String, expected: String) throws {
        let path = try DerivationPath(text)
        #expect("\(path)" == expected)
        #expect(try DerivationPath("\(path)") == path)
    }

    @Test func numbers() throws {
        let path = try DerivationPath("m/44'/5")
        #expect(path.components.map(\.rawValue) == [0x8000_002c, 5])
        #expect(path.components.map(\.index) == [44, 5])
        #expect(path.components.map(\.isHardened) == [true, false])
        #expect(throws: DerivationError.indexOutOfRange(1 << 31)) { try ChildNumber(normal: 1 << 31) }
        #expect(throws: DerivationError.indexOutOfRange(.max)) { try ChildNumber(hardened: .max) }
    }

    @Test(arguments: [
        ("", 0), ("M", 0), ("/0", 0), ("0/1", 0), (" m/0", 0), ("m/", 2), ("m//0", 2), ("m/0/", 4), ("m/0//1", 4),
        ("m0", 1), ("m'", 1), ("m/'", 2), ("m/0''", 4), ("m/0'1", 4), ("m/0 /1", 3), ("m/-1", 2), ("m/+1", 2),
        ("m/01", 3), ("m/00", 3), ("m/2147483648", 11), ("m/99999999999", 11), ("m/0x1", 3), ("m/1\u{2019}", 3),
    ])
    func malformed(text: String, offset: Int) {
        do throws(DerivationError) {
            let path = try DerivationPath(text)
            Issue.record("\(text) was read as \(path)")
        } catch {
            guard case .malformedPath(_, let place) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(place == offset, "\(text): \(error)")
        }
    }

    @Test func atMostTwoHundredAndFiftyFive() throws {
        let longest = "m" + String(repeating: "/1", count: 255)
        #expect(try DerivationPath(longest).components.count == 255)
        #expect(throws: DerivationError.tooDeep) { try DerivationPath(longest + "/1") }
        #expect(throws: DerivationError.tooDeep) {
            try DerivationPath(String(repeating: longest + "/", count: 1) + "1")
        }
        #expect(throws: DerivationError.tooDeep) {
            try DerivationPath([ChildNumber](repeating: ChildNumber(rawValue: 0), count: 256))
        }
    }

    @Test func garbageIsRefusedOrReadExactly() {
        var random = SeededRandom(seed: 91)
        for _ in 0..<20_000 {
            let text = String(decoding: random.mutated(Array("m/44'/60'/0'/0/12".utf8)), as: UTF8.self)
            guard let path = try? DerivationPath(text) else { continue }
            #expect("\(path)" == String(text.map { $0 == "h" || $0 == "H" ? "'" : $0 }))
        }
    }
}

import Foundation
import Multiformats
import TestSupport
import Testing

@Suite struct IPTextTests {
    @Test(arguments: [
        ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("2001:db8::1", "2001:db8::1"),
        ("2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
        ("0:0:1:0:0:0:1:0", "0:0:1::1:0"), ("::ffff:192.0.2.1", "::ffff:192.0.2.1"),
        ("::ffff:c000:201", "::ffff:192.0.2.1"), ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
        ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
        ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"), ("fe80:0000::0001", "fe80::1"),
    ])
    func versionSix(text: String, canonical: String) throws {
        let bytes = try #require(IPv6Text.parse(text))
        #expect(bytes.count == 16)
        #expect(IPv6Text.format(bytes) == canonical)
    }

    @Test(arguments: [
        "", ":", ":::", "1", "1:2", ":1", "1:", "::1:", ":1::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "12345::", "g::", "+1::", "-1::", "::1.2.3", "::1.2.3.4:5",
        "1.2.3.4", "::1%lo", " ::1", "1:2:3:4:5:6:7:1.2.3.4", "::٣",
        "0000:0000:0000:0000:0000:0000:0000:0000:0000",
    ])
    func refusesVersionSix(text: String) {
        #expect(IPv6Text.parse(text) == nil)
    }

    @Test func agreesWithTheSystem() throws {
        var random = SplitMix64(seed: 1)
        let seeds = ["2001:db8::1:0:0:1", "::ffff:192.0.2.1", "1:2:3:4:5:6:7:8", "192.0.2.1", "fe80::"]
            .map { Array($0.utf8) }
        for round in 0..<40_000 {
            let text = String(decoding: random.mutate(seeds[round % seeds.count]), as: UTF8.self)
            // inet_pton stops at a NUL.
            guard !text.utf8.contains(0) else { continue }
            var six = [UInt8](repeating: 0, count: 16)
            var four = [UInt8](repeating: 0, count: 4)
            let isSix = inet_pton(AF_INET6, text, &six) == 1
            let isFour = inet_pton(AF_INET, text, &four) == 1
            if IPv6Text.parse(text) != (isSix ? six : nil) || IPv4Text.parse(text) != (isFour ? four : nil) {
                Issue.record("the system reads '\(text)' otherwise")
            }
        }
    }

    @Test func everyAddressReadsBack() {
        var random = SplitMix64(seed: 2)
        for _ in 0..<5000 {
            // Many zero groups.
            var bytes = random.bytes(16)
            for group in 0..<8 where random.next(below: 2) == 0 {
                bytes[2 * group] = 0
                bytes[2 * group + 1] = 0
            }
            #expect(IPv6Text.parse(IPv6Text.format(bytes)) == bytes)
            #expect(IPv4Text.parse(IPv4Text.format(bytes.prefix(4))) == Array(bytes.prefix(4)))
        }
    }
}

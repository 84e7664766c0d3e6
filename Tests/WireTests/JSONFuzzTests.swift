import Foundation
import TestSupport
import Testing
import Wire

@Suite struct JSONFuzzTests {
    static let seeds = [
        #"{"cmd":"message.send","id":7,"to":"12D3KooWBtg3aaRMjxwedh83aGiUkwSxDwUZkzuJcfaqUmo7R3pq","text":"hi\né 水"}"#,
        #"[1,-2.5e3,true,false,null,{"a":{"b":["\ud834\udd1e","\\\"\/\b"]}},"",9223372036854775808]"#,
        #"{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7,"h":8,"i":9,"j":1,"k":1,"l":1,"m":1,"n":1,"o":1,"p":1,"q":1,"r":1}"#,
    ].map { Array($0.utf8) }

    @Test func damagedTextReadsBackOrNotAtAll() {
        var random = SplitMix64(seed: 1)
        for round in 0..<60_000 {
            let bytes = random.mutate(Self.seeds[round % Self.seeds.count])
            let value: JSON
            do throws(JSONError) {
                value = try JSON(parsing: bytes)
            } catch {
                if !(0...bytes.count).contains(error.offset) { Issue.record("\(bytes.hex): \(error)") }
                continue
            }
            if (try? JSON(parsing: value.bytes)) != value { Issue.record("\(bytes.hex) does not read back") }
        }
    }

    /// Whatever is accepted here is JSON to Foundation too; what Foundation accepts beyond is ours to refuse.
    @Test func acceptsNothingThatFoundationRefuses() {
        var random = SplitMix64(seed: 2)
        for round in 0..<10_000 {
            let bytes = random.mutate(Self.seeds[round % Self.seeds.count])
            guard (try? JSON(parsing: bytes)) != nil else { continue }
            if (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) == nil {
                Issue.record("Foundation refuses \(String(decoding: bytes, as: UTF8.self))")
            }
        }
    }

    @Test func everyValueComesBack() throws {
        var random = SplitMix64(seed: 3)
        for _ in 0..<10_000 {
            let value = random.json(depth: 0)
            let bytes = value.bytes
            if try JSON(parsing: bytes) != value { Issue.record("\(String(decoding: bytes, as: UTF8.self))") }
        }
    }
}

extension SplitMix64 {
    /// A random value, small.
    mutating func json(depth: Int) -> JSON {
        switch next(below: depth < 4 ? 7 : 5) {
        case 0: return .null
        case 1: return .bool(next(below: 2) == 0)
        case 2: return .integer(Int64(bitPattern: next()) >> Int64(next(below: 64)))
        case 3:
            let number = Double(bitPattern: next())
            return .number(number.isFinite ? number : 0.5)
        case 4: return .string(text(next(below: 24)))
        case 5: return .array((0..<next(below: 6)).map { _ in json(depth: depth + 1) })
        default:
            return .object(
                (0..<next(below: 20)).map { JSON.Member(name: "\($0)" + text(4), value: json(depth: depth + 1)) })
        }
    }

    /// Text of `count` scalars from all planes, with many that must be escaped; never U+0000.
    mutating func text(_ count: Int) -> String {
        var text = ""
        while text.unicodeScalars.count < count {
            let limit: UInt64 = [0x80, 0x80, 0xa0, 0x3000, 0x11_0000][next(below: 5)]
            if let scalar = Unicode.Scalar(UInt32(next() % limit)), scalar.value != 0 {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}

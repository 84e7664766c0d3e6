import TestSupport
import Testing
import Wire

@Suite struct JSONWriterTests {
    static func write(_ body: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter(capacity: 0)
        body(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test func commasComeByThemselves() {
        let text = Self.write { writer in
            writer.beginObject()
            writer.key("type")
            writer.string("ok")
            writer.key("list")
            writer.beginArray()
            writer.integer(1)
            writer.beginObject()
            writer.endObject()
            writer.beginArray()
            writer.endArray()
            writer.null()
            writer.endArray()
            writer.key(String("na\"me"))
            writer.bool(false)
            writer.key("raw")
            writer.raw(Array("{\"x\":[1]}".utf8))
            writer.key("n")
            writer.double(0.25)
            writer.endObject()
            writer.newline()
            writer.bool(true)
        }
        #expect(
            text == #"{"type":"ok","list":[1,{},[],null],"na\"me":false,"raw":{"x":[1]},"n":0.25}"# + "\ntrue")
    }

    @Test(arguments: [
        (Int64(0), "0"), (7, "7"), (-7, "-7"), (1_234_567_890, "1234567890"), (.max, "9223372036854775807"),
        (.min, "-9223372036854775808"),
    ])
    func integers(value: Int64, text: String) {
        #expect(Self.write { $0.integer(value) } == text)
    }

    @Test func otherNumbers() throws {
        #expect(Self.write { $0.integer(UInt64.max) } == "18446744073709551615")
        #expect(Self.write { $0.integer(Int(5)) } == "5")
        for value in [Double.nan, .infinity, -.infinity] { #expect(Self.write { $0.double(value) } == "null") }
        for value in [0.1, 1e300, .leastNonzeroMagnitude, -0.0, 100, 1e16, 123_456_789.123] {
            let text = Self.write { $0.double(value) }
            #expect(try JSON(parsing: Array(text.utf8)).doubleValue == value)
        }
    }

    @Test(arguments: [
        ("", ""), ("plain", "plain"), ("a\"b\\c/d", #"a\"b\\c/d"#), ("\u{8}\t\n\u{c}\r", #"\b\t\n\f\r"#),
        ("\0\u{1f}\u{7f}", #"\ufffd\u001f\u007f"#), ("\u{80}\u{9f}\u{a0}", "\\u0080\\u009f\u{a0}"),
        ("\u{2028}\u{2029}", #"\u2028\u2029"#),
        ("\u{202a}\u{202e}\u{202f}\u{2027}", "\\u202a\\u202e\u{202f}\u{2027}"),
        ("\u{2066}\u{2069}\u{2065}\u{206a}", "\\u2066\\u2069\u{2065}\u{206a}"),
        ("\u{200e}\u{200f}\u{200d}\u{2010}", "\\u200e\\u200f\u{200d}\u{2010}"), ("\u{61c}\u{61b}", "\\u061c\u{61b}"),
        ("é水𝄞", "é水𝄞"), ("12345678é", "12345678é"), ("1234567\"12345678\n", #"1234567\"12345678\n"#),
        ("\u{fffd}\u{10fffd}", "\u{fffd}\u{10fffd}"),
    ])
    func strings(value: String, text: String) {
        // Compared as bytes: equal strings may differ.
        #expect(Array(Self.write { $0.string(value) }.utf8) == Array("\"\(text)\"".utf8))
    }

    @Test func everyPositionInAWordIsLookedAt() throws {
        for special: UInt8 in [0x22, 0x5c, 0x00, 0x1f, 0x7f] {
            for count in 1..<25 {
                for position in 0..<count {
                    var bytes = [UInt8](repeating: 0x61, count: count)
                    bytes[position] = special
                    let value = String(decoding: bytes, as: UTF8.self)
                    let text = Self.write { $0.string(value) }
                    #expect(text.utf8.dropFirst(1 + position).first == 0x5c)
                    if special != 0 { #expect(try JSON(parsing: Array(text.utf8)).stringValue == value) }
                }
            }
        }
    }

    @Test func aLineStaysALine() throws {
        var random = SplitMix64(seed: 1)
        for _ in 0..<5000 {
            let value = random.text(random.next(below: 40))
            let bytes = JSON.string(value).bytes
            #expect(!bytes.contains { $0 < 0x20 || $0 == 0x7f })
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(
                !text.unicodeScalars.contains { scalar in
                    switch scalar.value {
                    case 0x80...0x9f, 0x61c, 0x200e...0x200f, 0x2028...0x202e, 0x2066...0x2069: true
                    default: false
                    }
                })
            #expect(try JSON(parsing: bytes) == .string(value))
        }
    }

    @Test func memoryIsReused() {
        var writer = JSONWriter(capacity: 64)
        writer.beginArray()
        for number in 0..<1000 { writer.integer(number) }
        writer.endArray()
        let first = writer.bytes
        writer.removeAll()
        #expect(writer.count == 0)
        writer.beginArray()
        for number in 0..<1000 { writer.integer(number) }
        writer.endArray()
        #expect(writer.bytes == first)
        #expect(writer.withUnsafeBytes { Array($0) } == first)
        #expect(writer.count == first.count)
    }
}

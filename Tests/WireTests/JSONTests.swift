import TestSupport
import Testing
import Wire

@Suite struct JSONTests {
    static func parse(_ text: String) throws(JSONError) -> JSON {
        try JSON(parsing: Array(text.utf8))
    }

    @Test(arguments: [
        ("null", JSON.null), ("true", .bool(true)), ("false", .bool(false)), ("0", .integer(0)), ("-0", .integer(0)),
        ("1", .integer(1)), ("-1", .integer(-1)), ("9007199254740993", .integer(9_007_199_254_740_993)),
        ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
        ("9223372036854775808", .number(0x1p63)),
        ("-9223372036854775809", .number(-0x1p63)), ("1.0", .number(1)), ("1e2", .number(100)),
        ("-0.5E-1", .number(-0.05)), ("1E+2", .number(100)), ("5e-324", .number(.leastNonzeroMagnitude)),
        ("1e-999", .number(0)),
        ("1.7976931348623157e308", .number(1.7976931348623157e308)), ("\"\"", .string("")),
        (" \t\r\n1 \t\r\n", .integer(1)), ("\"é水𐅑\"", .string("é水𐅑")), ("[]", .array([])), ("[ ]", .array([])),
        ("{}", .object([])), ("{ }", .object([])),
        ("[1,[2],{}]", .array([.integer(1), .array([.integer(2)]), .object([])])),
        (
            #"{ "b" : 1 , "a" : [ null ] }"#,
            .object([.init(name: "b", value: .integer(1)), .init(name: "a", value: .array([.null]))])
        ),
        (#""\"\\\/\b\f\n\r\t""#, .string("\"\\/\u{8}\u{c}\n\r\t")), (#""\u00e9\u6C34""#, .string("é水")),
        (#""\ud834\udd1e""#, .string("𝄞")), (#""\uFFFD\uf8ff""#, .string("\u{fffd}\u{f8ff}")),
        (#""a\u0001b""#, .string("a\u{1}b")), ("\"\u{7f}\u{85}\u{2028}\"", .string("\u{7f}\u{85}\u{2028}")),
        ("\"\u{feff}\"", .string("\u{feff}")),
        (#""12345678\n12345678\u0041""#, .string("12345678\n12345678A")),
    ])
    func reads(text: String, value: JSON) throws {
        let parsed = try Self.parse(text)
        #expect(parsed == value)
        #expect(try JSON(parsing: parsed.bytes) == value)
    }

    @Test(arguments: [
        ("", JSONError.Code.empty, 0), ("  ", .empty, 2), ("\u{feff}1", .byteOrderMark, 0),
        ("1 2", .trailingContent, 2), ("{}{}", .trailingContent, 2), ("nul", .unexpectedEnd, 3),
        ("nulL", .unexpectedCharacter, 3), ("True", .unexpectedCharacter, 0), ("NaN", .unexpectedCharacter, 0),
        ("Infinity", .unexpectedCharacter, 0), ("'a'", .unexpectedCharacter, 0), ("+1", .unexpectedCharacter, 0),
        (".5", .unexpectedCharacter, 0), ("01", .invalidNumber, 0), ("-01", .invalidNumber, 1),
        ("00", .invalidNumber, 0), ("1.", .unexpectedEnd, 2), ("1.e1", .invalidNumber, 2), ("1e", .unexpectedEnd, 2),
        ("1e+", .unexpectedEnd, 3), ("-", .unexpectedEnd, 1), ("-a", .invalidNumber, 1), ("0x10", .trailingContent, 1),
        ("1_000", .trailingContent, 1), ("1e999", .numberOutOfRange, 0), ("[-1e999]", .numberOutOfRange, 1),
        ("[", .unexpectedEnd, 1), ("[1", .unexpectedEnd, 2), ("[1,", .unexpectedEnd, 3),
        ("[1,]", .unexpectedCharacter, 3),
        ("[,1]", .unexpectedCharacter, 1), ("[1 2]", .unexpectedCharacter, 3), ("[1}", .unexpectedCharacter, 2),
        ("{", .unexpectedEnd, 1), ("{\"a\"", .unexpectedEnd, 4), ("{\"a\":", .unexpectedEnd, 5),
        ("{\"a\":1", .unexpectedEnd, 6), ("{\"a\":1,}", .unexpectedCharacter, 7), ("{a:1}", .unexpectedCharacter, 1),
        ("{1:1}", .unexpectedCharacter, 1), ("{\"a\" 1}", .unexpectedCharacter, 5),
        ("{\"a\",1}", .unexpectedCharacter, 4),
        ("{,}", .unexpectedCharacter, 1), ("\"", .unexpectedEnd, 1), ("\"a", .unexpectedEnd, 2),
        ("\"abcdefghijk", .unexpectedEnd, 12), ("\"\\", .unexpectedEnd, 2), ("\"\\u12", .unexpectedEnd, 5),
        ("\"\\x\"", .invalidEscape, 1), ("\"\\u12g4\"", .invalidEscape, 1), ("\"\\U0041\"", .invalidEscape, 1),
        ("\"a\tb\"", .controlCharacter, 2), ("\"abcdefgh\nb\"", .controlCharacter, 9),
        ("\"a\0b\"", .nullCharacter, 2), ("\0", .nullCharacter, 0), (#""\u0000""#, .nullCharacter, 1),
        (#""\ud834""#, .loneSurrogate, 1), (#""\udd1e""#, .loneSurrogate, 1), (#""\ud834x""#, .loneSurrogate, 1),
        (#""\ud834\n""#, .loneSurrogate, 1), (#""\ud834\ud834""#, .loneSurrogate, 1),
        (#""\udd1e\ud834""#, .loneSurrogate, 1), (#"{"a":1,"a":2}"#, .duplicateName, 7),
        (#"{"a":1,"\u0061":2}"#, .duplicateName, 7), ("// c", .unexpectedCharacter, 0),
        ("\u{a0}1", .unexpectedCharacter, 0),
        ("1\u{c}", .trailingContent, 1), ("é", .unexpectedCharacter, 0),
    ])
    func refuses(text: String, code: JSONError.Code, offset: Int) {
        let error = #expect(throws: JSONError.self) { try Self.parse(text) }
        #expect(error?.code == code)
        #expect(error?.offset == offset)
    }

    @Test(arguments: [
        ("22ff22", 1), ("22c322", 1), ("22c0af22", 1), ("22e0809f22", 1), ("22eda08022", 1), ("22f490808022", 1),
        ("2261616161616161616161ff22", 11), ("22c3a9c3a9ff22", 5), ("22f09f9822", 1), ("ff", 0), ("5bff5d", 1),
        ("225c6eff22", 3), ("22ff5c6e22", 1),
    ])
    func refusesWhatIsNotUTF8(bytes: String, offset: Int) {
        #expect(throws: JSONError.self) { try JSON(parsing: hex(bytes)) }
        let error = #expect(throws: JSONError.self) { try JSON(parsing: hex(bytes)) }
        #expect(error?.code == .invalidUTF8)
        #expect(error?.offset == offset)
    }

    @Test func namesAreComparedByTheirBytes() throws {
        // One letter in two normal forms: two names.
        #expect(try Self.parse("{\"\u{e9}\":1,\"e\u{301}\":2}").objectValue?.count == 2)
        for count in [2, 15, 16, 17, 18, 500] {
            let members = (0..<count).map { "\"name\($0)\":\($0)" }
            let object = try Self.parse("{" + members.joined(separator: ",") + "}")
            #expect(object.objectValue?.count == count)
            #expect(object["name\(count - 1)"] == .integer(Int64(count - 1)))
            for twin in [0, count - 1] {
                let text = "{" + members.joined(separator: ",") + ",\"name\(twin)\":0}"
                let error = #expect(throws: JSONError.self) { try Self.parse(text) }
                #expect(error?.code == .duplicateName)
            }
        }
    }

    /// CVE-2020-35858: recursion without a bound, in the lines that people send.
    @Test(arguments: ["[", "{\"a\":", "[{\"a\":", "[[],"])
    func depthBombsAreRefused(unit: String) {
        let error = #expect(throws: JSONError.self) { try Self.parse(String(repeating: unit, count: 100_000)) }
        #expect(error?.code == .tooDeep)
        #expect((error?.offset ?? .max) < 33 * unit.utf8.count)
    }

    @Test func limitsAreExact() throws {
        let deep = String(repeating: "[", count: 32) + String(repeating: "]", count: 32)
        #expect(throws: Never.self) { try Self.parse(deep) }
        let error = #expect(throws: JSONError.self) { try Self.parse("[" + deep + "]") }
        #expect(error?.code == .tooDeep)
        #expect(error?.offset == 32)
        let limits = JSONLimits(count: 4, depth: 0)
        #expect(throws: Never.self) { try JSON(parsing: Array("1234".utf8), limits: limits) }
        #expect(throws: JSONError.self) { try JSON(parsing: Array("12345".utf8), limits: limits) }
        #expect(throws: JSONError.self) { try JSON(parsing: Array("[]".utf8), limits: limits) }
        let digits = "1." + String(repeating: "0", count: 510)
        #expect(try Self.parse(digits) == .number(1))
        #expect(throws: JSONError.self) { try Self.parse(digits + "0") }
        let long = #expect(throws: JSONError.self) {
            try JSON(parsing: [UInt8](repeating: 0x20, count: 1 << 20 + 1))
        }
        #expect(long?.code == .tooLong)
    }

    @Test func errorsSpeakToPeople() {
        let error = #expect(throws: JSONError.self) { try Self.parse(#"{"a":1,"a":2}"#) }
        #expect(error?.description == "the same name stands here twice (at byte 8)")
    }

    @Test func valuesTellTheirType() throws {
        let value = try Self.parse(#"{"s":"x","i":1,"d":1.5,"b":true,"a":[1],"o":{},"n":null}"#)
        #expect(value["s"]?.stringValue == "x")
        #expect(value["i"]?.integerValue == 1)
        #expect(value["i"]?.doubleValue == 1)
        #expect(value["d"]?.integerValue == nil)
        #expect(value["d"]?.doubleValue == 1.5)
        #expect(value["b"]?.boolValue == true)
        #expect(value["a"]?.arrayValue == [.integer(1)])
        #expect(value["o"]?.objectValue == [])
        #expect(value["missing"] == nil)
        #expect(value["s"]?["x"] == nil)
        #expect(
            value.objectValue?.map(\.value.typeName)
                == ["string", "integer", "number", "boolean", "array", "object", "null"])
    }
}

import Testing
import Wire

@Suite struct TOMLTests {
    private func parse(_ text: String) throws -> TOMLDocument {
        try TOMLDocument(parsing: Array(text.utf8))
    }

    /// Values as the specification (toml.io/en/v1.0.0) writes them.
    @Test(arguments: [
        (#""I'm a string. \"You can quote me\".""#, JSON.string(#"I'm a string. "You can quote me"."#)),
        (#""Name\tJos\u00E9\nLocation\tSF.""#, .string("Name\tJosé\nLocation\tSF.")),
        (#""\b\f\r\\\U0001F426""#, .string("\u{8}\u{C}\r\\🐦")), (#""""#, .string("")), ("''", .string("")),
        (#"'C:\Users\nodejs'"#, .string(#"C:\Users\nodejs"#)),
        (#"'Tom "Dubs" Preston-Werner'"#, .string(#"Tom "Dubs" Preston-Werner"#)),
        ("'a # b'", .string("a # b")), ("\"tab\there\"", .string("tab\there")), ("'鳥'", .string("鳥")),
        ("+99", .integer(99)), ("42", .integer(42)), ("0", .integer(0)), ("-17", .integer(-17)), ("+0", .integer(0)),
        ("1_000", .integer(1000)), ("5_349_221", .integer(5_349_221)), ("53_49_221", .integer(5_349_221)),
        ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
        ("+1.0", .number(1)), ("3.1415", .number(3.1415)), ("-0.01", .number(-0.01)), ("5e+22", .number(5e22)),
        ("1e06", .number(1e6)), ("-2E-2", .number(-0.02)), ("6.626e-34", .number(6.626e-34)),
        ("224_617.445_991_228", .number(224_617.445_991_228)), ("-0.0", .number(-0.0)),
        ("true", .bool(true)), ("false", .bool(false)),
        ("[]", .array([])), ("[ 1, 2, 3 ]", .array([.integer(1), .integer(2), .integer(3)])),
        ("[\n  1, # one\n  # two\r\n\n  'b' ,\n]", .array([.integer(1), .string("b")])),
        ("[0.1, 'x', true]", .array([.number(0.1), .string("x"), .bool(true)])),
    ])
    func values(_ text: String, _ value: JSON) throws {
        for around in [
            "k = \(text)", "k=\(text)\n", "\t k \t=\t \(text) \t# comment", "# k = 1\r\n\r\nk = \(text)\r\nl = 1",
        ] {
            #expect(try parse(around)["k"] == value, "\(around)")
        }
    }

    @Test func places() throws {
        let document = try parse(
            "# c\nfirst = 1\n\n  päper_-9x = 2\n".replacing("ä", with: "a") + "third = [\n1,\n2]\nlast = ''\n")
        #expect(document.entries.map(\.key) == ["first", "paper_-9x", "third", "last"])
        #expect(document.entries.map(\.position.description) == ["2:1", "4:3", "5:1", "8:1"])
        #expect(document.entries.map(\.valuePosition.description) == ["2:9", "4:15", "5:9", "8:8"])
        #expect(document["nothing"] == nil)
        #expect(try parse("").entries.isEmpty && parse(" \n#").entries.isEmpty)
    }

    @Test(arguments: [
        ("[table]", "1:1", TOMLError.Code.unsupported(.table)), ("[[a]]", "1:1", .unsupported(.table)),
        ("a.b = 1", "1:2", .unsupported(.dottedKey)), ("'a' = 1", "1:1", .unsupported(.quotedKey)),
        ("\"a\" = 1", "1:1", .unsupported(.quotedKey)), ("a = \"\"\"x\"\"\"", "1:5", .unsupported(.multilineString)),
        ("a = '''x'''", "1:5", .unsupported(.multilineString)), ("a = { b = 1 }", "1:5", .unsupported(.inlineTable)),
        ("a = [\n 1,\n [2]]", "3:2", .unsupported(.nestedArray)), ("a = 1979-05-27", "1:9", .unsupported(.dateTime)),
        ("a = 07:32:00", "1:7", .unsupported(.dateTime)), ("a = 0xFF", "1:5", .unsupported(.radix)),
        ("a = 0o7", "1:5", .unsupported(.radix)), ("a = inf", "1:5", .unsupported(.infinity)),
        ("a = -nan", "1:6", .unsupported(.infinity)),
        ("= 1", "1:1", .expectedKey), ("a\n", "1:2", .expectedEquals), ("a 1", "1:3", .expectedEquals),
        ("ä = 1", "1:1", .expectedKey), ("aä = 1", "1:2", .expectedEquals), ("a =", "1:4", .expectedValue),
        ("a = # c", "1:5", .expectedValue), ("a = yes", "1:5", .expectedValue), ("a = True", "1:5", .expectedValue),
        ("a = 1 2", "1:7", .trailingContent), ("a = '鳥' x", "1:9", .trailingContent),
        ("a = 1, 2", "1:6", .trailingContent),
        ("a = 12abc", "1:7", .trailingContent), ("a = truer", "1:5", .expectedValue),
        ("a = \"x", "1:7", .unterminatedString), ("a = 'x\n'", "1:7", .unterminatedString),
        ("a = [1\n", "1:5", .unterminatedArray), ("b = 1\na = [ # ]", "2:5", .unterminatedArray),
        ("a = [1 2]", "1:8", .expectedComma), ("a = [,]", "1:6", .expectedValue), ("a = [1,,2]", "1:8", .expectedValue),
        ("a = 1\nb = [\n1]\na = 2", "4:1", .duplicateKey),
        (#"a = "\x""#, "1:6", .invalidEscape), (#"a = "\e""#, "1:6", .invalidEscape),
        (#"a = "\u12""#, "1:6", .invalidEscape),
        (#"a = "\uD800""#, "1:6", .invalidEscape), (#"a = "\U00110000""#, "1:6", .invalidEscape),
        (#"a = "\u0000""#, "1:6", .nullCharacter), ("a = \"\\", "1:6", .invalidEscape),
        ("a = 01", "1:5", .invalidNumber), ("a = 1__0", "1:6", .invalidNumber), ("a = _1", "1:5", .expectedValue),
        ("a = 1_", "1:6", .invalidNumber), ("a = 1.", "1:7", .invalidNumber), ("a = .5", "1:5", .expectedValue),
        ("a = 1e", "1:7", .invalidNumber), ("a = +", "1:6", .invalidNumber), ("a = 1._5", "1:7", .invalidNumber),
        ("a = 9223372036854775808", "1:5", .numberOutOfRange), ("a = 1e400", "1:5", .numberOutOfRange),
        ("\u{FEFF}a = 1", "1:1", .byteOrderMark), ("a = 1 # \u{7}", "1:9", .controlCharacter),
        ("a = 1\rb = 2", "1:6", .controlCharacter), ("a = '\u{0}'", "1:6", .controlCharacter),
        ("a = \"\u{7F}\"", "1:6", .controlCharacter), ("# \r x", "1:3", .controlCharacter),
    ])
    func mistakes(_ text: String, _ place: String, _ code: TOMLError.Code) throws {
        try mistake(Array(text.utf8), place, code)
    }

    private func mistake(_ bytes: [UInt8], _ place: String, _ code: TOMLError.Code) throws {
        let error = #expect(throws: TOMLError.self) { try TOMLDocument(parsing: bytes) }
        #expect(error?.code == code)
        #expect(error?.position.description == place, "\(String(decoding: bytes.prefix(80), as: UTF8.self))")
    }

    @Test func bounds() throws {
        let many = (0..<256).map { "k\($0) = 1\n" }.joined()
        #expect(try parse(many).entries.count == 256)
        try mistake(Array((many + "x = 1").utf8), "257:1", .tooManyEntries)
        let long = String(repeating: "1,", count: 1024)
        #expect(try parse("a = [\(long)]")["a"]?.arrayValue?.count == 1024)
        try mistake(Array("a = [\(long)1]".utf8), "1:2054", .tooManyElements)
        let comment = "#" + String(repeating: "x", count: 65_535)
        #expect(try parse(comment).entries.isEmpty)
        try mistake(Array((comment + "x").utf8), "1:1", .tooLong)
        try mistake(Array("a = 1\nb = ".utf8) + [0xFF], "2:5", .invalidUTF8)
    }
}

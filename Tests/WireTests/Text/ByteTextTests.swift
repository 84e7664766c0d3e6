import Testing

@testable import Wire

/// Names are their bytes.
@Suite struct ByteTextTests {
    @Test func equivalentIsNotEqual() {
        #expect("\u{e9}" == "e\u{301}", "as Swift has it")
        #expect(ByteText("\u{e9}") != ByteText("e\u{301}"))
        #expect(Set([ByteText("\u{e9}"), ByteText("e\u{301}"), "\u{e9}"]).count == 2)
        #expect(!"K".isSame(as: "\u{212a}") && "K".isSame(as: "K"))
        #expect(ByteText("e\u{301}") < ByteText("\u{e9}"))
    }

    @Test func valuesOfJSONToo() throws {
        let values = try [#"{"é":1}"#, "{\"e\u{301}\":1}", #"["é"]"#, "[\"e\u{301}\"]"].map {
            try JSON(parsing: Array($0.utf8))
        }
        #expect(Set(values).count == 4)
        #expect(values[0]["\u{e9}"] == .integer(1) && values[0]["e\u{301}"] == nil)
    }

    @Test func textIsCutByBytes() {
        #expect("#\u{301}x".dropping(prefix: "#") == "\u{301}x" && "\u{e9}".dropping(prefix: "e") == nil)
        let parts = "a=\u{301}b=c".cut(at: UInt8(ascii: "="))
        #expect(parts?.head == "a" && parts?.tail.utf8.elementsEqual("\u{301}b=c".utf8) == true)
        #expect("a".cut(at: UInt8(ascii: "=")) == nil)
    }
}

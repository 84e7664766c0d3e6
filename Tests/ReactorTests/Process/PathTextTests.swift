import Testing

@testable import Reactor

/// Every path has a text that leads back to it.
@Suite struct PathTextTests {
    @Test func textStaysText() {
        for path in ["", "/tmp/a", "/tmp/\u{e9}\u{301}/\u{1f40e}", "\u{10fffd}", "\u{10ef7f}"] {
            #expect(PathText.text(Array(path.utf8)).utf8.elementsEqual(path.utf8))
            #expect(PathText.bytes(path) == Array(path.utf8))
            #expect(PathText.plain(path) == path)
        }
    }

    @Test func everyByteComesBack() {
        var seen = Set<String>()
        for first in UInt8(1)...255 {
            for second in [0x61, 0x80, 0xbf, 0xc3, 0xe2, 0xf4, 0xff] as [UInt8] {
                for bytes in [[first, second], [0xf4, 0x8e, first, second], [0xe2, first, second, 0x62]] {
                    let text = PathText.text(bytes)
                    #expect(PathText.bytes(text) == bytes)
                    #expect(seen.insert("\(Array(text.unicodeScalars.map(\.value)))").inserted || bytes.count == 4)
                    #expect((PathText.plain(text) == nil) == (String(validating: bytes, as: UTF8.self) == nil))
                }
            }
        }
    }

    /// The characters that stand for bytes can be in a path themselves.
    @Test func theEscapesAreEscaped() {
        let path = "/tmp/\u{10efff}"
        let text = PathText.text(Array(path.utf8))
        #expect(text == "/tmp/\u{10eff4}\u{10ef8e}\u{10efbf}\u{10efbf}")
        #expect(PathText.bytes(text) == Array(path.utf8))
        #expect(PathText.plain(text) == path)
        #expect(PathText.bytes(path) == Array("/tmp/".utf8) + [0xff])
    }

    @Test func pathsAreCutAtSlashes() {
        #expect(PathText.directory(of: "/a/\u{301}b") == "/a")
        #expect(PathText.directory(of: "b") == "." && PathText.directory(of: "/b") == "/")
        #expect(PathText.prefixes(of: "/a//\u{301}b/c/") == ["/a", "/a//\u{301}b", "/a//\u{301}b/c"])
        #expect(PathText.prefixes(of: "a/b") == ["a", "a/b"] && PathText.prefixes(of: "/").isEmpty)
    }
}

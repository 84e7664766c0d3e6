import TestSupport
import Testing
import Wire

@Suite struct TOMLEditingTests {
    private func text(_ text: String, _ key: String, _ value: JSON?) throws -> String {
        String(decoding: try TOMLDocument(parsing: Array(text.utf8)).setting(key, to: value).bytes, as: UTF8.self)
    }

    private static let list = """
        # who may come
        listen = [
            '/a',  # the office
            "/b",

            # at home
            '/c'
        ]  # three

        """

    @Test(
        arguments: [
            ("a = 1  # one\nb = 2\n", "a", JSON.integer(7), "a = 7  # one\nb = 2\n"),
            ("a='x' # one", "a", .string("y\n\"z\""), #"a="y\n\"z\"" # one"#),
            ("a = 1.0", "a", .integer(1), "a = 1"), ("a = 0x = 1", "a", nil, nil),
            ("a = 1\n", "a", .integer(1), "a = 1\n"),
            ("a = 'x'", "a", .string("x"), "a = 'x'"),
            ("", "a", .bool(true), "a = true\n"), ("# c", "a", .bool(true), "# c\na = true\n"),
            ("b = 1\r\n", "a", .integer(2), "b = 1\r\na = 2\r\n"),
            ("# a = 1\n# the other\nb = 2\n", "a", .integer(2), "# a = 1\na = 2\n# the other\nb = 2\n"),
            ("b = 2\n#a=1", "a", .integer(2), "b = 2\n#a=1\na = 2\n"),
            ("# ab = 1\n", "a", .integer(2), "# ab = 1\na = 2\n"),
            ("b = [\n# a = 1\n]\n", "a", .integer(2), "b = [\n# a = 1\n]\na = 2\n"),
            ("b = 1\na = [\n1,\n] # gone\nc = 2\n", "a", nil, "b = 1\nc = 2\n"), ("b = 1", "a", nil, "b = 1"),
            ("a = [1, 2] # l", "a", .array([.integer(2), .string("x")]), "a = [2, \"x\"] # l"),
        ] as [(String, String, JSON?, String?)])
    func edits(_ before: String, _ key: String, _ value: JSON?, _ after: String?) throws {
        guard let after else {
            #expect(throws: TOMLError.self) { try text(before, key, value) }
            return
        }
        #expect(try text(before, key, value) == after)
    }

    @Test(arguments: [
        (["/a", "/b", "/c", "/d"], "    '/a',  # the office\n    \"/b\",\n\n    # at home\n    '/c',\n    \"/d\",\n"),
        (["/b", "/c"], "    \"/b\",\n\n    # at home\n    '/c',\n"),
        (["/a", "/c"], "    '/a',  # the office\n\n    # at home\n    '/c',\n"),
        (["/a", "/b"], "    '/a',  # the office\n    \"/b\",\n\n    # at home\n"),
        (["/0", "/a", "/x"], "    \"/0\",\n    '/a',  # the office\n    \"/x\",\n\n    # at home\n"),
    ])
    func commentsInArraysStay(_ values: [String], _ lines: String) throws {
        let edited = try text(Self.list, "listen", .array(values.map(JSON.string)))
        #expect(edited == "# who may come\nlisten = [\n\(lines)]  # three\n")
    }

    /// A change changes its key and nothing else, whatever the document; and no text stops the reader.
    @Test func changesChangeNothingElse() throws {
        var random = SplitMix64(seed: 11)
        let seeds = [
            Self.list
                + "log = \"info\"\n# drain = '10s'\nkeep = 1_000 # events\nx = [ 1, 2,\n 3 ] # end\ny = 1.5e3\r\nz = [\n]",
            "a = [ # first\n 'p', 'q', # two\n 'r'\n , 's' # four\n]\nb = true",
        ].map { Array($0.utf8) }
        var accepted = 0
        for round in 0..<40_000 {
            let bytes = round < 2_000 ? seeds[round % 2] : random.mutate(seeds[round % 2])
            let document: TOMLDocument
            do throws(TOMLError) {
                document = try TOMLDocument(parsing: bytes)
            } catch {
                if error.position.line < 1 || error.position.column < 1 { Issue.record("\(error)") }
                continue
            }
            accepted += 1
            let keys = document.entries.map(\.key) + ["drain", "new"]
            let key = keys[random.next(below: keys.count)]
            let value = random.next(below: 8) == 0 ? nil : random.value(near: document[key])
            let edited = try document.setting(key, to: value)
            if edited[key] != value { Issue.record("\(key): \(String(decoding: bytes, as: UTF8.self))") }
            for entry in document.entries where entry.key != key && edited[entry.key] != entry.value {
                Issue.record("\(entry.key) changed by \(key): \(String(decoding: bytes, as: UTF8.self))")
            }
            if edited.entries.count > document.entries.count + 1 { Issue.record("too much") }
        }
        #expect(accepted > 5_000)
    }
}

extension SplitMix64 {
    /// A value of any kind; of an array often a change of it.
    fileprivate mutating func value(near old: JSON?) -> JSON {
        switch next(below: 6) {
        case 0: return .bool(next(below: 2) == 0)
        case 1: return .integer(Int64(bitPattern: next()))
        case 2: return .number(Double(Int64(bitPattern: next()) >> 20) / 1000)
        case 3: return .string(text(next(below: 12)))
        default:
            var values = old?.arrayValue ?? []
            for _ in 0...next(below: 3) {
                let index = next(below: values.count + 1)
                if index < values.count, next(below: 2) == 0 {
                    values.remove(at: index)
                } else {
                    values.insert(.string(text(2)), at: index)
                }
            }
            if next(below: 4) == 0 { values.shuffle(using: &self) }
            return .array(values)
        }
    }
}

/// Changing one value, and nothing else.
extension TOMLDocument {
    /// The document with another value of a key: in the place of the old one, with every comment and the layout of all
    /// other lines as they were. A new key comes behind a comment that shows it (`# log = "info"`), or at the end.
    ///
    /// - Parameter value: A string without U+0000, an integer, a finite number, a truth value, or an array of those;
    ///   nil to take the key out, with its line.
    /// - Throws: what makes the outcome no document: too much of something.
    public func setting(_ key: String, to value: JSON?) throws(TOMLError) -> TOMLDocument {
        guard let entry = entry(key) else {
            return if let value { try TOMLDocument(parsing: adding(key, value)) } else { self }
        }
        guard let value else { return try removing(entry) }
        if entry.value == value { return self }
        if case .array(let values) = value, let edited = replacingElements(of: entry, by: values),
            let document = try? TOMLDocument(parsing: edited), document[key] == value
        {
            return document
        }
        var bytes = bytes
        bytes.replaceSubrange(entry.valueRange, with: value.tomlText.utf8)
        return try TOMLDocument(parsing: bytes)
    }

    private func removing(_ entry: Entry) throws(TOMLError) -> TOMLDocument {
        var bytes = bytes
        bytes.removeSubrange(start(ofLine: entry.keyRange.lowerBound)..<end(ofLine: entry.valueRange.upperBound))
        return try TOMLDocument(parsing: bytes)
    }

    private func adding(_ key: String, _ value: JSON) -> [UInt8] {
        let line = Array("\(key) = \(value.tomlText)".utf8) + newline
        var result = bytes
        if let shown = lineShowing(key) {
            result.insert(contentsOf: line, at: shown)
            // The last line of a file may have no end.
            if shown == bytes.count, bytes.last != 0x0A { result.insert(contentsOf: newline, at: shown) }
        } else {
            if !result.isEmpty, result.last != 0x0A { result += newline }
            result += line
        }
        return result
    }

    /// Where the last line ends that is a comment and, without its sign, would set the key.
    private func lineShowing(_ key: String) -> Int? {
        var found: Int?
        var start = 0
        while start < bytes.count {
            let end = end(ofLine: start)
            let isInside = entries.contains { $0.valueRange.contains(start) }
            var rest = bytes[start..<end].drop(while: Self.isBlank)
            if !isInside, rest.popFirst() == UInt8(ascii: "#") {
                rest = rest.drop(while: Self.isBlank)
                if rest.starts(with: key.utf8) {
                    rest = rest.dropFirst(key.utf8.count).drop(while: Self.isBlank)
                    if rest.first == UInt8(ascii: "=") { found = end }
                }
            }
            start = end
        }
        return found
    }
}

/// Lines
extension TOMLDocument {
    static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09
    }

    /// How the document ends a line.
    var newline: [UInt8] {
        guard let end = bytes.firstIndex(of: 0x0A), end > 0, bytes[end - 1] == 0x0D else { return [0x0A] }
        return [0x0D, 0x0A]
    }

    /// Where the line of a byte begins.
    func start(ofLine offset: Int) -> Int {
        bytes[..<offset].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    }

    /// Where the line of a byte ends, behind its newline.
    func end(ofLine offset: Int) -> Int {
        bytes[offset...].firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.count
    }
}

extension JSON {
    /// The value as TOML writes it, in one line. Null and objects, which a document cannot have, become text.
    public var tomlText: String {
        switch self {
        // What JSON escapes, TOML escapes alike.
        case .string, .bool, .integer, .number: String(decoding: bytes, as: UTF8.self)
        case .array(let values): "[" + values.map(\.tomlText).joined(separator: ", ") + "]"
        case .null, .object: JSON.string(String(decoding: bytes, as: UTF8.self)).tomlText
        }
    }
}

/// Reads the flat part of TOML. Every access is checked against the text's end; every loop moves on.
struct TOMLParser {
    let bytes: [UInt8]
    var position = 0
    private var line = 1
    private var lineStart = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The byte at the position; nil at the end.
    var current: UInt8? { byte(at: 0) }

    /// The byte so far behind the position; nil beyond the end.
    func byte(at offset: Int) -> UInt8? {
        position + offset < bytes.count ? bytes[position + offset] : nil
    }

    func isAt(_ text: StaticString) -> Bool {
        for index in 0..<text.utf8CodeUnitCount where byte(at: index) != text.utf8Start[index] { return false }
        return true
    }

    /// All keys and values.
    mutating func document() throws(TOMLError) -> [TOMLDocument.Entry] {
        try checkText()
        var entries: [TOMLDocument.Entry] = []
        while true {
            skipBlanks()
            try skipComment()
            if try skipNewline() { continue }
            guard current != nil else { return entries }
            let entry = try entry()
            if entries.contains(where: { $0.key == entry.key }) {
                throw TOMLError(code: .duplicateKey, position: entry.position)
            }
            guard entries.count < TOMLDocument.maximumEntries else {
                throw TOMLError(code: .tooManyEntries, position: entry.position)
            }
            entries.append(entry)
            skipBlanks()
            try skipComment()
            if current != nil, try !skipNewline() { throw error(.trailingContent) }
        }
    }

    private func checkText() throws(TOMLError) {
        guard bytes.count <= TOMLDocument.maximumCount else {
            throw TOMLError(code: .tooLong, position: TOMLPosition(line: 1, column: 1))
        }
        if isAt("\u{FEFF}") { throw error(.byteOrderMark) }
        do throws(UTF8.ValidationError) {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            throw TOMLError(code: .invalidUTF8, position: place(of: error.byteOffsets.lowerBound))
        }
    }

    private mutating func entry() throws(TOMLError) -> TOMLDocument.Entry {
        let start = position
        let keyPosition = place(of: start)
        while let byte = current, Self.isKey(byte) { position += 1 }
        let keyRange = start..<position
        guard !keyRange.isEmpty else {
            switch current {
            case UInt8(ascii: "["): throw error(.unsupported(.table))
            case UInt8(ascii: "\""), UInt8(ascii: "'"): throw error(.unsupported(.quotedKey))
            default: throw error(.expectedKey)
            }
        }
        skipBlanks()
        if current == UInt8(ascii: ".") { throw error(.unsupported(.dottedKey)) }
        guard current == UInt8(ascii: "=") else { throw error(.expectedEquals) }
        position += 1
        skipBlanks()
        let valueStart = position
        let valuePosition = place(of: valueStart)
        var elements: [(range: Range<Int>, end: Int)] = []
        let value = current == UInt8(ascii: "[") ? try array(from: valuePosition, &elements) : try scalar()
        return TOMLDocument.Entry(
            key: String(decoding: bytes[keyRange], as: UTF8.self), value: value, position: keyPosition,
            valuePosition: valuePosition, keyRange: keyRange, valueRange: valueStart..<position, elements: elements)
    }

    private mutating func array(
        from opening: TOMLPosition, _ elements: inout [(range: Range<Int>, end: Int)]
    ) throws(TOMLError) -> JSON {
        position += 1
        var values: [JSON] = []
        while true {
            try skipLines(from: opening)
            if current == UInt8(ascii: "]") { break }
            if current == UInt8(ascii: "[") { throw error(.unsupported(.nestedArray)) }
            guard values.count < TOMLDocument.maximumElements else { throw error(.tooManyElements) }
            let start = position
            values.append(try scalar())
            let range = start..<position
            try skipLines(from: opening)
            if current == UInt8(ascii: ",") {
                position += 1
                elements.append((range, position))
            } else {
                elements.append((range, range.upperBound))
                guard current == UInt8(ascii: "]") else { throw error(.expectedComma) }
            }
        }
        position += 1
        return .array(values)
    }

    /// A value that is no array.
    private mutating func scalar() throws(TOMLError) -> JSON {
        switch current {
        case UInt8(ascii: "\""):
            if isAt("\"\"\"") { throw error(.unsupported(.multilineString)) }
            return .string(try basicString())
        case UInt8(ascii: "'"):
            if isAt("'''") { throw error(.unsupported(.multilineString)) }
            return .string(try literalString())
        case UInt8(ascii: "{"): throw error(.unsupported(.inlineTable))
        case UInt8(ascii: "+"), UInt8(ascii: "-"), (UInt8(ascii: "0")...UInt8(ascii: "9"))?: return try number()
        default: return try word()
        }
    }

    private mutating func word() throws(TOMLError) -> JSON {
        let start = position
        while let byte = current, Self.isKey(byte) { position += 1 }
        let end = position
        position = start
        let value: JSON
        switch String(decoding: bytes[start..<end], as: UTF8.self) {
        case "true": value = .bool(true)
        case "false": value = .bool(false)
        case "inf", "nan": throw error(.unsupported(.infinity))
        default: throw error(.expectedValue)
        }
        position = end
        return value
    }

    private static func isKey(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}

/// What stands between values.
extension TOMLParser {
    private mutating func skipBlanks() {
        while let byte = current, byte == 0x20 || byte == 0x09 { position += 1 }
    }

    private mutating func skipComment() throws(TOMLError) {
        guard current == UInt8(ascii: "#") else { return }
        while let byte = current, byte != 0x0A, !isAt("\r\n") {
            if Self.isControl(byte) { throw error(.controlCharacter) }
            position += 1
        }
    }

    /// Whether there was the end of a line.
    private mutating func skipNewline() throws(TOMLError) -> Bool {
        if isAt("\r\n") {
            position += 2
        } else if current == 0x0A {
            position += 1
        } else {
            if current == 0x0D { throw error(.controlCharacter) }
            return false
        }
        line += 1
        lineStart = position
        return true
    }

    /// Blanks, comments and ends of lines inside an array.
    private mutating func skipLines(from opening: TOMLPosition) throws(TOMLError) {
        repeat {
            skipBlanks()
            try skipComment()
        } while try skipNewline()
        if current == nil { throw TOMLError(code: .unterminatedArray, position: opening) }
    }

    /// Whether TOML wants a character out of a text: a control character other than tab.
    static func isControl(_ byte: UInt8) -> Bool {
        byte < 0x20 && byte != 0x09 || byte == 0x7F
    }
}

/// Places
extension TOMLParser {
    func error(_ code: TOMLError.Code) -> TOMLError {
        TOMLError(code: code, position: place(of: position))
    }

    /// The line and the column of a byte of the line that is being read, or of one behind it.
    private func place(of offset: Int) -> TOMLPosition {
        var (line, start) = (line, lineStart)
        for index in start..<max(start, offset) where bytes[index] == 0x0A {
            line += 1
            start = index + 1
        }
        // Every byte but those that go on with a character begins one.
        let column = bytes[start..<max(start, offset)].count { $0 & 0xC0 != 0x80 } + 1
        return TOMLPosition(line: line, column: column)
    }
}

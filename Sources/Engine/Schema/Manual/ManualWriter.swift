/// Writes a manual page in mdoc(7), line by line.
struct ManualWriter {
    /// The width at which text is broken.
    private static let width = 78

    /// The source so far.
    private(set) var text = ""

    /// Begins the page: who it is, and in one line what it tells.
    mutating func begin(_ page: ManualPage, _ summary: String) {
        text += ".\\\" Made from the schema by linnet schema --man \(page.rawValue); do not edit.\n"
        macro("Dd", LinnetVersion.date)
        raw(".Dt \(page.name.uppercased()) 5")
        macro("Os")
        macro("Sh", "NAME")
        macro("Nm", page.name)
        macro("Nd", summary)
    }

    /// A macro line. Arguments are taken as they are, even if they look like macros.
    mutating func macro(_ name: String, _ arguments: String...) {
        text += ([".\(name)"] + arguments.map(Self.argument)).joined(separator: " ") + "\n"
    }

    /// Begins the entry of a list about something that is typed.
    mutating func entry(_ name: String) {
        text += ".It Ic \(Self.argument(name))\n"
    }

    /// A line as it is.
    mutating func raw(_ line: String) {
        text += line + "\n"
    }

    /// Running text. Each sentence begins a line, as mdoc wants it.
    mutating func say(_ sentences: String) {
        for sentence in Self.sentences(of: sentences) {
            var line = ""
            for word in sentence.split(separator: " ") {
                if !line.isEmpty, line.utf8.count + 1 + word.utf8.count > Self.width {
                    text += Self.escaped(line) + "\n"
                    line = ""
                }
                line += line.isEmpty ? String(word) : " \(word)"
            }
            if !line.isEmpty { text += Self.escaped(line) + "\n" }
        }
    }

    /// Lines as they are typed or printed.
    mutating func literal(_ lines: [String]) {
        raw(".Bd -literal -offset indent")
        for line in lines { text += Self.literal(line) + "\n" }
        raw(".Ed")
    }

    /// Other pages that help.
    mutating func seeAlso(_ pages: [(name: String, section: Int)]) {
        macro("Sh", "SEE ALSO")
        for (index, page) in pages.enumerated() {
            raw(".Xr \(page.name) \(page.section)" + (index + 1 < pages.count ? " ," : ""))
        }
    }

    /// Splits after a full stop that ends a sentence.
    private static func sentences(of text: String) -> [String] {
        var sentences: [String] = []
        var current = ""
        var previous: Substring = ""
        for word in text.split(separator: " ") {
            let begins = word.first.map { $0.isUppercase || $0.isNumber } ?? false
            if begins, previous.hasSuffix("."), !previous.hasSuffix("...") {
                sentences.append(current)
                current = ""
            }
            current += current.isEmpty ? String(word) : " \(word)"
            previous = word
        }
        return sentences + [current]
    }

    /// An argument of a macro, in quotation marks where it must be.
    private static func argument(_ text: String) -> String {
        let plain = escaped(text, beginsLine: false)
        let isWord = !text.isEmpty && text.utf8.allSatisfy { $0 != 0x20 && $0 != UInt8(ascii: "\"") }
        // Short words may be names of macros.
        let shielded = isWord && text.utf8.count <= 3 ? "\\&" + plain : plain
        if isWord { return shielded }
        return "\"" + plain.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\\(dq") + "\""
    }

    /// Text that troff prints as it is, with hyphens where it likes.
    private static func escaped(_ text: String, beginsLine: Bool = true) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\e"
            case _ where scalar.value > 0x7E: result += "\\[u" + hex(scalar.value) + "]"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return beginsLine && (result.hasPrefix(".") || result.hasPrefix("'")) ? "\\&" + result : result
    }

    /// Text to copy: every character the very one that was written.
    private static func literal(_ text: String) -> String {
        var result = ""
        for character in escaped(text) {
            switch character {
            case "-": result += "\\-"
            case "'": result += "\\(aq"
            case "`": result += "\\(ga"
            case "^": result += "\\(ha"
            case "~": result += "\\(ti"
            default: result.append(character)
            }
        }
        return result
    }

    private static func hex(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}

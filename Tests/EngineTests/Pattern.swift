import Wire

/// What a line must look like: JSON, in which some values are left open.
///
/// | written | stands for |
/// |---|---|
/// | `$name` | any value the first time, the same value from then on |
/// | `$_` | any value |
/// | `~"part"` | a string that contains the part |
/// | `...` | in an object or array: any further members |
///
/// The members of an object must come in the order of the pattern: the order of keys is part of the language.
indirect enum Pattern {
    case any
    case capture(String)
    case containing(String)
    case literal(JSON)
    case array([Pattern], isOpen: Bool)
    case object([Entry])

    enum Entry {
        case member(String, Pattern)
        case rest
    }

    /// Whether a value fits. What is captured on the way is kept in `names` if all of it fits.
    func matches(_ value: JSON, _ names: inout [String: JSON]) -> Bool {
        var trial = names
        guard match(value, &trial) else { return false }
        names = trial
        return true
    }

    private func match(_ value: JSON, _ names: inout [String: JSON]) -> Bool {
        switch self {
        case .any: return true
        case .capture(let name):
            if let known = names[name] { return known == value }
            names[name] = value
            return true
        case .containing(let part):
            guard case .string(let text) = value else { return false }
            return text.contains(part)
        case .literal(let literal): return literal == value
        case .array(let patterns, let isOpen):
            guard case .array(let values) = value else { return false }
            guard isOpen ? values.count >= patterns.count : values.count == patterns.count else { return false }
            for (pattern, value) in zip(patterns, values) where !pattern.match(value, &names) { return false }
            return true
        case .object(let entries):
            guard case .object(let members) = value else { return false }
            return Self.match(entries[...], members[...], &names)
        }
    }

    private static func match(
        _ entries: ArraySlice<Entry>, _ members: ArraySlice<JSON.Member>, _ names: inout [String: JSON]
    ) -> Bool {
        guard let entry = entries.first else { return members.isEmpty }
        switch entry {
        case .member(let name, let pattern):
            guard let member = members.first, member.name == name, pattern.match(member.value, &names) else {
                return false
            }
            return match(entries.dropFirst(), members.dropFirst(), &names)
        case .rest:
            var rest = members
            while true {
                var trial = names
                if match(entries.dropFirst(), rest, &trial) {
                    names = trial
                    return true
                }
                guard rest.popFirst() != nil else { return false }
            }
        }
    }
}

/// Why a pattern cannot be read.
struct PatternError: Error, CustomStringConvertible {
    let description: String
}

extension Pattern {
    /// Reads a pattern.
    init(_ text: String) throws {
        var reader = PatternReader(text)
        self = try reader.value()
        try reader.expectEnd()
    }
}

/// Reads a pattern from its text.
private struct PatternReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    mutating func value() throws -> Pattern {
        skipBlanks()
        switch peek {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "$"):
            position += 1
            let name = word()
            return name == "_" ? .any : .capture(name)
        case UInt8(ascii: "~"):
            position += 1
            return .containing(try string())
        case UInt8(ascii: "\""): return .literal(.string(try string()))
        default:
            let token = word()
            guard !token.isEmpty else { throw error("a value") }
            return .literal(try JSON(parsing: Array(token.utf8)))
        }
    }

    mutating func expectEnd() throws {
        skipBlanks()
        if position < bytes.count { throw error("the end") }
    }

    private mutating func object() throws -> Pattern {
        var entries: [Pattern.Entry] = []
        position += 1
        skipBlanks()
        while !take("}") {
            if !entries.isEmpty { guard take(",") else { throw error("',' or '}'") } }
            skipBlanks()
            if takeRest() {
                entries.append(.rest)
            } else {
                let name = try string()
                skipBlanks()
                guard take(":") else { throw error("':'") }
                entries.append(.member(name, try value()))
            }
            skipBlanks()
        }
        return .object(entries)
    }

    private mutating func array() throws -> Pattern {
        var patterns: [Pattern] = []
        var isOpen = false
        position += 1
        skipBlanks()
        while !take("]") {
            if !patterns.isEmpty || isOpen { guard take(",") else { throw error("',' or ']'") } }
            skipBlanks()
            if takeRest() { isOpen = true } else { patterns.append(try value()) }
            skipBlanks()
        }
        return .array(patterns, isOpen: isOpen)
    }

    private mutating func string() throws -> String {
        guard peek == UInt8(ascii: "\"") else { throw error("a string") }
        let start = position
        position += 1
        while let byte = peek, byte != UInt8(ascii: "\"") { position += byte == UInt8(ascii: "\\") ? 2 : 1 }
        guard position < bytes.count else { throw error("the end of a string") }
        position += 1
        guard case .string(let text) = try JSON(parsing: Array(bytes[start..<position])) else { throw error("text") }
        return text
    }

    private mutating func word() -> String {
        let start = position
        while let byte = peek, !" ,:]}\t".utf8.contains(byte) { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func takeRest() -> Bool {
        guard bytes[position...].starts(with: "...".utf8) else { return false }
        position += 3
        return true
    }

    private mutating func take(_ character: Character) -> Bool {
        guard peek == character.asciiValue else { return false }
        position += 1
        return true
    }

    private mutating func skipBlanks() {
        while peek == UInt8(ascii: " ") { position += 1 }
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private func error(_ expected: String) -> PatternError {
        PatternError(description: "expected \(expected) at byte \(position + 1) of the pattern")
    }
}

/// Reads JSON from a raw buffer, which must outlive the parser. Every access is checked against `count`.
struct JSONParser {
    let base: UnsafeRawPointer
    let count: Int
    let maximumDepth: Int
    var position = 0

    /// Up to here, names are compared one with another; beyond, they are hashed.
    private static let linearSearch = 16

    init(base: UnsafeRawPointer, count: Int, maximumDepth: Int) {
        self.base = base
        self.count = count
        self.maximumDepth = maximumDepth
    }

    var isAtEnd: Bool { position >= count }

    /// The byte at the position; nil at the end.
    @inline(__always)
    var current: UInt8? {
        position < count ? base.load(fromByteOffset: position, as: UInt8.self) : nil
    }

    @inline(__always)
    mutating func skipWhiteSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { position += 1 }
    }

    mutating func value(depth: Int) throws(JSONError) -> JSON {
        guard let first = current else { throw unexpected() }
        switch first {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try array(depth: depth + 1)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: throw unexpected()
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSON {
        guard depth <= maximumDepth else { throw JSONError(.tooDeep, at: position) }
        position += 1
        skipWhiteSpace()
        if current == UInt8(ascii: "}") {
            position += 1
            return .object([])
        }
        var members: [JSON.Member] = []
        // A command has a handful of members. Objects inside it take what they need: a line full of small ones must
        // not take many times its size.
        if depth == 1 { members.reserveCapacity(8) }
        var seen = Set<ByteText>()
        while true {
            let start = position
            guard current == UInt8(ascii: "\"") else { throw unexpected() }
            let name = try string()
            guard Self.isNew(name, members, &seen) else { throw JSONError(.duplicateName, at: start) }
            skipWhiteSpace()
            guard current == UInt8(ascii: ":") else { throw unexpected() }
            position += 1
            skipWhiteSpace()
            members.append(JSON.Member(name: name, value: try value(depth: depth)))
            guard try continues(closing: UInt8(ascii: "}")) else { return .object(members) }
        }
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSON {
        guard depth <= maximumDepth else { throw JSONError(.tooDeep, at: position) }
        position += 1
        skipWhiteSpace()
        if current == UInt8(ascii: "]") {
            position += 1
            return .array([])
        }
        var elements: [JSON] = []
        while true {
            elements.append(try value(depth: depth))
            guard try continues(closing: UInt8(ascii: "]")) else { return .array(elements) }
        }
    }

    /// Reads past a comma and the white space around it, or past `closing`.
    /// - Returns: whether it was a comma.
    @inline(__always)
    private mutating func continues(closing: UInt8) throws(JSONError) -> Bool {
        skipWhiteSpace()
        let byte = current
        guard byte == UInt8(ascii: ",") || byte == closing else { throw unexpected() }
        position += 1
        if byte == closing { return false }
        skipWhiteSpace()
        return true
    }

    private mutating func literal(_ text: StaticString, _ value: JSON) throws(JSONError) -> JSON {
        let length = text.utf8CodeUnitCount
        for index in 0..<length {
            guard current == text.utf8Start[index] else { throw unexpected() }
            position += 1
        }
        return value
    }

    private func unexpected() -> JSONError {
        guard let current else { return JSONError(.unexpectedEnd, at: position) }
        if current == 0 { return JSONError(.nullCharacter, at: position) }
        return JSONError(current < 0x80 || isValidUTF8FromHere ? .unexpectedCharacter : .invalidUTF8, at: position)
    }

    /// Whether the character at the position is well-formed.
    private var isValidUTF8FromHere: Bool {
        let rest = UnsafeRawBufferPointer(start: base + position, count: min(4, count - position))
        var decoder = UTF8()
        var iterator = rest.makeIterator()
        if case .scalarValue = decoder.decode(&iterator) { return true }
        return false
    }

    @inline(__always)
    private static func isNew(_ name: String, _ members: [JSON.Member], _ seen: inout Set<ByteText>) -> Bool {
        if members.count < linearSearch {
            return !members.contains { $0.name.isSame(as: name) }
        }
        if seen.isEmpty { seen = Set(members.lazy.map { ByteText($0.name) }) }
        return seen.insert(ByteText(name)).inserted
    }
}

extension Multiaddr {
    /// Reads an address from text, at most `maximumTextCount` bytes of it. One slash at the end is let pass.
    public init(_ text: some StringProtocol) throws(MultiaddrError) {
        let head = text.utf8.prefix(Self.maximumTextCount + 1)
        guard !head.isEmpty else { throw MultiaddrError(.empty, detail: "the address is empty") }
        guard head.count <= Self.maximumTextCount else {
            throw MultiaddrError(.tooLong, detail: "the text is longer than \(Self.maximumTextCount) bytes")
        }
        guard head.first == 0x2f else {
            throw MultiaddrError(.missingSlash, detail: "\(MultiaddrError.quote(text)) does not begin with '/'")
        }
        var parser = MultiaddrTextParser(Substring(text).dropFirst())
        var bytes: [UInt8] = []
        while let component = try parser.next() { component.encode(into: &bytes) }
        guard !bytes.isEmpty else { throw MultiaddrError(.empty, detail: "the address is empty") }
        try self.init(bytes: bytes)
    }
}

/// Reads the components of an address's text, after its first slash, from the front.
private struct MultiaddrTextParser {
    /// What has not been read; nil when the last part has been.
    private var rest: Substring?
    private var count = 0

    init(_ text: Substring) {
        rest = text
    }

    mutating func next() throws(MultiaddrError) -> Multiaddr.Component? {
        // An empty last part is the trailing slash.
        guard let name = nextPart(), !(name.isEmpty && rest == nil) else { return nil }
        guard let code = MultiaddrCode(name: name) else {
            throw MultiaddrError(
                .unknownProtocol, component: count, detail: "unknown protocol \(MultiaddrError.quote(name))")
        }
        var text: Substring = ""
        if code.hasValue {
            let part = code == .unix ? path() : nextPart()
            guard let part, !part.isEmpty else {
                throw MultiaddrError(.missingValue, component: count, detail: "/\(code.name) needs a value")
            }
            text = part
        }
        guard let value = code.value(ofText: text) else {
            throw MultiaddrError(
                .invalidValue, component: count,
                detail: "\(MultiaddrError.quote(text)) is no value of /\(code.name)")
        }
        defer { count += 1 }
        return try Multiaddr.Component(code: code, value: value, position: count)
    }

    /// The part up to the next slash; nil if there is none left.
    private mutating func nextPart() -> Substring? {
        guard let rest else { return nil }
        // Bytes, not characters: a slash with a combining mark is still a slash.
        guard let slash = rest.utf8.firstIndex(of: 0x2f) else {
            self.rest = nil
            return rest
        }
        self.rest = rest[rest.utf8.index(after: slash)...]
        return rest[..<slash]
    }

    /// All that is left, which is a path.
    private mutating func path() -> Substring? {
        defer { rest = nil }
        guard let rest, !rest.isEmpty else { return nil }
        return "/" + rest
    }
}

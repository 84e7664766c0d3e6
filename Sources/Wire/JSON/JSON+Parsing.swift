extension JSON {
    /// Reads a value that is all of `bytes` but white space, as RFC 8259 has it and stricter: UTF-8 without byte order
    /// mark, no name twice in an object, no lone surrogate, no U+0000.
    public init(parsing bytes: UnsafeRawBufferPointer, limits: JSONLimits = .line) throws(JSONError) {
        guard bytes.count <= limits.count else { throw JSONError(.tooLong, at: limits.count) }
        guard let base = bytes.baseAddress, !bytes.isEmpty else { throw JSONError(.empty, at: 0) }
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { throw JSONError(.byteOrderMark, at: 0) }
        var parser = JSONParser(base: base, count: bytes.count, maximumDepth: limits.depth)
        parser.skipWhiteSpace()
        if parser.isAtEnd { throw JSONError(.empty, at: parser.position) }
        self = try parser.value(depth: 0)
        parser.skipWhiteSpace()
        if !parser.isAtEnd { throw JSONError(.trailingContent, at: parser.position) }
    }

    /// Reads a value that is all of `bytes` but white space; the same rules as for a raw buffer.
    public init(parsing bytes: [UInt8], limits: JSONLimits = .line) throws(JSONError) {
        self = try bytes.withUnsafeBufferPointer { (buffer) throws(JSONError) in
            try JSON(parsing: UnsafeRawBufferPointer(buffer), limits: limits)
        }
    }
}

/// Paths as text, and back.
///
/// A path is bytes, and need not be UTF-8; our lines, files and messages are text. So each byte of a path that belongs to
/// no character stands in the text as one of the private characters U+10EF80 to U+10EFFF, which has the byte as its last
/// eight bits. A path that holds such a character itself has its bytes written in this way: every path has one text,
/// which leads back to it. (Python's `surrogateescape` and MirBSD's OPTU do the same with other characters.)
public enum PathText {
    private static let escapes: ClosedRange<UInt32> = 0x10ef80...0x10efff

    /// The text of a path, or of anything else that the system hands over as bytes.
    public static func text(_ bytes: some Collection<UInt8>) -> String {
        if let text = String(validating: bytes, as: UTF8.self), !hasEscapes(text) { return text }
        var text = String.UnicodeScalarView()
        var rest = bytes[...]
        while !rest.isEmpty {
            var iterator = rest.makeIterator()
            var decoder = Unicode.UTF8()
            var count = 1
            if case .scalarValue(let scalar) = decoder.decode(&iterator) {
                count = Unicode.UTF8.width(scalar)
                if !escapes.contains(scalar.value) {
                    text.append(scalar)
                    rest = rest.dropFirst(count)
                    continue
                }
            }
            text.append(contentsOf: rest.prefix(count).compactMap(escape))
            rest = rest.dropFirst(count)
        }
        return String(text)
    }

    /// The text of a path that the system has written.
    public static func text(_ path: UnsafePointer<CChar>) -> String {
        var count = 0
        while path[count] != 0 { count += 1 }
        return UnsafeRawBufferPointer(start: path, count: count).withMemoryRebound(to: UInt8.self) { text($0) }
    }

    /// The bytes that a text stands for.
    public static func bytes(_ text: String) -> [UInt8] {
        guard hasEscapes(text) else { return Array(text.utf8) }
        return text.unicodeScalars.flatMap { scalar in
            escapes.contains(scalar.value) ? [UInt8(truncatingIfNeeded: scalar.value)] : Array(String(scalar).utf8)
        }
    }

    /// The text of the same bytes as text, which is no path; nil if they are not UTF-8.
    public static func plain(_ text: String) -> String? {
        hasEscapes(text) ? String(validating: bytes(text), as: UTF8.self) : text
    }

    /// The directory that a file is in: what stands before the last slash.
    public static func directory(of path: String) -> String {
        let bytes = path.utf8
        guard let slash = bytes.lastIndex(of: slash) else { return "." }
        return slash == bytes.startIndex ? "/" : String(Substring(bytes[..<slash]))
    }

    /// A path and every directory above it, the outermost first: `/a` and `/a/b` for `/a/b`. The root is left out.
    public static func prefixes(of path: String) -> [String] {
        let bytes = path.utf8
        var prefixes: [String] = []
        var end = bytes.startIndex
        while end < bytes.endIndex {
            guard let start = bytes[end...].firstIndex(where: { $0 != slash }) else { break }
            end = bytes[start...].firstIndex(of: slash) ?? bytes.endIndex
            prefixes.append(String(Substring(bytes[..<end])))
        }
        return prefixes
    }

    private static let slash = UInt8(ascii: "/")

    private static func hasEscapes(_ text: String) -> Bool {
        // Their first bytes in UTF-8 are F4 8E, which few texts hold.
        text.utf8.contains(0xf4) && text.unicodeScalars.contains { escapes.contains($0.value) }
    }

    private static func escape(_ byte: UInt8) -> Unicode.Scalar? { Unicode.Scalar(0x10ef00 + UInt32(byte)) }
}

extension String {
    /// The path that this is the text of, as the system takes it: bytes up to a zero.
    public var systemPath: [CChar] { PathText.bytes(self).map { CChar(truncatingIfNeeded: $0) } + [0] }
}

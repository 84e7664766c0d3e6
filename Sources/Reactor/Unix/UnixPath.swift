/// Where a Unix socket is in the file system: a directory and a name in it, so that a path too long for a socket's
/// address can be reached all the same.
public struct UnixPath: Hashable, Sendable, CustomStringConvertible {
    let directory: String
    let name: String

    /// A path; nil if it names no file or holds a zero byte.
    public init?(_ path: String) {
        let bytes = path.utf8
        let name = bytes.lastIndex(of: UInt8(ascii: "/")).map { bytes[bytes.index(after: $0)...] } ?? bytes[...]
        self.name = String(Substring(name))
        guard !bytes.contains(0), !["", ".", ".."].contains(self.name) else { return nil }
        directory = PathText.directory(of: path)
    }

    /// The path.
    public var description: String {
        switch directory {
        case ".": name
        case "/": "/" + name
        default: directory + "/" + name
        }
    }
}

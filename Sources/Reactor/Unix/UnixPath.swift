/// Where a Unix socket is in the file system: a directory and a name in it, so that a path too long for a socket's
/// address can be reached all the same.
public struct UnixPath: Hashable, Sendable, CustomStringConvertible {
    let directory: String
    let name: String

    /// A path; nil if it names no file or holds a zero byte.
    public init?(_ path: String) {
        guard !path.utf8.contains(0), let name = path.split(separator: "/", omittingEmptySubsequences: false).last,
            !name.isEmpty, name != ".", name != ".."
        else { return nil }
        self.name = String(name)
        let directory = path.dropLast(name.count)
        self.directory = directory.isEmpty ? "." : directory == "/" ? "/" : String(directory.dropLast())
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

import Reactor

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The directory that an account lives in: `lock` (held while an engine runs), `vault` (who it is, mode 0600) and the
/// store's database. It is its owner's alone.
enum Profile {
    /// Whether a profile may have this name: it is that of a directory, and never a path.
    static func isName(_ text: String) -> Bool {
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        return isPlain && !text.isEmpty && text.utf8.count <= 64 && !text.hasPrefix(".")
    }

    /// The names of the profiles in a home directory that hold an account, in order; none if there is no directory yet.
    ///
    /// - Throws: `profile.invalid`, if the directory cannot be read.
    static func names(in home: String) throws(CommandFailure) -> [String] {
        guard let stream = opendir(home.systemPath) else {
            if errno == ENOENT { return [] }
            throw Files.refusal("\(home) cannot be read: \(Files.reason())", errno)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream), names.count < 4096 {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
                field.withMemoryRebound(to: CChar.self, capacity: 256) { PathText.text($0) }
            }
            if isName(name), Files.exists("\(home)/\(name)/\(VaultFile.name)") { names.append(name) }
        }
        return names.sorted()
    }
}

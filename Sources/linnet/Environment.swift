#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The environment of this process.
enum Environment {
    /// The value of a variable; nil if it is not there.
    static func value(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    /// The names of all variables.
    static var names: [String] {
        var names: [String] = []
        var next = environ
        while let entry = next.pointee {
            names.append(String(String(cString: entry).prefix { $0 != "=" }))
            next += 1
        }
        return names
    }
}

import CPlatform
import Engine

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The environment of this process.
enum Environment {
    /// The value of a variable; nil if it is not there.
    ///
    /// HOME may be missing, in a container or a service: then it is what the password database says of this user,
    /// unless a service manager has named a directory to keep things in.
    static func value(_ name: String) -> String? {
        let value = getenv(name).map { String(cString: $0) }
        guard name == "HOME", !(value ?? "").hasPrefix("/"),
            Configuration.stateDirectory(Self.value) == nil
        else { return value }
        return homeOfUser ?? value
    }

    /// The directory of this user, as the password database has it.
    private static var homeOfUser: String? {
        let capacity = 4096
        let path = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            count = buffer.withMemoryRebound(to: CChar.self) { platform_user_home($0.baseAddress, $0.count) }
        }
        return path.isEmpty ? nil : String(decoding: path, as: UTF8.self)
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

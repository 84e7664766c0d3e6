import CPlatform
import Engine
import Reactor
import Wire

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// What this process was started with, as ``PathText``: nobody says that it is UTF-8.
enum Environment {
    /// The value of a variable; nil if it is not there.
    ///
    /// HOME may be missing, in a container or a service: then it is what the password database says of this user,
    /// unless a service manager has named a directory to keep things in.
    static func value(_ name: String) -> String? {
        let value = getenv(name).map { PathText.text($0) }
        guard name == "HOME", value?.utf8.first != UInt8(ascii: "/"),
            Configuration.stateDirectory(Self.value) == nil
        else { return value }
        return homeOfUser ?? value
    }

    /// The words of the command line, the program's name first.
    static var arguments: [String] {
        (0..<Int(CommandLine.argc)).compactMap { index in CommandLine.unsafeArgv[index].map { PathText.text($0) } }
    }

    /// The directory of this user, as the password database has it.
    private static var homeOfUser: String? {
        let capacity = 4096
        let path = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            count = buffer.withMemoryRebound(to: CChar.self) { platform_user_home($0.baseAddress, $0.count) }
        }
        return path.isEmpty ? nil : PathText.text(path)
    }

    /// The names of all variables.
    static var names: [String] {
        var names: [String] = []
        var next = environ
        while let entry = next.pointee {
            let text = PathText.text(entry)
            names.append(text.cut(at: UInt8(ascii: "="))?.head ?? text)
            next += 1
        }
        return names
    }
}

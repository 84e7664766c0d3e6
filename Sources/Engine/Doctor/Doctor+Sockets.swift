import Reactor

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Where other programs of this machine speak to the engine.
extension Doctor {
    mutating func examineSockets(_ wished: String?, inProfile directory: String?) {
        if let directory, Files.exists(directory) {
            examineSocket(directory + "/" + Engine.socketName, isWished: false)
        }
        if let wished { examineSocket(wished, isWished: true) }
    }

    private mutating func examineSocket(_ text: String, isWished: Bool) {
        guard let path = UnixPath(text) else {
            return findings.append(.broken(.socket, "'\(text)' is not a possible path of a socket", Self.anotherPath))
        }
        var status = stat()
        if lstat(text.systemPath, &status) == 0, status.st_mode & S_IFMT != S_IFSOCK {
            return findings.append(.broken(.socket, "\(text) is a file, not a socket", "move it away"))
        }
        do throws(NetworkError) {
            try UnixConnection(connectingTo: path).close()
            findings.append(
                holder == nil && isWished
                    ? .broken(
                        .socket, "another engine serves \(text)", "stop it, or choose another path",
                        exit: ErrorSpec.addressInUse.exit)
                    : .ok(.socket, "an engine answers at \(text)"))
        } catch {
            findings.append(unanswered(text, error))
        }
    }

    private func unanswered(_ text: String, _ error: NetworkError) -> Finding {
        switch error {
        case .refused where holder == nil:
            return .ok(.socket, "\(text) was left by an engine that was killed; the next start replaces it")
        case .refused:
            return .warning(
                .socket, "nobody answers at \(text), though an engine has the profile open",
                "if this persists, restart that engine")
        case .system(ENOENT) where access(Self.existingParent(of: text).systemPath, W_OK | X_OK) == 0:
            guard holder != nil else { return .ok(.socket, "\(text) is created when an engine starts") }
            return .warning(
                .socket, "the running engine does not serve \(text)", "restart it with the same options")
        case .system(ENOENT):
            return .broken(.socket, "\(text) cannot be created: \(Files.reason(EACCES))", Self.anotherPath)
        default: return .broken(.socket, "\(text) cannot be used: \(error)", Self.anotherPath)
        }
    }

    private static let anotherPath = "choose another one with --socket"
}

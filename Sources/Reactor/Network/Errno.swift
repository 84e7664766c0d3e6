import CPlatform

/// The `errno` values that this module tells apart.
enum Errno {
    static let again = PLATFORM_EAGAIN
    static let inProgress = PLATFORM_EINPROGRESS
    static let connectionRefused = PLATFORM_ECONNREFUSED
    static let connectionReset = PLATFORM_ECONNRESET
    static let connectionAborted = PLATFORM_ECONNABORTED
    static let timedOut = PLATFORM_ETIMEDOUT
    static let hostUnreachable = PLATFORM_EHOSTUNREACH
    static let networkUnreachable = PLATFORM_ENETUNREACH
    static let networkDown = PLATFORM_ENETDOWN
    static let hostDown = PLATFORM_EHOSTDOWN
    static let brokenPipe = PLATFORM_EPIPE
    static let addressInUse = PLATFORM_EADDRINUSE
    static let addressNotAvailable = PLATFORM_EADDRNOTAVAIL
    static let addressFamilyNotSupported = PLATFORM_EAFNOSUPPORT
    static let tooManyOpenFiles = PLATFORM_EMFILE
    static let tooManyOpenFilesInSystem = PLATFORM_ENFILE
    static let permissionDenied = PLATFORM_EACCES
    static let notPermitted = PLATFORM_EPERM
    static let notSupported = PLATFORM_EOPNOTSUPP

    static func text(_ code: Int32) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { text in
            guard let start = text.baseAddress else { return "error \(code)" }
            _ = platform_error_text(code, start, 256)
            return String(cString: start)
        }
    }
}

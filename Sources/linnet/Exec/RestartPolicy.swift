import Reactor

/// When a program that has ended is started again.
enum RestartPolicy: String, CaseIterable {
    case never
    case onFailure = "on-failure"
    case always

    func restarts(after status: ExitStatus) -> Bool {
        switch self {
        case .never: false
        case .onFailure: status != .exited(0)
        case .always: true
        }
    }
}

/// How long to wait before a program is started again: a second, twice as long each time, at most a minute; a second
/// again once it has run for a minute.
struct Backoff {
    private static let shortest = Duration.seconds(1)
    private static let longest = Duration.seconds(60)

    private var next = Self.shortest

    /// The delay after a run of this length.
    mutating func delay(afterRunning time: Duration) -> Duration {
        if time >= Self.longest { next = Self.shortest }
        defer { next = min(next * 2, Self.longest) }
        return next
    }
}

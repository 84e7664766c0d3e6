/// How somebody is.
public enum PresenceStatus: String, CaseIterable, Sendable {
    /// There.
    case online
    /// Not at the keyboard.
    case away
    /// Not to be disturbed.
    case busy
    /// Gone.
    case offline

    /// What a peer may be that is there.
    public static let choices: [PresenceStatus] = [.online, .away, .busy]
}

/// How soon a passphrase may be tried again after wrong ones: at once after the first, then one second, two, four, up
/// to a minute. Nobody is locked out for ever: a right passphrase is taken at the first try that is due.
///
/// Times are seconds of any clock that does not go backwards.
public struct GuessLimit: Sendable {
    /// The longest wait, in seconds.
    public static let longest = 60.0

    private var wrong = 0
    private var due = -Double.infinity

    /// Nobody has guessed yet.
    public init() {}

    /// How long to wait before the next try, in seconds; nil if it is due.
    public func wait(at now: Double) -> Double? {
        due > now ? due - now : nil
    }

    /// A try was wrong.
    public mutating func failed(at now: Double) {
        wrong = min(wrong + 1, 32)
        guard wrong > 1 else { return }
        due = now + min(Self.longest, Double(UInt64(1) << UInt64(wrong - 2)))
    }

    /// A try was right.
    public mutating func succeeded() {
        self = GuessLimit()
    }
}

import Time

/// Whether the other end of a connection is still there, as far as it has shown. Given what comes and the time, it says
/// when to ask with a ping, and when to stop believing in it.
///
/// A connection whose peer has lost its power or its address looks like one on which nothing happens to be said. So it is
/// asked when something is expected of it and nothing comes, and whenever there is reason to doubt: a newer connection,
/// another network, a new address of the peer.
struct Liveness: Sendable {
    enum Action: Equatable, Sendable {
        case ping
        /// It has not answered in time.
        case suspect
    }

    /// How long nothing may come where something is expected, before it is asked.
    static let patience = Duration.seconds(1)
    /// Round trips that an answer may take, and between what bounds that is: a busy machine is not a dead one.
    static let roundTrips = 4
    static let grace = Duration.seconds(1)...Duration.seconds(5)

    /// When it last carried something of a stream, or was opened.
    private(set) var carried: Instant
    /// When anything last came.
    private(set) var heard: Instant
    /// Since when something is expected to come.
    private var expecting: Instant?
    /// Since when it is asked.
    private(set) var asked: Instant?
    /// Whether it has not answered, and nothing has come since.
    private(set) var isSuspect = false

    /// One that was just opened: the handshake has shown that the peer is there.
    init(now: Instant) {
        carried = now
        heard = now
    }

    /// Something has come.
    ///
    /// - Parameter isPayload: whether it belongs to a stream, rather than being a sign of life alone.
    mutating func hear(isPayload: Bool, now: Instant) {
        heard = now
        if isPayload { carried = now }
        expecting = nil
        asked = nil
        isSuspect = false
    }

    /// Something was said that asks for an answer.
    mutating func expect(now: Instant) {
        if expecting == nil, asked == nil, !isSuspect { expecting = now }
    }

    /// There is reason to doubt. Returns whether a ping is to be sent.
    mutating func doubt(now: Instant) -> Bool {
        guard asked == nil, !isSuspect else { return false }
        expecting = nil
        asked = now
        return true
    }

    /// When ``advance(roundTrip:now:)`` has something to do; nil for not before something happens.
    func deadline(roundTrip: Duration?) -> Instant? {
        asked.map { $0 + Self.grace(roundTrip) } ?? expecting.map { $0 + Self.patience }
    }

    /// What is due.
    mutating func advance(roundTrip: Duration?, now: Instant) -> Action? {
        guard let deadline = deadline(roundTrip: roundTrip), deadline <= now else { return nil }
        guard asked != nil else { return doubt(now: now) ? .ping : nil }
        asked = nil
        isSuspect = true
        return .suspect
    }

    private static func grace(_ roundTrip: Duration?) -> Duration {
        min(max((roundTrip ?? .zero) * roundTrips, grace.lowerBound), grace.upperBound)
    }
}

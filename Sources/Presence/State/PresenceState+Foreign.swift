import Identity
import Swarm
import Time

/// P2PMsg's way
extension PresenceState {
    /// Whether we are in P2PMsg's topic, and so are others.
    public mutating func enterForeign(_ isThere: Bool) {
        foreign.isThere = isThere
    }

    /// A message has come in P2PMsg's topic, and its signature is its author's.
    public mutating func receiveForeign(_ data: [UInt8], from author: PeerID, _ moment: PresenceMoment) {
        guard author != localPeer, !isOver else { return }
        let word = ForeignWord(data)
        if word == .presence { foreign.isAsked = true }
        guard let known = records[author] else {
            // Without a relay P2PMsg says none of its words: whoever writes there is there, as it is for P2PMsg.
            guard makeRoom(for: author, moment) else { return }
            return update(author, moment) { record in
                record.status = .online
                record.isForeign = true
            }
        }
        if known.isForeign {
            guard records[author]?.allowance.take(now: moment.now) == true else { return counts.limited += 1 }
            update(author, moment) { $0.status = .online }
        } else if known.isThere {
            update(author, moment) { _ in }
        } else if word != nil {
            doubt(author, moment)
        }
    }
}

/// What we say in P2PMsg's topic, and when.
struct ForeignVoice {
    /// Whether we are in the topic, and so are others.
    var isThere = false {
        didSet { if !isThere { lastSaid = nil } }
    }
    /// Whether a newcomer wants to be answered.
    var isAsked = false
    private var lastSaid: Instant?

    /// Newcomers are answered together.
    private static let gap = Duration.seconds(3)

    /// What is to be said now.
    mutating func due(_ now: Instant, every interval: Duration) -> ForeignWord? {
        guard isThere else { return nil }
        let wait = isAsked ? Self.gap : interval
        if let lastSaid, now - lastSaid < wait { return nil }
        defer {
            lastSaid = now
            isAsked = false
        }
        return lastSaid == nil ? .presence : .welcome
    }
}

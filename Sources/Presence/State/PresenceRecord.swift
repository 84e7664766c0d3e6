import Identity
import Swarm
import Time
import Wire

/// What is known of one peer.
struct PresenceRecord {
    /// How it is, and what it says.
    var status: PresenceStatus
    var text: String?
    var nick: String?
    /// The time of its last announcement, by its own clock. Nothing older is believed.
    var time: Int64
    /// When it will announce itself next, at the latest, after the last time.
    var interval: Duration
    /// The last sign of its life.
    var heard: Instant
    /// When it is asked whether it is there, unless it is heard before.
    var suspicion: Instant
    /// How far its clock is ahead of ours, in milliseconds, as of its last announcement.
    var offset: Int64
    /// Its last announcement with its signature, to be passed on to newcomers.
    var signed: [UInt8]?
    /// Whether it is known by the words of P2PMsg alone.
    var isForeign = false
    /// Whether the last connection to it was closed on purpose, by whichever side: then it is not dialed.
    var isSevered = false
    /// Announcements that it may still make.
    var allowance: TokenBucket
    /// What was told of it last, and when.
    var told: Shown?
    var toldAt: Instant?

    /// What an event tells.
    struct Shown: Equatable {
        var status: PresenceStatus
        var text: String?
        var nick: String?

        /// Whether they show the same, byte for byte.
        static func == (left: Shown, right: Shown) -> Bool {
            left.status == right.status && left.text.map { ByteText($0) } == right.text.map { ByteText($0) }
                && left.nick.map { ByteText($0) } == right.nick.map { ByteText($0) }
        }
    }

    var isThere: Bool { status != .offline }

    /// What is to be told. Whoever has gone says nothing any more.
    var shown: Shown { Shown(status: status, text: isThere ? text : nil, nick: nick) }

    /// Whether there is something to tell. That a peer has gone which nobody was told of is nothing.
    var isUntold: Bool { told != shown && (told != nil || isThere) }

    func presence(of peer: PeerID) -> PeerPresence {
        PeerPresence(peer: peer, status: status, text: isThere ? text : nil, nick: nick, heard: heard)
    }
}

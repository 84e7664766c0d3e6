import GossipSub
import Identity
import TestSupport
import Time

@testable import Presence

/// One state to which peers speak that are not there.
struct Lone {
    var state: PresenceState<SeededRandom>
    var now = Instant(nanoseconds: 1_000_000_000_000)
    private(set) var told: [PeerPresence] = []
    private(set) var asked: [PeerID] = []
    private(set) var verified: [PubsubMessage] = []
    private(set) var said: [ForeignWord] = []
    private var sequence: Int64 = 0

    init(_ change: (inout PresenceConfiguration) -> Void = { _ in }) {
        var configuration = PresenceConfiguration()
        change(&configuration)
        state = PresenceState(
            localPeer: KeyPair.test(200).peerID, configuration: configuration, random: SeededRandom(seed: 1),
            PresenceMoment(now: now, wall: Timestamp(milliseconds: 1_700_000_000_000)))
    }

    /// A peer of which nobody has the key.
    static func peer(_ number: Int) -> PeerID {
        var random = SeededRandom(seed: UInt64(number))
        do {
            return try PeerID(bytes: [0x00, 0x24, 0x08, 0x01, 0x12, 0x20] + random.bytes(32))
        } catch {
            preconditionFailure("38 bytes with this prefix are a peer id: \(error)")
        }
    }

    var moment: PresenceMoment {
        let passed = now - Instant(nanoseconds: 1_000_000_000_000)
        return PresenceMoment(now: now, wall: Timestamp(milliseconds: 1_700_000_000_000) + passed)
    }

    /// A peer announces itself, a tenth of a second after the last one.
    @discardableResult
    mutating func hear(
        _ number: Int, _ status: PresenceStatus, text: String? = nil, time: Int64? = nil,
        after delay: Duration = .milliseconds(100)
    ) -> ValidationResult {
        now += delay
        sequence += 1
        defer { run() }
        return state.receive(message(number, status, text: text, time: time ?? moment.wall.milliseconds), moment)
    }

    func message(_ number: Int, _ status: PresenceStatus, text: String? = nil, time: Int64? = nil) -> PubsubMessage {
        let announcement = Announcement(
            status, text: text, nick: "n\(number)", time: time ?? moment.wall.milliseconds, interval: .seconds(300))
        var message = PubsubMessage(topic: Presence.topic, data: announcement.encoded)
        message.from = Self.peer(number).bytes
        return message
    }

    mutating func run() {
        for action in state.takeActions() {
            switch action {
            case .tell(let presence): told.append(presence)
            case .ask(let peer, _): asked.append(peer)
            case .verify(let messages): verified += messages
            case .say(let word): said.append(word)
            case .publish: break
            }
        }
    }
}

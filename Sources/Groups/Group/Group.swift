import Crypto
import Identity
import Ledger
import Time

/// One group, as one member has it: its log, the state that follows, the keys, and the clock of its messages.
///
/// A value without I/O. Calls that change it give a ``GroupUpdate`` with what must be stored; calls that throw have
/// changed nothing. Signing and sealing take some 20 µs, and for a new epoch 100 µs for each member.
public struct Group: Sendable {
    /// The group.
    public let id: GroupID
    let identity: KeyPair
    /// The log.
    public internal(set) var graph: EntryGraph
    /// What the log amounts to; nil until the group's first entry has come.
    public internal(set) var state: GroupState?
    var ancestry = Ancestry()
    /// What each entry of the log changes, in the order of arrival.
    var changes: [MembershipChange?] = []
    /// The keys that we have and that are those that the log tells of.
    var keys: [EpochID: EpochKey] = [:]
    /// Keys out of an invite, until the log can tell whether they are right.
    var unproven: [EpochID: SecretBytes] = [:]
    /// How many of the log's entries were looked at for a key that is sealed to us.
    var searchedForKeys = 0
    var clock = MessageClock()
    var recent = RecentMessages()

    /// A group of which nothing is known yet but its id.
    ///
    /// - Parameter identity: who we are; an Ed25519 identity, as all of ours.
    public init(id: GroupID, identity: KeyPair) {
        self.id = id
        self.identity = identity
        graph = EntryGraph(ledger: id.digest)
    }

    /// Who we are.
    public var local: PeerID { identity.peerID }

    /// Whether we are in the group.
    public var isMember: Bool { state?.isMember(local) ?? false }

    /// Makes a group; we are its creator, and its first admin.
    ///
    /// - Throws: ``GroupError`` `invalid_text`.
    public static func create(
        name: String, description: String = "", visibility: Visibility = .private, by identity: KeyPair, now: Timestamp,
        random: (UnsafeMutableRawBufferPointer) -> Void
    ) throws(GroupError) -> (group: Group, update: GroupUpdate) {
        guard let profile = GroupProfile(name: name, description: description) else { throw invalidProfile }
        var nonce = [UInt8](repeating: 0, count: GroupID.nonceByteCount)
        nonce.withUnsafeMutableBytes { random($0) }
        let id = GroupID(creatorKey: identity.publicKey.data, visibility: visibility, nonce: nonce)
        var group = Group(id: id, identity: identity)
        let secret = visibility == .private ? SecretBytes(count: EpochKey.byteCount, random) : nil
        let check = secret.map { EpochKey.check(of: $0, group: id) }
        let change = MembershipChange.create(nonce: nonce, visibility: visibility, profile: profile, check: check)
        let update = try group.write(change, now: now, secret: secret)
        return (group, update)
    }

    /// Brings back what was stored.
    ///
    /// - Parameters:
    ///   - entries: the bytes of all entries, in the order in which they were given to be stored.
    ///   - keys: all keys.
    /// - Throws: ``GroupError`` `corrupt` where an entry cannot be read or does not fit.
    public mutating func restore(
        entries: [[UInt8]], keys: [(epoch: EpochID, secret: SecretBytes)]
    ) throws(GroupError) {
        for bytes in entries {
            guard let entry = try? Entry(stored: bytes), case .stored = insert(entry, now: nil) else {
                throw GroupError(.corrupt, "an entry of the group's log cannot be read")
            }
        }
        for (epoch, secret) in keys { unproven[epoch] = secret }
        refold()
    }

    /// Takes entries that others wrote, one or many: of frames, of answers, of catching up.
    ///
    /// - Parameter now: our wall clock.
    public mutating func apply(_ entries: [[UInt8]], now: Timestamp) -> GroupReception {
        var reception = GroupReception()
        for bytes in entries {
            switch insert({ $0.insert(decoding: bytes, now: now, admit: $1) }) {
            case .stored(let stored): reception.update.entries += stored
            case .duplicate: reception.duplicates += 1
            case .waiting: break
            case .refused(let refusal): reception.refused.append(refusal)
            }
        }
        reception.missing = graph.missing
        guard !reception.update.entries.isEmpty else { return reception }
        let before = state
        reception.update.keys = refold()
        if let state { reception.update.changes = state.changes(since: before) }
        return reception
    }

    static let invalidProfile = GroupError(
        .invalidText,
        "a name has 1 to \(GroupProfile.maximumNameByteCount) bytes on one line, a description at most "
            + "\(GroupProfile.maximumDescriptionByteCount)")
}

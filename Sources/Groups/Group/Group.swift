import Crypto
import Identity
import Ledger
import Time

/// One group, as one member has it: its log, the state that follows, the keys, and the clock of its messages.
///
/// A value without I/O. Calls that change its log give a ``GroupUpdate`` with what must be stored, and are made on its
/// ``draft``, so that the group itself changes when that is done; calls that throw have changed nothing. Signing and sealing take some 20 µs, and for a new epoch 100 µs for each member.
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
    ///   - entries: the bytes of all entries, in any order, and any of them more than once. One whose predecessors are not
    ///     among them waits for these, as it does when it comes from a peer.
    ///   - keys: all keys.
    /// - Throws: ``GroupError`` `corrupt` where an entry cannot be read or does not fit, or where the first one is missing.
    public mutating func restore(
        entries: [[UInt8]], keys: [(epoch: EpochID, secret: SecretBytes)]
    ) throws(GroupError) {
        var read: [Entry] = []
        read.reserveCapacity(entries.count)
        for bytes in entries {
            do throws(EntryRefusal) {
                read.append(try Entry(stored: bytes))
            } catch {
                throw GroupError(.corrupt, "an entry of the group's log cannot be read")
            }
        }
        // Nothing is as deep as what it follows; and what was stored in this order stays in it.
        let order = read.indices.sorted { (read[$0].depth, $0) < (read[$1].depth, $1) }
        for index in order {
            guard case .refused = insert(read[index], now: nil) else { continue }
            throw GroupError(.corrupt, "an entry of the group's log does not fit the others")
        }
        for (epoch, secret) in keys { unproven[epoch] = secret }
        refold()
        guard entries.isEmpty || state != nil else {
            throw GroupError(.corrupt, "the first entry of the group's log is missing")
        }
    }

    /// A copy that is changed first, to be stored, and taken over then: ``take(logOf:)``. It knows no messages.
    public var draft: Group {
        var copy = self
        copy.recent = RecentMessages()
        return copy
    }

    /// Takes over the log and the keys of a draft. What was noted of messages meanwhile stays.
    public mutating func take(logOf draft: Group) {
        (graph, state, ancestry, changes) = (draft.graph, draft.state, draft.ancestry, draft.changes)
        (keys, unproven, searchedForKeys) = (draft.keys, draft.unproven, draft.searchedForKeys)
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

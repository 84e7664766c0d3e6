import Crypto
import Identity
import Ledger
import Time

extension Group {
    /// The state, if we are an admin.
    func asAdmin() throws(GroupError) -> GroupState {
        let state = try asMember()
        guard state.isAdmin(local) else { throw .notAdmin }
        return state
    }

    /// The state, if we are a member.
    func asMember() throws(GroupError) -> GroupState {
        guard let state else { throw Self.logMissing }
        guard state.isMember(local) || (state.visibility == .public && !isShutOut(local)) else { throw .notMember }
        return state
    }

    static let logMissing = GroupError(
        .logMissing, "the log of the group has not arrived yet; it arrives when a member can be reached")

    /// Whether a peer was removed and may not come back by itself.
    func isShutOut(_ peer: PeerID) -> Bool {
        state?.former.contains { $0.peer == peer && $0.removedBy != nil } ?? false
    }

    /// Gives the group another name or description; nil leaves it.
    ///
    /// - Throws: ``GroupError`` `not_admin`, `not_member`, `invalid_text`.
    public mutating func update(
        name: String? = nil, description: String? = nil, now: Timestamp
    ) throws(GroupError) -> GroupUpdate {
        _ = try asAdmin()
        guard name != nil || description != nil, name.map(GroupProfile.isName) ?? true,
            description.map(GroupProfile.isDescription) ?? true
        else { throw Self.invalidProfile }
        return try write(.update(name: name, description: description), now: now)
    }

    /// Makes a member an admin, or an admin a plain member; ourselves too. In a public group anybody can be appointed,
    /// and whoever was removed is let in again.
    ///
    /// - Throws: ``GroupError`` `not_admin`, `unknown_peer`, `outranked`, `already_member` for one who has that role,
    ///   `last_admin`.
    public mutating func setRole(_ role: Role, of peer: PeerID, now: Timestamp) throws(GroupError) -> GroupUpdate {
        let state = try asAdmin()
        guard peer.publicKey?.type == .ed25519 else { throw .unsupportedKey(peer) }
        let member = state.member(peer)
        guard member != nil || state.visibility == .public else { throw .unknownPeer(peer) }
        guard member?.role != role else {
            throw GroupError(.alreadyMember, "\(peer) is \(role == .admin ? "an admin" : "a plain member") already")
        }
        if role == .member, member != nil {
            if peer == local, state.admins == [local] { throw Self.lastAdmin }
            guard peer == local || state.outranks(local, peer) else { throw Self.outranked }
        }
        return try write(.role(peer, role), now: now)
    }

    /// Removes somebody. In a private group a new epoch begins, with a key for those who remain.
    ///
    /// - Parameter reason: for people; at most 256 bytes.
    /// - Throws: ``GroupError`` `not_admin`, `unknown_peer`, `outranked`, `invalid_text`.
    public mutating func kick(
        _ peer: PeerID, reason: String? = nil, now: Timestamp, random: (UnsafeMutableRawBufferPointer) -> Void
    ) throws(GroupError) -> GroupUpdate {
        let state = try asAdmin()
        guard peer != local else {
            throw GroupError(.outranked, "nobody removes itself; leave the group instead")
        }
        guard state.isMember(peer) || (state.visibility == .public && !isShutOut(peer)) else {
            throw .unknownPeer(peer)
        }
        guard state.outranks(local, peer) else { throw Self.outranked }
        guard (reason?.utf8.count ?? 0) <= MembershipChange.maximumReasonByteCount else {
            throw GroupError(
                .invalidText, "a reason has at most \(MembershipChange.maximumReasonByteCount) bytes")
        }
        guard state.visibility == .private else { return try write(.kick(peer, reason: reason, nil), now: now) }
        let (secret, keys) = try newEpoch(for: state.members.map(\.peer).filter { $0 != peer }, random)
        return try write(.kick(peer, reason: reason, keys), now: now, secret: secret)
    }

    /// Begins a new epoch: open invites die, and whoever is no member cannot read on.
    ///
    /// - Throws: ``GroupError`` `not_admin`, `public_group`.
    public mutating func rekey(
        now: Timestamp, random: (UnsafeMutableRawBufferPointer) -> Void
    ) throws(GroupError) -> GroupUpdate {
        let state = try asAdmin()
        guard state.visibility == .private else { throw .publicGroup }
        let (secret, keys) = try newEpoch(for: state.members.map(\.peer), random)
        return try write(.rekey(keys), now: now, secret: secret)
    }

    /// Goes. What is stored stays readable; an admin who stays should begin a new epoch.
    ///
    /// - Parameter abandoning: whether to go even as the last admin of others, who can then change nothing any more.
    /// - Throws: ``GroupError`` `not_member`, `last_admin`.
    public mutating func leave(abandoning: Bool = false, now: Timestamp) throws(GroupError) -> GroupUpdate {
        guard let state else { throw Self.logMissing }
        guard state.isMember(local) else { throw .notMember }
        guard abandoning || state.admins != [local] || state.members.count == 1 else { throw Self.lastAdmin }
        return try write(.leave, now: now)
    }

    private static let lastAdmin = GroupError(
        .lastAdmin, "the group would be left without an admin; make somebody else an admin first")

    private func newEpoch(
        for peers: [PeerID], _ random: (UnsafeMutableRawBufferPointer) -> Void
    ) throws(GroupError) -> (SecretBytes, EpochKeys) {
        let secret = SecretBytes(count: EpochKey.byteCount, random)
        return (secret, try EpochKeys(sealing: secret, to: peers, group: id, random: random))
    }
}

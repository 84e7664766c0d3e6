import Crypto
import Identity
import Ledger
import Multiformats
import Time

extension Group {
    /// How long an invite lasts unless told otherwise.
    public static let inviteLifetime: Duration = .seconds(7 * 86_400)

    /// Makes an invite. Nothing is written into the log.
    ///
    /// - Parameters:
    ///   - peer: who alone may use it; nil for whoever has the text.
    ///   - addresses: where we are reached. Those beyond 8, or beyond 400 bytes in all, are left out.
    ///   - lifetime: how long it lasts, up to a year.
    /// - Throws: ``GroupError`` `not_admin`, `already_member`, `unsupported_key`, `no_key`, `full`.
    public func invite(
        _ peer: PeerID?, addresses: [Multiaddr] = [], lifetime: Duration = inviteLifetime, now: Timestamp,
        random: (UnsafeMutableRawBufferPointer) -> Void
    ) throws(GroupError) -> Invite {
        let state = try asAdmin()
        if let peer {
            guard peer.publicKey?.type == .ed25519 else { throw .unsupportedKey(peer) }
            guard !state.isMember(peer) else { throw GroupError(.alreadyMember, "\(peer) is a member already") }
        }
        guard state.members.count < EpochKeys.maximumMembers || state.visibility == .public else { throw .full }
        var key: [UInt8]?
        if state.visibility == .private {
            guard let secret = keys[state.epoch.id]?.secret else { throw .noKey }
            if let peer {
                let ephemeral = SealedKey.ephemeral(random)
                key = ephemeral.publicKey + (try SealedKey.seal(secret, to: peer, with: ephemeral, group: id))
            } else {
                key = secret.withUnsafeBytes { Array($0) }
            }
        }
        // No earlier than what it knows of: a clock that is behind must not make it expire before it was made.
        let issued = max(now, state.epoch.start)
        let content = Invite.Content(
            group: id, name: state.profile.name, visibility: state.visibility, inviter: local, addressee: peer,
            issued: issued, expires: issued + min(max(lifetime, .zero), .seconds(366 * 86_400)),
            addresses: Self.fitting(addresses), epoch: state.epoch.id, heads: headsForInvite(state), key: key)
        return try Invite.sign(content, with: identity)
    }

    /// Comes into a group with an invite: nothing happens but that its key is kept until the log arrives. Catch up from a
    /// member then, and call ``join(with:now:)``.
    ///
    /// - Throws: ``GroupError`` `invite_for_another`, `invite_expired`, `invite_early`, and `invite_malformed` where the
    ///   key does not open.
    public init(accepting invite: Invite, identity: KeyPair, now: Timestamp) throws(GroupError) {
        try invite.check(for: identity.peerID, now: now)
        self.init(id: invite.group, identity: identity)
        if invite.visibility == .private {
            guard let secret = invite.secret(for: identity) else {
                throw GroupError(.inviteMalformed, "the key in the invite does not open; ask for a new one")
            }
            unproven[invite.epoch] = secret
        }
    }

    /// Joins, once the log is here. A public group needs no joining.
    ///
    /// - Throws: ``GroupError`` `log_missing`, `already_member`, `invite_expired`, `invite_early`, `invite_for_another`,
    ///   `invite_for_another_group`, `invite_stale`, `public_group`, `full`.
    public mutating func join(with invite: Invite, now: Timestamp) throws(GroupError) -> GroupUpdate {
        guard invite.group == id else {
            throw GroupError(.inviteForAnotherGroup, "the invite is for another group")
        }
        try invite.check(for: local, now: now)
        guard let state, invite.heads.allSatisfy(graph.contains) else { throw Self.logMissing }
        guard state.visibility == .private else { throw .publicGroup }
        guard !state.isMember(local) else { throw GroupError(.alreadyMember, "you are a member already") }
        let before = self
        if keys[invite.epoch] == nil, let secret = invite.secret(for: identity) { unproven[invite.epoch] = secret }
        do throws(GroupError) {
            return try write(.join(invite), now: now)
        } catch {
            self = before
            throw error
        }
    }

    /// The heads of the log, or the latest of them, with our own last entry's among what they follow.
    private func headsForInvite(_ state: GroupState) -> [EntryID] {
        let latest = graph.heads.sorted { graph.precedes($1, $0) }.prefix(Invite.maximumHeads)
        // The epoch's entry is always among what is named, since the invite holds its key.
        guard let epoch = graph.arrival(of: state.epoch.id) else { return latest.sorted() }
        let places = latest.compactMap { graph.arrival(of: $0) }
        if ancestry.isPast(epoch, ofOrIn: places) { return latest.sorted() }
        return (latest.dropLast(latest.count == Invite.maximumHeads ? 1 : 0) + [state.epoch.id]).sorted()
    }

    private static func fitting(_ addresses: [Multiaddr]) -> [Multiaddr] {
        var rest = Invite.maximumAddressByteCount
        var fitting: [Multiaddr] = []
        for address in addresses where fitting.count < Invite.maximumAddresses && address.bytes.count <= rest {
            rest -= address.bytes.count
            fitting.append(address)
        }
        return fitting
    }
}

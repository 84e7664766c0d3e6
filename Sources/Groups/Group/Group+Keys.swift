import Crypto
import Identity
import Ledger

extension Group {
    /// The key of an epoch, if we have it.
    public func key(of epoch: EpochID) -> EpochKey? { keys[epoch] }

    /// Epochs whose key we have, in the order of their ids.
    public var knownEpochs: [EpochID] { keys.keys.sorted() }

    /// The current epoch, if we are in the group and have not its key: ask a member for it, with a
    /// ``GroupKeyRequest``.
    public var lackedEpoch: EpochID? {
        guard let state, state.visibility == .private, isMember, keys[state.epoch.id] == nil else { return nil }
        return state.epoch.id
    }

    /// Opens what is sealed to us, and holds the keys of invites and of the store against what the log promises.
    ///
    /// - Returns: the keys that we did not have.
    mutating func openKeys() -> [EpochKey] {
        var opened: [EpochKey] = []
        for epoch in unproven.keys.sorted() {
            guard let secret = unproven[epoch], let check = check(of: epoch) else { continue }
            unproven[epoch] = nil
            if EpochKey.check(of: secret, group: id) == check { adopt(secret, epoch, &opened) }
        }
        while searchedForKeys < changes.count {
            let place = searchedForKeys
            searchedForKeys += 1
            let epoch = graph.arrivals[place].id
            guard keys[epoch] == nil, let bundle = bundle(at: place), let secret = bundle.open(by: identity, group: id)
            else { continue }
            adopt(secret, epoch, &opened)
        }
        return opened
    }

    private mutating func adopt(_ secret: SecretBytes, _ epoch: EpochID, _ opened: inout [EpochKey]) {
        guard keys[epoch] == nil, let key = EpochKey(group: id, epoch: epoch, secret: secret) else { return }
        keys[epoch] = key
        opened.append(key)
    }

    private func bundle(at place: Int) -> EpochKeys? {
        switch changes[place] {
        case .kick(_, _, let keys): keys
        case .rekey(let keys): keys
        default: nil
        }
    }

    /// By what the key of an epoch is known; nil if no entry of the log begins that epoch.
    private func check(of epoch: EpochID) -> [UInt8]? {
        guard let place = graph.arrival(of: epoch) else { return nil }
        if case .create(_, _, _, let check) = changes[place] { return check }
        return bundle(at: place)?.check
    }

    /// Answers a member who lacks the key of an epoch.
    ///
    /// A peer gets the keys of epochs that began since it came in, and of the one that it was invited to: what was said
    /// before is not for it.
    ///
    /// - Parameter peer: who asks, as its connection has proven.
    public func answer(
        _ request: GroupKeyRequest, from peer: PeerID, random: (UnsafeMutableRawBufferPointer) -> Void
    ) -> GroupKeyAnswer {
        guard request.group == id, let state else { return .refused(.unknownGroup) }
        guard state.isMember(peer), isMember else { return .refused(.notMember) }
        guard let key = keys[request.epoch], let epoch = graph.arrival(of: request.epoch) else {
            return .refused(.unknownEpoch)
        }
        var fold = MembershipFold(graph: graph, ancestry: ancestry, changes: changes)
        guard fold.run() != nil, let start = fold.lastingStart(of: peer) else { return .refused(.notMember) }
        var invited: EpochID?
        if case .join(let invite) = changes[start] { invited = invite.epoch }
        guard
            request.epoch == state.epoch.id || request.epoch == invited || epoch == start
                || !ancestry.isPast(epoch, of: start)
        else { return .refused(.notEntitled) }
        let ephemeral = SealedKey.ephemeral(random)
        guard let box = try? SealedKey.seal(key.secret, to: peer, with: ephemeral, group: id) else {
            return .refused(.notMember)
        }
        return .key(epoch: request.epoch, ephemeral: ephemeral.publicKey, box: box)
    }

    /// Takes the answer to a request of ours.
    ///
    /// - Throws: ``GroupError`` `wrong_key` where it is not the key that the log promises, `not_member` and `no_key` where
    ///   there is none.
    public mutating func take(_ answer: GroupKeyAnswer, for request: GroupKeyRequest) throws(GroupError) -> GroupUpdate
    {
        switch answer {
        case .key(let epoch, let ephemeral, let box):
            guard request.group == id, epoch == request.epoch, let check = check(of: epoch),
                let secret = SealedKey.open(box, by: identity, ephemeral: ephemeral, group: id),
                EpochKey.check(of: secret, group: id) == check
            else { throw GroupError(.wrongKey, "the peer answered with a key that is not the epoch's; ask another") }
            var update = GroupUpdate()
            adopt(secret, epoch, &update.keys)
            return update
        case .refused(.notMember), .refused(.unknownGroup):
            throw GroupError(.notMember, "the peer does not know us as a member; let it catch up, or ask another")
        case .refused:
            throw GroupError(.noKey, "the peer has not the key of the epoch, or may not give it; ask another")
        }
    }
}

import Groups
import Identity
import Ledger
import Reactor
import RequestResponse
import Swarm
import Time

/// Keys that are not here yet, and those that have to be made anew.
extension GroupMessaging {
    /// How long an admin waits before it begins an epoch that others might begin as well.
    private nonisolated static let rekeyDelay: Duration = .seconds(2)

    /// Answers members who lack the key of an epoch.
    func answerKeyRequests() {
        var limits = RequestLimits()
        limits.maximumRequest = GroupKeyRequest.maximumByteCount
        requests.handle([GroupKeyRequest.protocolID], limits: limits) { [weak self] peer, _, bytes in
            guard let self, isRunning, let request = GroupKeyRequest(decoding: bytes) else { return nil }
            guard let room = rooms[request.group], !room.hasLeft else {
                return GroupKeyAnswer.refused(.unknownGroup).encoded
            }
            return room.group.answer(request, from: peer, random: random).encoded
        }
    }

    /// What follows from a change: a key to ask for, or one to make.
    func followUp(_ id: GroupID, _ update: GroupUpdate) {
        guard isRunning, let group = rooms[id]?.group else { return }
        if group.lackedEpoch != nil { askForKey(id) }
        guard update.changes.contains(.rekeyNeeded) else { return }
        _ = world.clock.schedule(after: Self.rekeyDelay) { [weak self] in self?.rekeyIfDue(id) }
    }

    /// Asks the members who are connected for the key of the current epoch, one after the other.
    func askForKey(_ id: GroupID) {
        guard let group = rooms[id]?.group, let epoch = group.lackedEpoch else { return }
        let members = connectedMembers(of: id)
        let request = GroupKeyRequest(group: id, epoch: epoch)
        spawn { [weak self] in
            for member in members {
                guard let self, isRunning, rooms[id]?.group.lackedEpoch == epoch else { return }
                guard let answer = await ask(member, request) else { continue }
                do {
                    try await step(id) { draft in
                        let before = draft.group.state
                        let update = try draft.group.take(answer, for: request)
                        record(update, since: before, in: &draft)
                    }
                    catchUp(id, with: member)
                } catch is GroupError {
                    // Another member may know better.
                } catch {
                    count(.notStored)
                    return
                }
            }
        }
    }

    private func ask(_ member: PeerID, _ request: GroupKeyRequest) async -> GroupKeyAnswer? {
        do throws(RequestError) {
            let (_, bytes) = try await requests.request(
                member, protocols: [GroupKeyRequest.protocolID], body: request.encoded, timeout: .seconds(10),
                repeatable: [GroupKeyRequest.protocolID])
            return GroupKeyAnswer(decoding: bytes)
        } catch {
            return nil
        }
    }

    /// Of several admins who could begin a new epoch, the one does whose turn it is.
    func rekeyIfDue(_ id: GroupID) {
        guard isRunning, let room = rooms[id], !room.hasLeft, let state = room.group.state, state.needsRekey else {
            return
        }
        let online = Set(connectedMembers(of: id) + [swarm.localPeer])
        guard state.rekeyer(online: online) == swarm.localPeer else { return }
        spawn { [weak self] in
            do {
                try await self?.change(id) { group, now, random in try group.rekey(now: now, random: random) }
            } catch is GroupError {
                // Somebody else has done it, or we are no admin any more.
            } catch {
                // The housekeeping tries again.
                self?.count(.notStored)
            }
        }
    }

    /// Whether a peer is in a group with us that not everybody may enter.
    public func sharesPrivateGroup(with peer: PeerID) -> Bool {
        rooms.values.contains { room in
            guard !room.hasLeft, let state = room.group.state else { return false }
            return state.visibility != .public && state.isMember(peer)
        }
    }

    /// The other members with a connection, in the order of their ids.
    func connectedMembers(of id: GroupID) -> [PeerID] {
        guard let state = rooms[id]?.group.state else { return [] }
        return swarm.connectedPeers.filter { $0 != swarm.localPeer && state.isMember($0) }
    }
}

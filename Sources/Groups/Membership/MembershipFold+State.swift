import Identity
import Ledger
import Time

extension MembershipFold {
    /// The state that follows, once all admins are known.
    mutating func state(_ profile: GroupProfile) -> GroupState {
        judgeTheRest()
        let create = entry(root)
        let first = GroupState.Epoch(id: create.id, number: 0, start: time(root), author: create.author)
        var state = GroupState(
            id: GroupID(graph.ledger), visibility: visibility, profile: self.profile(profile), creator: create.author,
            created: time(root), epoch: first)
        fillMembers(&state)
        fillEpochs(&state, first)
        state.voids = voids
        state.forks = graph.forks
        return state
    }

    func time(_ place: Int) -> Timestamp { graph.time(of: entry(place).id) ?? entry(place).time }

    /// What depends on admins and makes none: names and epochs.
    private mutating func judgeTheRest() {
        for place in order {
            let id = entry(place).id
            switch changes[place] {
            case .update:
                if rank(of: entry(place).author, at: place) != nil {
                    effective.insert(place)
                } else {
                    voids[id] = .noAuthority
                }
            case .rekey:
                if visibility == .public {
                    voids[id] = .pointless
                } else if rank(of: entry(place).author, at: place) != nil {
                    effective.insert(place)
                    renewals.append(place)
                } else {
                    voids[id] = .noAuthority
                }
            case .kick:
                if effective.contains(place) {
                    renewals.append(place)
                } else if voids[id] == nil {
                    voids[id] = .noAuthority
                }
            case .role where !effective.contains(place) && voids[id] == nil: voids[id] = .noAuthority
            case .join where visibility == .public: voids[id] = .pointless
            default: break
            }
        }
    }

    private func profile(_ first: GroupProfile) -> GroupProfile {
        var profile = first
        for place in order where effective.contains(place) {
            guard case .update(let name, let description) = changes[place] else { continue }
            if let name { profile.name = name }
            if let description { profile.description = description }
        }
        return profile
    }

    private mutating func fillMembers(_ state: inout GroupState) {
        var present: [(place: Int, peer: PeerID)] = []
        for peer in starts.keys.sorted() {
            for start in starts[peer] ?? [] {
                if let fault = fault(ofStart: start) {
                    voids[entry(start).id] = fault
                } else if isOutlived(start) {
                    voids[entry(start).id] = .inviteStale
                }
            }
            if let start = lastingStart(of: peer) { present.append((start, peer)) }
        }
        present.sort { graph.precedes(entry($0.place).id, entry($1.place).id) }
        for (place, peer) in present {
            guard visibility == .public || state.members.count < EpochKeys.maximumMembers else {
                voids[entry(place).id] = .full
                continue
            }
            let rank = lastingRank(of: peer)
            let invitedBy: PeerID? =
                switch changes[place] {
                case .join(let invite): invite.inviter
                case .create: nil
                default: entry(place).author
                }
            state.members.append(
                GroupState.Member(
                    peer: peer, role: rank == nil ? .member : .admin, joined: time(place), invitedBy: invitedBy,
                    seniority: rank))
        }
        let isPresent = Set(state.members.map(\.peer))
        state.former = removals.keys.sorted().filter { !isPresent.contains($0) }.compactMap(former)
    }

    private func lastingRank(of peer: PeerID) -> Int? {
        (ranks[peer] ?? []).first { rank in
            let start = adminships[rank].place
            return (removals[peer] ?? []).allSatisfy { ancestry.isPast($0.place, of: start) }
                && (demotions[peer] ?? []).allSatisfy { ancestry.isPast($0.place, of: start) }
        }
    }

    /// When a peer was in the group that is not any more; nil for one who never was, except in a public group.
    private func former(_ peer: PeerID) -> GroupState.FormerMember? {
        let valid = (starts[peer] ?? []).filter { fault(ofStart: $0) == nil }
        guard let start = valid.first ?? (visibility == .public ? root : nil) else { return nil }
        let last = valid.last ?? start
        let endings = (removals[peer] ?? []).filter { !ancestry.isPast($0.place, of: last) }
            .sorted { graph.precedes(entry($0.place).id, entry($1.place).id) }
        guard let ending = endings.first(where: { !$0.isOwn }) ?? endings.first else { return nil }
        var reason: String?
        if case .kick(_, let given, _) = changes[ending.place] { reason = given }
        return GroupState.FormerMember(
            peer: peer, joined: time(start), left: endings.map { time($0.place) }.min() ?? time(ending.place),
            removedBy: ending.isOwn ? nil : entry(ending.place).author, reason: reason)
    }

    private func fillEpochs(_ state: inout GroupState, _ first: GroupState.Epoch) {
        state.epochs = [first]
        guard visibility == .private else { return }
        var numbers = [root: 0]
        for place in renewals where beginsEpoch(place) {
            let before = numbers.filter { ancestry.isPast($0.key, of: place) }.map(\.value).max() ?? 0
            numbers[place] = before + 1
            let epoch = GroupState.Epoch(
                id: entry(place).id, number: before + 1, start: time(place), author: entry(place).author)
            state.epochs.append(epoch)
            if (epoch.number, state.epoch.id) > (state.epoch.number, epoch.id) { state.epoch = epoch }
        }
        state.needsRekey = needsRekey(state)
    }

    /// Whether somebody may have the key of the epoch who is no member.
    private func needsRekey(_ state: GroupState) -> Bool {
        guard let current = graph.arrival(of: state.epoch.id) else { return false }
        let isPresent = Set(state.members.map(\.peer))
        // Those who went, and whoever began the epoch did not know of it.
        for (peer, endings) in removals where !isPresent.contains(peer) && starts[peer] != nil {
            if endings.contains(where: { $0.place != current && !ancestry.isPast($0.place, of: current) }) {
                return true
            }
        }
        // Those who read the key out of an invite, and did not come in.
        for (peer, joinings) in starts where !isPresent.contains(peer) {
            for place in joinings {
                if case .join(let invite) = changes[place], invite.epoch == state.epoch.id { return true }
            }
        }
        // Those whom it was sealed for.
        let keys: EpochKeys? =
            switch changes[current] {
            case .kick(_, _, let keys): keys
            case .rekey(let keys): keys
            default: nil
            }
        let strangers = starts.keys.filter { !isPresent.contains($0) }
        guard let keys, !strangers.isEmpty else { return false }
        let marks = keys.marks
        return strangers.contains { marks.contains(keys.mark(of: $0)) }
    }
}

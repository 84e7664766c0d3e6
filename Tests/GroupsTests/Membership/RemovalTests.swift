import Identity
import Ledger
import TestSupport
import Testing
import Time

@testable import Groups

@Suite struct RemovalTests {
    @Test func peopleComeAndGo() throws {
        var circle = try Circle(4)
        #expect(try circle.state(3).names(circle.people) == [0, 1, 2, 3])
        try circle.promote(0, 1)
        circle.share(0, 1)
        try circle.kick(1, 2)
        var state = try circle.settle()
        #expect(state.names(circle.people) == [0, 1, 3])
        #expect(state.admins == [circle.id(0), circle.id(1)].sorted())
        #expect(state.former.first?.peer == circle.id(2) && state.former.first?.removedBy == circle.id(1))
        circle.clock += 1
        _ = try circle.groups[3].leave(now: circle.now)
        state = try circle.settle()
        #expect(state.names(circle.people) == [0, 1] && state.needsRekey && state.voids.isEmpty)
        #expect(state.former.first { $0.peer == circle.id(3) }?.removedBy == nil)
    }

    /// The senior stays, whichever of both is heard of first, and whatever their clocks say.
    @Test func twoAdminsWhoRemoveEachOther() throws {
        var circle = try Circle(4)
        try circle.promote(0, 1)
        try circle.promote(0, 2)
        circle.shareAll()
        circle.clock += 1
        let byJunior = try #require(
            throws: GroupError.self,
            performing: { try circle.groups[2].kick(circle.id(1), now: .at(60), random: { _ in }) })
        #expect(byJunior.code == .outranked)
        // The junior's program does it all the same.
        let forged = try circle.forge(2, .kick(circle.id(1), reason: nil, nil))
        try circle.kick(1, 2)
        let state = try circle.settle()
        #expect(state.names(circle.people) == [0, 1, 3] && state.voids[forged] == .noAuthority)
    }

    @Test func nobodyRemovesTheCreator() throws {
        var circle = try Circle(3)
        try circle.promote(0, 1)
        circle.shareAll()
        #expect(throws: GroupError(.outranked, "")) {
            try circle.groups[1].kick(circle.id(0), now: circle.now, random: { _ in })
        }
        let forged = try circle.forge(1, .kick(circle.id(0), reason: nil, nil))
        let demotion = try circle.forge(1, .role(circle.id(0), .member))
        let state = try circle.settle()
        #expect(state.isAdmin(circle.id(0)))
        #expect(state.voids[forged] == .outranked && state.voids[demotion] == .outranked)
    }

    /// A removed admin writes entries that claim not to know of the removal, at times before it.
    @Test func nobodyEscapesByBackdating() throws {
        var circle = try Circle(5)
        try circle.promote(0, 1)
        circle.shareAll()
        var old = circle
        try circle.kick(0, 1)
        // From the state before: kick somebody, bring somebody in, appoint somebody, give it another name, resign.
        old.clock = -3600
        let victim = try old.forge(1, .kick(old.id(2), reason: nil, nil))
        let friend = try old.forge(1, .role(old.id(3), .admin))
        let name = try old.forge(1, .update(name: "mine", description: nil))
        let invite = try old.groups[1].invite(nil, now: .at(1), random: old.random.fill)
        let joiner = person(77)
        var sybil = try Group(accepting: invite, identity: joiner, now: .at(1))
        _ = sybil.apply(old.groups[1].graph.arrivals.map(\.encoded), now: .at(100))
        let join = try #require(try sybil.join(with: invite, now: .at(1)).entries.first)
        _ = circle.groups[4].apply(sybil.graph.arrivals.map(\.encoded), now: .at(100))
        let state = try circle.settle()
        #expect(state.names(circle.people) == [0, 2, 3, 4] && state.profile.name == "circle")
        #expect(!state.isAdmin(circle.id(3)) && !state.isMember(joiner.peerID))
        for id in [victim, friend, name] { #expect(state.voids[id] == .noAuthority) }
        #expect(state.voids[join.id] == .inviterNotAdmin)
        // And what it did before, in everybody's knowledge, stands.
        #expect(state.former.map(\.peer) == [circle.id(1)])
    }

    @Test func whatTheRemovedDidBeforeStands() throws {
        var circle = try Circle(4)
        try circle.promote(0, 1)
        circle.share(0, 1)
        try circle.kick(1, 2)
        try circle.promote(1, 3)
        circle.shareAll()
        try circle.kick(0, 1)
        let state = try circle.settle()
        #expect(state.names(circle.people) == [0, 3] && state.isAdmin(circle.id(3)))
    }

    /// One admin appoints, another removes, at the same time: removed.
    @Test func removalConcurrentWithPromotion() throws {
        var circle = try Circle(3)
        try circle.promote(0, 1)
        circle.shareAll()
        let promotion = try circle.promote(0, 2)
        try circle.kick(1, 2)
        let state = try circle.settle()
        #expect(state.names(circle.people) == [0, 1] && state.voids[promotion.id] == .notMember)
    }

    /// A removal, and at the same time a coming back with an invite from before: removed. With a new one: back.
    @Test func comingBackTakesANewInvite() throws {
        var circle = try Circle(3)
        circle.clock += 1
        let first = circle.groups[0]
        // Carol leaves, and holds an invite that was made for her before.
        let bobs = person(1).peerID
        _ = try circle.groups[2].leave(now: circle.now)
        circle.share(2, 0)
        let invite = try circle.groups[0].invite(circle.id(2), now: circle.now, random: circle.random.fill)
        circle.share(0, 2)
        let back = try circle.groups[2].join(with: invite, now: circle.now)
        #expect(back.changes.contains(.joined(circle.id(2), invitedBy: circle.id(0))))
        circle.shareAll()
        #expect(try circle.settle().names(circle.people) == [0, 1, 2])
        // Now she is removed; the same invite is of no use, be it before or after she hears of it.
        try circle.kick(0, 2)
        let late = try circle.forge(2, .join(invite))
        circle.share(0, 2)
        let later = try circle.forge(2, .join(invite))
        let state = try circle.settle()
        #expect(state.names(circle.people) == [0, 1])
        #expect(state.voids[late] == .inviteStale && state.voids[later] == .inviteStale)
        #expect(throws: GroupError.self) { try circle.groups[2].join(with: invite, now: circle.now) }
        // A new invite by one who knows brings her back.
        let fresh = try circle.groups[0].invite(circle.id(2), now: circle.now, random: circle.random.fill)
        _ = try circle.groups[2].join(with: fresh, now: circle.now)
        #expect(try circle.settle().names(circle.people) == [0, 1, 2])
        #expect(first.id == circle.groups[0].id && bobs != circle.id(2))
    }

    /// An old copy of an account writes on: two entries in one place. All see it, all come to the same, nothing is lost.
    @Test func forkedAuthors() throws {
        var circle = try Circle(4)
        try circle.promote(0, 1)
        circle.shareAll()
        let copy = circle.groups[1]
        try circle.kick(1, 2)
        let mine = circle.groups[1]
        circle.groups[1] = copy
        try circle.kick(1, 3)
        _ = circle.groups[0].apply(mine.graph.arrivals.map(\.encoded), now: circle.now)
        let state = try circle.settle()
        #expect(state.names(circle.people) == [0, 1])
        #expect(state.forks.map(\.author) == [circle.id(1)])
        #expect(state.needsRekey)
    }

    /// A second beginning by the creator does not turn the group into another.
    @Test func aSecondBeginningIsPointless() throws {
        var circle = try Circle(2)
        let first = try #require(circle.groups[0].graph.arrivals.first)
        guard case .create(let nonce, let visibility, _, let check) = MembershipChange(first) else {
            Issue.record("no beginning")
            return
        }
        let profile = try #require(GroupProfile(name: "other"))
        let graph = EntryGraph(ledger: circle.groups[0].id.digest)
        let again = MembershipChange.create(nonce: nonce, visibility: visibility, profile: profile, check: check)
        let entry = try graph.nextEntry(kind: again.kind, body: again.body, by: circle.people[0], now: .at(5000))
        _ = circle.groups[1].apply([entry.encoded], now: .at(5000))
        circle.clock = 5000
        let state = try circle.settle()
        #expect(state.profile.name == "circle" && state.voids[entry.id] == .pointless && state.forks.count == 1)
        // Nobody else can begin it, and it cannot be made public.
        let public1 = MembershipChange.create(nonce: nonce, visibility: .public, profile: profile, check: nil)
        let forged = try graph.nextEntry(kind: public1.kind, body: public1.body, by: circle.people[0], now: .at(0))
        #expect(circle.groups[1].apply([forged.encoded], now: .at(0)).refused == [.notAdmitted])
        let thief = try graph.nextEntry(kind: again.kind, body: again.body, by: circle.people[1], now: .at(0))
        #expect(circle.groups[0].apply([thief.encoded], now: .at(0)).refused == [.notAdmitted])
    }

    @Test func strangersCannotFillTheLog() throws {
        var circle = try Circle(2)
        let stranger = person(50)
        var theirs = circle.groups[0].graph
        for (index, change) in [
            MembershipChange.leave, .update(name: "x", description: nil), .kick(circle.id(1), reason: nil, nil),
        ].enumerated() {
            let entry = try theirs.nextEntry(kind: change.kind, body: change.body, by: stranger, now: circle.now)
            theirs.insert(entry, now: nil)
            let refused = circle.groups[0].apply([entry.encoded], now: circle.now).refused
            #expect(
                index == 0 ? refused == [.notAdmitted] : circle.groups[0].graph.waitingCount > 0 || !refused.isEmpty)
        }
        // An invite that a plain member, or the stranger itself, signs opens nothing.
        for inviter in [person(1), stranger] {
            let content = Invite.Content(
                group: circle.groups[0].id, name: "x", visibility: .private, inviter: inviter.peerID,
                addressee: stranger.peerID, issued: .midnight, expires: .at(1000), addresses: [],
                epoch: try circle.state(0).epoch.id, heads: circle.groups[0].graph.heads,
                key: [UInt8](repeating: 0, count: 80))
            let invite = try Invite.sign(content, with: inviter)
            let change = MembershipChange.join(invite)
            let entry = try circle.groups[0].graph.nextEntry(
                kind: change.kind, body: change.body, by: stranger, now: circle.now)
            #expect(circle.groups[0].apply([entry.encoded], now: circle.now).refused == [.notAdmitted])
        }
        #expect(try circle.settle().names(circle.people) == [0, 1])
    }

    @Test func theLastAdminIsToldSo() throws {
        var circle = try Circle(2)
        #expect(throws: GroupError(.lastAdmin, "")) { try circle.groups[0].leave(now: circle.now) }
        #expect(throws: GroupError(.lastAdmin, "")) {
            try circle.groups[0].setRole(.member, of: circle.id(0), now: circle.now)
        }
        try circle.promote(0, 1)
        _ = try circle.groups[0].leave(now: circle.now)
        let state = try circle.settle()
        #expect(state.names(circle.people) == [1] && state.isAdmin(circle.id(1)))
        #expect(throws: Never.self) { try circle.groups[1].leave(now: circle.now) }
    }

    @Test func publicRooms() throws {
        var circle = try Circle(4, visibility: .public)
        #expect(try circle.settle().names(circle.people) == [0])
        try circle.promote(0, 1)
        circle.shareAll()
        try circle.kick(1, 2)
        var state = try circle.settle()
        #expect(state.admins.count == 2 && state.former.map(\.peer) == [circle.id(2)] && !state.needsRekey)
        #expect(throws: GroupError.publicGroup) { try circle.groups[0].rekey(now: circle.now, random: { _ in }) }
        try circle.promote(1, 2, .member)
        state = try circle.settle()
        #expect(state.former.isEmpty && state.member(circle.id(2))?.role == .member)
        let stranger = try circle.forge(3, .update(name: "spam", description: nil))
        #expect(circle.groups[0].graph.contains(stranger) == false)
    }
}

extension Circle {
    /// Writes what the API would not write.
    mutating func forge(_ by: Int, _ change: MembershipChange) throws -> EntryID {
        clock += 1
        let entry = try groups[by].graph.nextEntry(
            kind: change.kind, body: change.body, by: people[by], now: .at(clock))
        _ = groups[by].apply([entry.encoded], now: .at(max(0, clock) + 100))
        return entry.id
    }
}

import GossipSub
import Identity
import Time

/// What we tell about ourselves
extension PresenceState {
    /// What we tell from now on. Texts that are no line, or too long, are left out.
    ///
    /// - Parameter status: ``PresenceStatus/offline`` is what ``end(_:)`` tells, and taken for online here.
    public mutating func set(_ status: PresenceStatus, text: String?, nick: String?, _ moment: PresenceMoment) {
        let changed = PresenceRecord.Shown(
            status: status == .offline ? .online : status,
            text: Self.line(text, DisplayText.maximumText), nick: Self.line(nick, DisplayText.maximumNick))
        guard changed != own else { return }
        own = changed
        guard lastAnnounced != nil else { return }
        announceSoon(notBefore: configuration.announcementGap, moment)
    }

    /// From one announcement of ours to the next, at most, from now on; within ``Announcement/intervals``.
    public mutating func setInterval(_ interval: Duration, _ moment: PresenceMoment) {
        let range = Announcement.intervals
        let changed = min(max(interval, range.lowerBound), min(range.upperBound, configuration.maximumInterval))
        guard changed != configuration.interval else { return }
        configuration.interval = changed
        nextAnnouncement = nextAnnouncement.map { min($0, moment.now + changed) }
    }

    private static func line(_ text: String?, _ limit: Int) -> String? {
        guard let text, !text.isEmpty, DisplayText.isLine(text, limit: limit) else { return nil }
        return text
    }

    /// Says goodbye. Nothing is told or asked after that.
    public mutating func end(_ moment: PresenceMoment) {
        guard !isOver else { return }
        if !neighbours.isEmpty {
            var goodbye = ownAnnouncement(moment)
            (goodbye.status, goodbye.text, goodbye.nick) = (.offline, nil, nil)
            actions.append(.publish(goodbye.encoded))
        }
        isOver = true
        nextAnnouncement = nil
        nextLook = .distantFuture
    }

    /// What we tell everybody now. Each call gives a later time.
    private mutating func ownAnnouncement(_ moment: PresenceMoment) -> Announcement {
        lastTime = max(lastTime &+ 1, min(max(1, moment.wall.milliseconds), Announcement.latestTime))
        return Announcement(own.status, text: own.text, nick: own.nick, time: lastTime, interval: interval)
    }

    /// What we tell one peer now. Its time is before that of what we have told everybody last: the peer may have to
    /// pass that on yet.
    func ownGreeting(_ moment: PresenceMoment, asksForOthers: Bool = false) -> Greeting {
        let last = lastTime > 0 ? lastTime : min(max(1, moment.wall.milliseconds), Announcement.latestTime)
        return Greeting(
            Announcement(own.status, text: own.text, nick: own.nick, time: last - 1, interval: interval),
            asksForOthers: asksForOthers)
    }

    /// Tells everybody, and plans the next time.
    mutating func announce(_ moment: PresenceMoment) {
        guard !neighbours.isEmpty else {
            nextAnnouncement = nil
            return
        }
        actions.append(.publish(ownAnnouncement(moment).encoded))
        counts.announced += 1
        lastAnnounced = moment.now
        let interval = interval
        nextAnnouncement = moment.now + (interval - part(of: interval / 4))
    }

    /// Tells everybody as soon as the last time is so long ago.
    mutating func announceSoon(notBefore gap: Duration, _ moment: PresenceMoment) {
        guard !isOver, !neighbours.isEmpty else { return }
        let soon = max(moment.now, lastAnnounced.map { $0 + gap } ?? moment.now)
        nextAnnouncement = min(nextAnnouncement ?? soon, soon)
    }
}

/// Neighbours
extension PresenceState {
    /// A connected peer has entered the topic, or left it.
    public mutating func neighbour(_ peer: PeerID, isMember: Bool, _ moment: PresenceMoment) {
        guard isMember else {
            neighbours[peer] = nil
            greeted.remove(peer)
            return
        }
        let isFirst = neighbours.isEmpty
        neighbours[peer] = moment.now
        guard !isOver else { return }
        nextLook = min(nextLook, moment.now + configuration.greetingDelay)
        guard isFirst else { return }
        isWelcome = false
        // We were alone: whatever we said before, nobody here has heard it.
        let soon = moment.now + configuration.settling + part(of: configuration.settling / 2)
        nextAnnouncement = min(nextAnnouncement ?? soon, soon)
    }

    /// Asks a neighbour about itself and those it knows: one at a time, since the first answer may tell of all the
    /// others. After that, those who have not told about themselves.
    mutating func greet(_ moment: PresenceMoment) {
        guard !asked.values.contains(where: { $0.reason == .greeting }) else { return }
        let strangers = neighbours.filter { peer, since in
            (!isWelcome || isStranger(peer, since: since)) && asked[peer] == nil && !greeted.contains(peer)
                && moment.now - since >= configuration.greetingDelay
        }
        // Sorted first, so that the choice depends on nothing but the random numbers.
        guard let peer = strangers.keys.sorted().randomElement(using: &random), greetings.take(now: moment.now) else {
            return
        }
        greeted.insert(peer)
        counts.greetings += 1
        ask(peer, .greeting, moment)
    }

    /// Whether a neighbour has not told about itself since it came.
    private func isStranger(_ peer: PeerID, since: Instant) -> Bool {
        guard let record = records[peer] else { return true }
        return !record.isThere && record.heard < since
    }

    /// Answers a peer that asks; nil if what it says is nothing of ours.
    public mutating func answer(_ request: [UInt8], from peer: PeerID, _ moment: PresenceMoment) -> [UInt8]? {
        guard let greeting = try? Greeting(request) else {
            counts.malformed += 1
            return nil
        }
        hear(greeting.own, directlyFrom: peer, moment)
        if !greeting.asksForOthers, !isOver {
            // It has not heard of us for long, and others will not have, either.
            announceSoon(notBefore: configuration.refutationGap, moment)
        }
        var answer = ownGreeting(moment)
        if greeting.asksForOthers { answer.others = others(besides: peer) }
        return answer.encoded
    }

    /// Those who are there, in their own words: some of them at random, where they are too many for one answer.
    private mutating func others(besides peer: PeerID) -> [PubsubMessage] {
        let present = records.filter { $0.key != peer && $0.value.isThere && $0.value.signed != nil }
        var chosen: [PubsubMessage] = []
        var room = Greeting.maximumCount - Announcement.maximumCount
        for peer in present.keys.sorted().shuffled(using: &random).prefix(Greeting.maximumOthers) {
            guard let bytes = present[peer]?.signed, let message = try? PubsubMessage(encoded: bytes) else { continue }
            room -= bytes.count + 8
            guard room >= 0 else { break }
            chosen.append(message)
        }
        return chosen
    }
}

import GossipSub
import Identity
import Swarm
import Time

/// What others tell
extension PresenceState {
    /// A message has come in the topic, and its signature is its author's.
    ///
    /// - Returns: whether it is to be passed on.
    public mutating func receive(_ message: PubsubMessage, _ moment: PresenceMoment) -> ValidationResult {
        guard let author = message.author, author != localPeer, !isOver else { return .ignore }
        let announcement: Announcement
        do throws(PresenceError) {
            announcement = try Announcement(message.data)
        } catch {
            counts.malformed += 1
            return .reject
        }
        guard let known = records[author] else {
            return receive(announcement, ofStranger: author, message, moment) ? .accept : .ignore
        }
        guard announcement.time > known.time else {
            counts.stale += 1
            // Somebody repeats old words; or it has begun anew with its clock set back.
            if !known.isThere, announcement.status != .offline { doubt(author, moment) }
            return .ignore
        }
        guard records[author]?.allowance.take(now: moment.now) == true else {
            counts.limited += 1
            return .ignore
        }
        take(announcement, of: author, signed: message.encoded, moment)
        return .accept
    }

    /// - Returns: whether it is believed.
    private mutating func receive(
        _ announcement: Announcement, ofStranger author: PeerID, _ message: PubsubMessage, _ moment: PresenceMoment
    ) -> Bool {
        guard connected.contains(author) || isTimely(announcement, moment) else {
            counts.doubted += 1
            if announcement.status != .offline { doubt(author, moment) }
            return false
        }
        guard makeRoom(for: author, moment) else { return false }
        take(announcement, of: author, signed: message.encoded, moment)
        return true
    }

    /// The signatures of these, which a neighbour knew, are right.
    public mutating func verified(_ messages: [PubsubMessage], _ moment: PresenceMoment) {
        for message in messages { _ = receive(message, moment) }
    }

    /// A peer has told about itself on a connection: that is news, whatever its clock says.
    mutating func hear(_ announcement: Announcement, directlyFrom peer: PeerID, _ moment: PresenceMoment) {
        guard peer != localPeer, !isOver else { return }
        guard records[peer] != nil || announcement.status != .offline else { return }
        guard records[peer] != nil || makeRoom(for: peer, moment) else { return }
        doubted[peer] = nil
        // What it has signed is passed on for as long as it says the same.
        let said = PresenceRecord.Shown(
            status: announcement.status, text: announcement.text, nick: announcement.nick)
        let signed = records[peer].flatMap { $0.shown == said && $0.time <= announcement.time &+ 1 ? $0.signed : nil }
        take(announcement, of: peer, signed: signed, moment)
    }

    /// Whether an announcement of a peer of whom we know nothing can be a new one: its time is about ours, or about
    /// that of the peers that we are connected to, whose clocks may be better.
    private func isTimely(_ announcement: Announcement, _ moment: PresenceMoment) -> Bool {
        let early = -(configuration.maximumSkew + announcement.interval).millisecondsClamped
        let range = early...configuration.maximumSkew.millisecondsClamped
        let (age, overflow) = announcement.time.subtractingReportingOverflow(moment.wall.milliseconds)
        guard !overflow else { return false }
        if range.contains(age) { return true }
        let offsets = connected.compactMap { records[$0]?.offset }.sorted()
        guard !offsets.isEmpty else { return false }
        let (corrected, overflows) = age.subtractingReportingOverflow(offsets[offsets.count / 2])
        return !overflows && range.contains(corrected)
    }

    /// Writes down what a peer has told.
    private mutating func take(
        _ announcement: Announcement, of peer: PeerID, signed: [UInt8]?, _ moment: PresenceMoment
    ) {
        counts.heard += 1
        update(peer, moment) { record in
            record.status = announcement.status
            record.text = announcement.text
            // A goodbye need not repeat the name.
            if announcement.status != .offline { record.nick = announcement.nick }
            record.time = announcement.time
            record.interval = announcement.interval
            record.offset = announcement.time.subtractingReportingOverflow(moment.wall.milliseconds).partialValue
            record.signed = signed
            record.isForeign = false
        }
    }

    /// Changes a record by a sign of life, and tells what has changed.
    mutating func update(_ peer: PeerID, _ moment: PresenceMoment, _ change: (inout PresenceRecord) -> Void) {
        let spare = part(of: max(configuration.suspicionJitter, configuration.pace * presentCount))
        var record = records[peer] ?? blank(moment)
        let wasThere = records[peer]?.isThere ?? false
        change(&record)
        record.heard = moment.now
        record.suspicion = moment.now + record.interval * configuration.patience + spare
        records[peer] = record
        presentCount += (record.isThere ? 1 : 0) - (wasThere ? 1 : 0)
        tell(peer, moment)
    }

    private func blank(_ moment: PresenceMoment) -> PresenceRecord {
        PresenceRecord(
            status: .offline, time: 0, interval: configuration.interval, heard: moment.now, suspicion: moment.now,
            offset: 0,
            allowance: TokenBucket(
                rate: configuration.announcements.rate, burst: configuration.announcements.burst, now: moment.now))
    }

    /// Whether another peer may be remembered. For one that is connected another is forgotten, if need be.
    mutating func makeRoom(for peer: PeerID, _ moment: PresenceMoment) -> Bool {
        guard newcomers.take(now: moment.now) || connected.contains(peer) else {
            counts.limited += 1
            return false
        }
        guard records.count >= configuration.maximumPeers else { return true }
        func oldest(_ isMeant: (PeerID, PresenceRecord) -> Bool) -> PeerID? {
            records.filter(isMeant).min { ($0.value.heard, $0.key) < ($1.value.heard, $1.key) }?.key
        }
        if let gone = oldest({ !$1.isThere }) {
            records[gone] = nil
            return true
        }
        guard connected.contains(peer), let far = oldest({ peer, _ in !connected.contains(peer) }) else {
            counts.limited += 1
            return false
        }
        lose(far, moment)
        records[far] = nil
        untold.remove(far)
        return true
    }
}

/// What is told of others
extension PresenceState {
    /// Tells what has changed about a peer; later, if something was told a moment ago.
    mutating func tell(_ peer: PeerID, _ moment: PresenceMoment) {
        guard var record = records[peer], record.isUntold else {
            untold.remove(peer)
            return
        }
        if let toldAt = record.toldAt, moment.now - toldAt < configuration.eventGap {
            untold.insert(peer)
            return
        }
        untold.remove(peer)
        record.told = record.shown
        record.toldAt = moment.now
        records[peer] = record
        actions.append(.tell(record.presence(of: peer)))
    }

    mutating func tellLate(_ moment: PresenceMoment) {
        for peer in untold.sorted() { tell(peer, moment) }
    }

    /// A peer has gone.
    mutating func lose(_ peer: PeerID, _ moment: PresenceMoment) {
        guard records[peer]?.isThere == true else { return }
        records[peer]?.status = .offline
        presentCount -= 1
        tell(peer, moment)
    }
}

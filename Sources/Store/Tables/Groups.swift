import Time

/// A group as it is kept: the log, the keys, and what is needed to come in.
public struct StoredGroup: Sendable, Equatable {
    /// The group's id, as text. A room of another program's has its topic behind a prefix.
    public var id: String
    /// The invite that it was accepted with, until it is joined.
    public var invite: [UInt8]?
    /// The number of our next message.
    public var nextSequence: Int64
    /// Whether we have left, or were removed: it is kept to be read.
    public var hasLeft: Bool
    /// The entries of its log, in the order in which they came.
    public var entries: [[UInt8]] = []
    /// The keys of its epochs.
    public var keys: [(epoch: [UInt8], secret: [UInt8])] = []
    /// Its latest messages, oldest first: the digest, and the time by the author.
    public var latest: [(digest: [UInt8], time: Timestamp)] = []

    /// A group with nothing in it.
    public init(id: String, invite: [UInt8]? = nil, nextSequence: Int64 = 0, hasLeft: Bool = false) {
        self.id = id
        self.invite = invite
        self.nextSequence = nextSequence
        self.hasLeft = hasLeft
    }

    /// By what the row itself holds.
    public static func == (left: Self, right: Self) -> Bool {
        (left.id, left.nextSequence, left.hasLeft) == (right.id, right.nextSequence, right.hasLeft)
            && left.invite == right.invite
    }
}

/// What a group keeps of a message beside the message itself: the form in which it travels.
public struct GroupFrameRow: Sendable, Equatable {
    /// The group's id.
    public var group: String
    /// The message's id.
    public var id: String
    /// Its author's peer id.
    public var author: String
    /// The hash that its author signed, 32 bytes.
    public var digest: [UInt8]
    /// The epoch whose key it is encrypted with, 32 bytes.
    public var epoch: [UInt8]
    /// When it was written, by its author.
    public var time: Timestamp
    /// The bytes as they travel.
    public var frame: [UInt8]

    /// A row.
    public init(
        group: String, id: String, author: String, digest: [UInt8], epoch: [UInt8], time: Timestamp, frame: [UInt8]
    ) {
        self.group = group
        self.id = id
        self.author = author
        self.digest = digest
        self.epoch = epoch
        self.time = time
        self.frame = frame
    }
}

extension ReadTransaction {
    /// All groups with their logs and keys, in the order of their ids; or why one of them cannot be read.
    public func groups() throws(StoreError) -> [(id: String, group: Result<StoredGroup, StoreError>)] {
        var groups: [(id: String, group: Result<StoredGroup, StoreError>)] = []
        for id in try database.all("SELECT id FROM groups ORDER BY id", decode: { $0.text(0) }) {
            do throws(StoreError) {
                if let found = try group(id) { groups.append((id, .success(found))) }
            } catch {
                groups.append((id, .failure(error)))
            }
        }
        return groups
    }

    /// A group with its log and keys; nil if it is not here.
    public func group(_ id: String) throws(StoreError) -> StoredGroup? {
        let name = SQLValue.text(id)
        let row = try database.first("SELECT invite, next_sequence, has_left FROM groups WHERE id = ?", name) { row in
            StoredGroup(
                id: id, invite: row.isNull(0) ? nil : row.blob(0), nextSequence: row.integer(1), hasLeft: row.bool(2))
        }
        guard var group = row else { return nil }
        group.entries = try database.all(
            "SELECT entry FROM group_entries WHERE group_id = ? ORDER BY position", name
        ) { $0.blob(0) }
        group.keys = try database.all(
            "SELECT epoch, secret FROM group_keys WHERE group_id = ? ORDER BY epoch", name
        ) { ($0.blob(0), $0.blob(1)) }
        group.latest = try database.all(
            "SELECT digest, time FROM group_messages WHERE group_id = ? ORDER BY id DESC LIMIT 4", name
        ) { (digest: $0.blob(0), time: Timestamp(milliseconds: $0.integer(1))) }.reversed()
        return group
    }

    /// The hash of a message of a group; nil if there is none with that id.
    public func digest(ofMessage id: String, in group: String) throws(StoreError) -> [UInt8]? {
        try database.first(
            "SELECT digest FROM group_messages WHERE group_id = ? AND id = ? LIMIT 1", .text(group), .text(id)
        ) { $0.blob(0) }
    }

    /// The id of the message of a group that has this hash; nil if it is not here.
    public func message(withDigest digest: [UInt8], in group: String) throws(StoreError) -> String? {
        try database.first(
            "SELECT id FROM group_messages WHERE group_id = ? AND digest = ?", .text(group), .blob(digest)
        ) { $0.text(0) }
    }

    /// The messages of an epoch by their times and hashes, in the order of their ids: the newest `limit`.
    public func frames(
        in group: String, epoch: [UInt8], limit: Int
    ) throws(StoreError) -> [(
        time: Timestamp, digest: [UInt8]
    )] {
        try database.all(
            """
            SELECT time, digest FROM group_messages WHERE group_id = ? AND epoch = ? ORDER BY id DESC LIMIT ?
            """, .text(group), .blob(epoch), .integer(Int64(max(limit, 0)))
        ) { (Timestamp(milliseconds: $0.integer(0)), $0.blob(1)) }.reversed()
    }

    /// The frame of a message; nil if it is not here.
    public func frame(withDigest digest: [UInt8], in group: String) throws(StoreError) -> [UInt8]? {
        try database.first(
            "SELECT frame FROM group_messages WHERE group_id = ? AND digest = ?", .text(group), .blob(digest)
        ) { $0.blob(0) }
    }

    /// Where our message of a group stands that has this hash, and its id, as long as it is `accepted`.
    public func unsentMessage(
        withDigest digest: [UInt8], in group: String
    ) throws(StoreError) -> (position: Int64, id: String)? {
        try database.first(
            """
            SELECT m.position, m.id FROM group_messages g CROSS JOIN messages m ON m.author = g.author AND m.id = g.id
            WHERE g.group_id = ? AND g.digest = ? AND m.state = 'accepted'
            """, .text(group), .blob(digest)
        ) { ($0.integer(0), $0.text(1)) }
    }

    /// Our messages of a group that are `accepted` and not older than `time`, with the frames that they travel in: the
    /// oldest `limit`.
    public func unsentFrames(
        in group: String, since time: Timestamp, limit: Int
    ) throws(StoreError) -> [(position: Int64, id: String, frame: [UInt8])] {
        try database.all(
            """
            SELECT m.position, m.id, g.frame FROM messages m
            CROSS JOIN group_messages g ON g.group_id = m.chat AND g.id = m.id AND g.author = m.author
            WHERE m.chat = ? AND m.state = 'accepted' AND m.stored_at >= ? AND length(g.frame) > 0
            ORDER BY m.position LIMIT ?
            """, .text(group), .integer(time.milliseconds), .integer(Int64(max(limit, 0)))
        ) { ($0.integer(0), $0.text(1), $0.blob(2)) }
    }

    /// A part of a group's conversation in the order that is the same for all: by time, then by id. `limit` is cut to
    /// 1...500, and at most `maximumListedBytes` of bodies are returned.
    ///
    /// - Parameters:
    ///   - after: those behind this message; nil for the newest, or those before `before`.
    public func groupMessages(
        in group: String, after: String? = nil, before: String? = nil, limit: Int
    ) throws(StoreError) -> MessagePage {
        let limit = min(max(limit, 1), Self.maximumListed)
        var found: [StoredMessage] = []
        var bytes = 0
        var hasMore = false
        let values: [SQLValue] = [.text(group), .text(after ?? before ?? "~"), .integer(Int64(limit) + 1)]
        try database.forEach(
            after != nil
                ? """
                SELECT m.* FROM group_messages g CROSS JOIN messages m ON m.author = g.author AND m.id = g.id
                WHERE g.group_id = ? AND g.id > ? ORDER BY g.id, g.author LIMIT ?
                """
                : """
                SELECT m.* FROM group_messages g CROSS JOIN messages m ON m.author = g.author AND m.id = g.id
                WHERE g.group_id = ? AND g.id < ? ORDER BY g.id DESC, g.author DESC LIMIT ?
                """, values
        ) { (row) throws(StoreError) in
            let message = try StoredMessage(row)
            bytes += message.content.body.count
            hasMore = found.count == limit || (!found.isEmpty && bytes > Self.maximumListedBytes)
            if !hasMore { found.append(message) }
            return !hasMore
        }
        return MessagePage(messages: after != nil ? found : found.reversed(), hasMore: hasMore)
    }
}

extension Transaction {
    /// Stores a group, or what is new about one; not its log and keys.
    public func save(_ group: StoredGroup) throws(StoreError) {
        try database.run(
            """
            INSERT INTO groups (id, invite, next_sequence, has_left) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT DO UPDATE SET
                invite = ?2, next_sequence = max(next_sequence, ?3), has_left = ?4
            """, .text(group.id), group.invite.map { .blob($0) } ?? .null, .integer(group.nextSequence),
            .bool(group.hasLeft))
    }

    /// Forgets a group with its log, its keys and its messages.
    public func removeGroup(_ id: String) throws(StoreError) {
        try database.run("DELETE FROM groups WHERE id = ?", .text(id))
        try database.run("DELETE FROM group_entries WHERE group_id = ?", .text(id))
        try database.run("DELETE FROM group_keys WHERE group_id = ?", .text(id))
        try database.run("DELETE FROM group_messages WHERE group_id = ?", .text(id))
        try database.run("DELETE FROM messages WHERE chat = ?", .text(id))
    }

    /// Adds an entry to the log of a group, unless it is there already.
    public func append(entry: [UInt8], to group: String) throws(StoreError) {
        try database.run(
            """
            INSERT INTO group_entries (group_id, position, entry)
            VALUES (?1, (SELECT coalesce(max(position), 0) + 1 FROM group_entries WHERE group_id = ?1), ?2)
            ON CONFLICT (group_id, entry) DO NOTHING
            """, .text(group), .blob(entry))
    }

    /// Keeps the key of an epoch.
    public func saveKey(_ secret: [UInt8], of epoch: [UInt8], in group: String) throws(StoreError) {
        try database.run(
            "INSERT INTO group_keys (group_id, epoch, secret) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", .text(group),
            .blob(epoch), .blob(secret))
    }

    /// Keeps what a message of a group travels in; and that our next one has a higher number, if it is ours.
    public func insert(_ row: GroupFrameRow, nextSequence: Int64? = nil) throws(StoreError) {
        try database.run(
            """
            INSERT INTO group_messages (group_id, id, author, digest, epoch, time, frame)
            VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
            """, .text(row.group), .text(row.id), .text(row.author), .blob(row.digest), .blob(row.epoch),
            .integer(row.time.milliseconds), .blob(row.frame))
        if let nextSequence {
            try database.run(
                "UPDATE groups SET next_sequence = max(next_sequence, ?) WHERE id = ?", .integer(nextSequence),
                .text(row.group))
        }
    }
}

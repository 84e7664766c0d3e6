extension Migration {
    /// Version 7: an entry stands in a group's log once; and the messages that nobody was there to hear are found without
    /// reading the others.
    static let unique = Migration(
        version: 7,
        script: """
            DELETE FROM group_entries WHERE rowid NOT IN (
                SELECT min(rowid) FROM group_entries GROUP BY group_id, entry);
            CREATE UNIQUE INDEX group_entries_by_entry ON group_entries (group_id, entry);
            CREATE INDEX messages_unsent ON messages (chat, position) WHERE state = 'accepted';
            """)
}

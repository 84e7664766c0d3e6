extension Migration {
    /// Version 4: groups with their logs and keys, and what is kept of their messages for those who catch up.
    ///
    /// The messages themselves are rows of `messages` with the group's id as their chat.
    static let groups = Migration(
        version: 4,
        script: """
            CREATE TABLE groups (
                id TEXT PRIMARY KEY,
                invite BLOB,
                next_sequence INTEGER NOT NULL DEFAULT 0,
                has_left INTEGER NOT NULL DEFAULT 0
            ) STRICT, WITHOUT ROWID;
            CREATE TABLE group_entries (
                group_id TEXT NOT NULL,
                position INTEGER NOT NULL,
                entry BLOB NOT NULL,
                PRIMARY KEY (group_id, position)
            ) STRICT;
            CREATE TABLE group_keys (
                group_id TEXT NOT NULL,
                epoch BLOB NOT NULL,
                secret BLOB NOT NULL,
                PRIMARY KEY (group_id, epoch)
            ) STRICT, WITHOUT ROWID;
            CREATE TABLE group_messages (
                group_id TEXT NOT NULL,
                id TEXT NOT NULL,
                author TEXT NOT NULL,
                digest BLOB NOT NULL,
                epoch BLOB NOT NULL,
                time INTEGER NOT NULL,
                frame BLOB NOT NULL,
                PRIMARY KEY (group_id, id, author)
            ) STRICT;
            CREATE UNIQUE INDEX group_messages_by_digest ON group_messages (group_id, digest);
            """)
}

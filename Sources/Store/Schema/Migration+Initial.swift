extension Migration {
    /// Version 1: messages and their outbox, peers, contacts, the event log, settings, cursors.
    static let initial = Migration(
        version: 1,
        script: """
            CREATE TABLE messages (
                position INTEGER PRIMARY KEY AUTOINCREMENT,
                id TEXT NOT NULL,
                author TEXT NOT NULL,
                chat TEXT NOT NULL,
                outgoing INTEGER NOT NULL CHECK (outgoing IN (0, 1)),
                sent_at INTEGER NOT NULL,
                stored_at INTEGER NOT NULL,
                content_type TEXT NOT NULL,
                body BLOB NOT NULL,
                reply_to TEXT,
                state TEXT NOT NULL
                    CHECK (state IN ('received', 'accepted', 'sent', 'delivered', 'failed', 'expired')),
                state_at INTEGER NOT NULL,
                failure TEXT,
                read_at INTEGER,
                expires_at INTEGER,
                digest BLOB NOT NULL,
                signature BLOB NOT NULL,
                UNIQUE (author, id)
            ) STRICT;
            CREATE INDEX messages_by_chat ON messages (chat, position);
            CREATE INDEX messages_by_id ON messages (id);
            CREATE INDEX messages_unread ON messages (chat, position) WHERE outgoing = 0 AND read_at IS NULL;

            CREATE TABLE outbox (
                peer TEXT NOT NULL,
                position INTEGER NOT NULL REFERENCES messages (position) ON DELETE CASCADE,
                expires_at INTEGER NOT NULL,
                PRIMARY KEY (peer, position)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX outbox_by_position ON outbox (position);
            CREATE INDEX outbox_by_expiry ON outbox (expires_at);

            CREATE TABLE peers (
                peer TEXT PRIMARY KEY,
                agent TEXT,
                first_seen INTEGER NOT NULL,
                last_seen INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX peers_by_last_seen ON peers (last_seen);
            CREATE TABLE peer_addresses (
                peer TEXT NOT NULL REFERENCES peers (peer) ON DELETE CASCADE,
                rank INTEGER NOT NULL,
                address TEXT NOT NULL,
                PRIMARY KEY (peer, rank)
            ) STRICT, WITHOUT ROWID;

            CREATE TABLE contacts (
                peer TEXT PRIMARY KEY,
                alias TEXT NOT NULL UNIQUE COLLATE NOCASE,
                added_at INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;
            CREATE TABLE contact_addresses (
                peer TEXT NOT NULL REFERENCES contacts (peer) ON DELETE CASCADE,
                rank INTEGER NOT NULL,
                address TEXT NOT NULL,
                PRIMARY KEY (peer, rank)
            ) STRICT, WITHOUT ROWID;

            CREATE TABLE events (
                seq INTEGER PRIMARY KEY,
                type TEXT NOT NULL,
                time INTEGER NOT NULL,
                chat TEXT,
                payload BLOB NOT NULL
            ) STRICT;
            CREATE TABLE counters (
                name TEXT PRIMARY KEY,
                value INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;
            INSERT INTO counters (name, value) VALUES ('event', 0);

            CREATE TABLE cursors (
                consumer TEXT PRIMARY KEY,
                seq INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;

            CREATE TABLE settings (
                name TEXT PRIMARY KEY,
                value BLOB NOT NULL
            ) STRICT, WITHOUT ROWID;
            """)
}

extension Migration {
    /// Version 2: what the commands with an idempotency key came to.
    static let keys = Migration(
        version: 2,
        script: """
            CREATE TABLE keys (
                key TEXT PRIMARY KEY,
                digest BLOB NOT NULL,
                time INTEGER NOT NULL,
                message TEXT,
                outcome TEXT CHECK (outcome IN ('ok', 'error')),
                answer BLOB
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX keys_by_time ON keys (time);
            """)
}

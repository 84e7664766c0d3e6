extension Migration {
    /// Version 3: when an event was logged by a clock that does not jump. Its `time` is for people, and follows the wall
    /// clock wherever that goes; how long it is kept must not.
    static let loggedAt = Migration(
        version: 3,
        script: """
            ALTER TABLE events ADD COLUMN logged_at INTEGER NOT NULL DEFAULT 0;
            UPDATE events SET logged_at = time;
            """)
}

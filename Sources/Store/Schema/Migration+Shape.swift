extension Migration {
    /// Version 8: what an author called itself and whether it meant us stay with the message, so that a list tells what
    /// the event told.
    static let shape = Migration(
        version: 8,
        script: """
            ALTER TABLE messages ADD COLUMN nick TEXT;
            ALTER TABLE messages ADD COLUMN mentions_me INTEGER NOT NULL DEFAULT 0 CHECK (mentions_me IN (0, 1));
            """)
}

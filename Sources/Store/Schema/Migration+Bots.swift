extension Migration {
    /// Version 5: whether a program wrote a message, by what its author's engine says.
    static let bots = Migration(
        version: 5,
        script: "ALTER TABLE messages ADD COLUMN bot INTEGER NOT NULL DEFAULT 0 CHECK (bot IN (0, 1));")
}

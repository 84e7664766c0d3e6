extension Migration {
    /// Version 9: which events a consumer may have been told, so that only those are marked `again`. Nothing is known of
    /// what earlier versions told: NULL.
    static let told = Migration(version: 9, script: "ALTER TABLE cursors ADD COLUMN told INTEGER;")
}

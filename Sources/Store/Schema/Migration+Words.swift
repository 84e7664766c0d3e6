extension Migration {
    /// Version 6: what was written before in the words of the language has the names that it has now: events that can be
    /// read again, and the kept answers of commands.
    ///
    /// A quotation mark within a text stands behind a backslash, so that only a key can look like one.
    static let words = Migration(
        version: 6,
        script: """
            UPDATE events SET payload = CAST(
                    replace(replace(CAST(payload AS TEXT), '"from_self":', '"is_from_self":'),
                        '"expires":', '"expires_time":')
                AS BLOB)
                WHERE type IN ('message', 'group.invited');
            UPDATE keys SET answer = CAST(replace(CAST(answer AS TEXT), '"expires":', '"expires_time":') AS BLOB)
                WHERE outcome = 'ok';
            UPDATE keys SET answer = CAST(
                    replace(replace(CAST(answer AS TEXT), '"message":', '"text":'), '"message_id":', '"message":')
                AS BLOB)
                WHERE outcome = 'error';
            """)
}

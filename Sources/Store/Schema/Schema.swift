/// The schema: its migrations in order.
///
/// Peer ids, message ids and addresses are kept as text, so that a person with `sqlite3` can read the file. Times are
/// milliseconds since 1970 UTC.
enum Schema {
    static let migrations: [Migration] = [
        .initial, .keys, .loggedAt, .groups, .bots, .words, .unique, .shape, .told,
    ]
}

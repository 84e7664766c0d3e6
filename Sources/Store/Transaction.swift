import Time

/// What a read sees: the state after every write that was asked for before it. Its queries are extensions, one file a
/// table, under `Tables/`. Valid only within the body that it was handed to.
public class ReadTransaction {
    let database: Database

    init(_ database: Database) { self.database = database }
}

/// A write: the queries of a read, and those that change. Everything that one body does stands or falls together; a
/// body that throws leaves no trace, not even in the numbering of events.
public final class Transaction: ReadTransaction {
    /// When it began, by a clock that does not jump; nil where nobody keeps time.
    let now: Timestamp?
    /// The events of the bodies that have succeeded so far, and of the running one.
    var appended: [LoggedEvent] = []

    init(_ database: Database, now: Timestamp? = nil) {
        self.now = now
        super.init(database)
    }
}

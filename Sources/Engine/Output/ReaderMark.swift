import Reactor
import Store

/// What a reader with a name may have been told, by this engine or one before it: so that `again` stands on those events
/// and no others.
///
/// The store knows it too, but not event by event: while an engine tells a reader events, the store says that the reader
/// may have been told any, and how far it got is written down at the end. After a crash that is the whole log.
@NetworkActor final class ReaderMark {
    /// The reader's name.
    let consumer: String
    /// The last event that it may have been told.
    private(set) var told: Int64
    /// Whether the store knows that it is being told events.
    private(set) var isOpen: Bool

    /// A reader that may have been told events through `told`.
    ///
    /// - Parameter isOpen: Whether the store knows that it is being told events.
    init(_ consumer: String, told: Int64, isOpen: Bool) {
        self.consumer = consumer
        self.told = told
        self.isOpen = isOpen
    }

    /// The store has been told that it is being told events.
    func opened() {
        isOpen = true
    }

    /// It is told an event.
    func tell(_ seq: Int64) {
        told = max(told, seq)
    }

    /// Lets the store know before it is told anything. If the store cannot be written to, it is told all the same: then a
    /// crash may cost it an `again`, and not the event.
    func open(in store: Store) async {
        guard !isOpen else { return }
        let consumer = consumer
        if (try? await store.write { try $0.beginTelling(consumer) }) != nil { isOpen = true }
    }

    /// It is told nothing any more, until it is opened anew: answers what the store should know.
    func close() -> (@Sendable (Transaction) throws -> Void)? {
        guard isOpen else { return nil }
        isOpen = false
        let (consumer, told) = (consumer, told)
        return { try $0.endTelling(consumer, through: told) }
    }
}

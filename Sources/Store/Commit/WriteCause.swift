import Reactor

/// Whoever a task works for, as the store sees it: the first write of the task is the change that was asked for.
///
/// ```swift
/// await WriteContext.$cause.withValue(invocation) { await handler() }
/// ```
///
/// The cause can forbid the write, adds what belongs in the same transaction, and learns whether it was committed. So
/// everything that a command changes can be accounted for in one place, whichever service makes the change.
@NetworkActor public protocol WriteCause: AnyObject, Sendable {
    /// A write of the task is about to be handed over.
    ///
    /// - Returns: What goes with it; nil if it is none of the cause's business.
    /// - Throws: Then the write fails with this error, and nothing is written.
    func begin() throws(StoreError) -> WriteCompanion?
}

/// What goes with a write.
public struct WriteCompanion: Sendable {
    /// Given the body's result, written in the same savepoint; if it throws, nothing of the body's doing remains.
    let record: (@Sendable (Transaction, any Sendable) throws -> Void)?
    /// Called after the write's own completion: nil is success.
    let done: @NetworkActor (StoreError?) -> Void

    /// A companion.
    public init(
        record: (@Sendable (Transaction, any Sendable) throws -> Void)?,
        done: @escaping @NetworkActor (StoreError?) -> Void
    ) {
        self.record = record
        self.done = done
    }
}

/// For whom the present task writes.
///
/// Tasks that are made with `spawn` begin without a cause: what follows from a command is not the command.
public enum WriteContext {
    /// The cause of the task's writes; nil if nobody asked for them.
    @TaskLocal public static var cause: (any WriteCause)?
}

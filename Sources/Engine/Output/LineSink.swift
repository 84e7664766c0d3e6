import Reactor

/// Where an engine's lines go: a pipe's end, a socket, a test's array.
@NetworkActor public protocol LineSink: AnyObject {
    /// Writes whole lines, in order, and tells when the reader's side has taken them.
    ///
    /// The next write comes after `done`: so at most one batch is under way, and a reader that stalls delays nothing
    /// but its own lines.
    ///
    /// - Parameters:
    ///   - lines: One or more lines, each with its newline.
    ///   - done: Called once, on the loop, with whether the reader is still there.
    func write(_ lines: [UInt8], done: @escaping @NetworkActor (_ isOpen: Bool) -> Void)
}

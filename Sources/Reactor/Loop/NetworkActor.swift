/// The one isolation domain of the network: everything isolated to it runs on the thread of `EventLoop.shared`.
@globalActor public actor NetworkActor {
    /// The actor.
    public static let shared = NetworkActor()

    /// The event loop.
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        EventLoop.shared.asUnownedSerialExecutor()
    }

    /// Runs `body` at once, for synchronous code that is known to run on the loop's thread already, such as a
    /// cancellation handler that found itself there. Traps on any other thread.
    public static func assumeIsolated<T>(_ body: @NetworkActor () throws -> T) rethrows -> T {
        precondition(EventLoop.shared.isCurrentThread, "not on the event loop's thread")
        return try unchecked(body)
    }

    /// `assumeIsolated` where the caller is the loop itself.
    static func unchecked<T>(_ body: @NetworkActor () throws -> T) rethrows -> T {
        try withoutActuallyEscaping(body) { body in
            try unsafeBitCast(body, to: (() throws -> T).self)()
        }
    }
}

import CSodium

/// The memory of functions that have returned.
public enum Stack {
    /// More than the functions between the event loop and a command use.
    private static let byteCount = 128 << 10

    /// Overwrites what functions that have returned have left on this thread's stack.
    public static func erase() {
        sodium_stackzero(byteCount)
    }
}

import CSodium

/// Secret bytes in guarded memory: between inaccessible pages, kept out of swap and core dumps where the system
/// allows it, and zeroed when the last reference goes. Written once, in an initialiser; its contents are never
/// printed or reflected.
///
/// Up to 64 bytes share guarded pages with other secrets; a longer one has pages of its own, at the cost of some
/// system calls, so this is for keys, not for messages.
public final class SecretBytes: Sendable {
    /// The number of bytes.
    public let count: Int

    // Written only before `init` returns, so that sharing it between threads is safe.
    nonisolated(unsafe) private let storage: UnsafeMutableRawBufferPointer
    private let origin: Origin

    private enum Origin {
        case slab
        case pages
        case heap
    }

    /// `count` bytes, zero at first, then filled by the closure. The pointer is valid only inside it.
    public init<Failure>(
        count: Int, _ fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        precondition(count >= 0, "a secret of negative length")
        Sodium.initialise()
        self.count = count
        if count <= SecretSlab.slotByteCount, let slot = SecretSlab.take() {
            storage = UnsafeMutableRawBufferPointer(start: slot, count: count)
            origin = .slab
        } else if let pages = sodium_malloc(count) {
            storage = UnsafeMutableRawBufferPointer(start: pages, count: count)
            origin = .pages
        } else {
            // The system has no more mappings to give: ordinary memory, zeroed all the same, rather than a crash.
            storage = .allocate(byteCount: count, alignment: 16)
            origin = .heap
        }
        sodium_memzero(storage.baseAddress, count)
        try fill(storage)
    }

    /// A copy of bytes that the caller holds, and wipes if they were the only other copy.
    public convenience init(copying bytes: UnsafeRawBufferPointer) {
        self.init(count: bytes.count) { $0.copyMemory(from: bytes) }
    }

    /// A copy of an array. For test vectors and for bytes that came out of an array anyway.
    public convenience init(copying bytes: [UInt8]) {
        self.init(count: bytes.count) { $0.copyBytes(from: bytes) }
    }

    /// Overwrites the bytes with zeros before the last reference goes: for the keys of an account that is locked, of
    /// which somebody may still hold a copy. Whoever uses them afterwards uses zeros.
    ///
    /// - Important: nobody may be using the bytes on another thread.
    public func wipe() {
        sodium_memzero(storage.baseAddress, count)
    }

    deinit {
        switch origin {
        case .slab:
            if let slot = storage.baseAddress { SecretSlab.giveBack(slot) }
        case .pages:
            sodium_free(storage.baseAddress)
        case .heap:
            sodium_memzero(storage.baseAddress, count)
            storage.deallocate()
        }
    }

    /// Lends the bytes to the closure. The pointer is valid only inside it.
    public func withUnsafeBytes<Result, Failure>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(storage))
    }
}

extension SecretBytes: Equatable {
    /// Equality in constant time for equal lengths; the lengths themselves are not secret.
    public static func == (left: SecretBytes, right: SecretBytes) -> Bool {
        left.withUnsafeBytes { left in right.withUnsafeBytes { right in ConstantTime.isEqual(left, right) } }
    }
}

extension SecretBytes: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The length, never the contents.
    public var description: String { "SecretBytes(\(count) bytes)" }
    /// The length, never the contents.
    public var debugDescription: String { description }
    /// A mirror without children: `dump` shows nothing.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}

import CSodium
import Synchronization

/// Guarded memory for the many small secrets of handshakes: slots of 64 bytes cut out of guarded pages.
///
/// A guarded allocation of its own costs about 15 µs and four mappings, more than the arithmetic of a key; a slot
/// costs two locks. Pages are kept for the next secret, so that there are as many as were needed at once.
enum SecretSlab {
    /// The longest secret that takes a slot, in bytes.
    static let slotByteCount = 64
    private static let slotsPerSlab = 64

    private struct Slot: @unchecked Sendable {
        // Owned by whoever took it; the lock orders giving back and taking.
        let address: UnsafeMutableRawPointer
    }

    private static let free = Mutex<[Slot]>([])

    /// A slot of zeros; nil if the system has no guarded memory to give.
    static func take() -> UnsafeMutableRawPointer? {
        free.withLock { free -> Slot? in
            if free.isEmpty {
                Sodium.initialise()
                guard let slab = sodium_malloc(slotByteCount * slotsPerSlab) else { return nil }
                sodium_memzero(slab, slotByteCount * slotsPerSlab)
                free = (0..<slotsPerSlab).map { Slot(address: slab + $0 * slotByteCount) }
            }
            return free.popLast()
        }?.address
    }

    /// Wipes a slot and keeps it for the next secret.
    static func giveBack(_ address: UnsafeMutableRawPointer) {
        sodium_memzero(address, slotByteCount)
        let slot = Slot(address: address)
        free.withLock { $0.append(slot) }
    }
}

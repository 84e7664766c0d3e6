import CSodium

/// Comparison whose time tells nothing about where two byte strings differ. For tags, keys and codes; anything else
/// may use `==`.
public enum ConstantTime {
    /// Whether both hold the same bytes. Different lengths are unequal at once: lengths are not secret.
    public static func isEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        guard left.count == right.count else { return false }
        guard let first = left.baseAddress, let second = right.baseAddress else { return true }
        return sodium_memcmp(first, second, left.count) == 0
    }

    /// Whether both arrays hold the same bytes.
    public static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.withUnsafeBytes { left in right.withUnsafeBytes { right in isEqual(left, right) } }
    }
}

import CSodium

/// HKDF with SHA-256 (RFC 5869), and the two-output form that Noise chains its keys with.
public enum HKDFSHA256 {
    /// The longest output of ``expand(_:info:count:)``, in bytes.
    public static let maximumOutput = 255 * HMACSHA256.byteCount

    /// The 32-byte pseudorandom key of `keyMaterial` (section 2.2). The salt may be empty.
    public static func extract(salt: [UInt8], keyMaterial: SecretBytes) -> SecretBytes {
        SecretBytes(count: HMACSHA256.byteCount) { output in
            salt.withUnsafeBytes { salt in
                keyMaterial.withUnsafeBytes { HMACSHA256.authenticate([$0], key: salt, into: output) }
            }
        }
    }

    /// `count` bytes derived from a pseudorandom key, bound to `info` (section 2.3).
    ///
    /// - Precondition: `count` is 0...``maximumOutput``.
    public static func expand(_ pseudorandomKey: SecretBytes, info: [UInt8], count: Int) -> SecretBytes {
        precondition((0...maximumOutput).contains(count), "HKDF yields at most 8160 bytes")
        return SecretBytes(count: count) { output in
            pseudorandomKey.withUnsafeBytes { key in
                info.withUnsafeBytes { info in expand(key, info: info, into: output) }
            }
        }
    }

    /// The two 32-byte outputs of Noise's `HKDF(chaining_key, input_key_material)` (Noise, section 4.3): extract,
    /// then expand with empty info to 64 bytes, cut in two.
    ///
    /// - Parameter keyMaterial: nil for the empty input of `Split()`.
    public static func chain(
        _ chainingKey: SecretBytes, keyMaterial: SecretBytes?
    ) -> (first: SecretBytes, second: SecretBytes) {
        withUnsafeTemporaryAllocation(byteCount: 3 * HMACSHA256.byteCount, alignment: 16) { scratch in
            defer { sodium_memzero(scratch.baseAddress, scratch.count) }
            let pseudorandomKey = UnsafeMutableRawBufferPointer(rebasing: scratch.prefix(HMACSHA256.byteCount))
            let output = UnsafeMutableRawBufferPointer(rebasing: scratch.dropFirst(HMACSHA256.byteCount))
            chainingKey.withUnsafeBytes { salt in
                if let keyMaterial {
                    keyMaterial.withUnsafeBytes { HMACSHA256.authenticate([$0], key: salt, into: pseudorandomKey) }
                } else {
                    HMACSHA256.authenticate([], key: salt, into: pseudorandomKey)
                }
            }
            expand(
                UnsafeRawBufferPointer(pseudorandomKey), info: UnsafeRawBufferPointer(start: nil, count: 0),
                into: output)
            let halves = UnsafeRawBufferPointer(output)
            return (
                SecretBytes(copying: UnsafeRawBufferPointer(rebasing: halves.prefix(HMACSHA256.byteCount))),
                SecretBytes(copying: UnsafeRawBufferPointer(rebasing: halves.dropFirst(HMACSHA256.byteCount)))
            )
        }
    }

    private static func expand(
        _ key: UnsafeRawBufferPointer, info: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) {
        withUnsafeTemporaryAllocation(byteCount: HMACSHA256.byteCount, alignment: 16) { block in
            defer { sodium_memzero(block.baseAddress, block.count) }
            var written = 0
            var counter: UInt8 = 1
            while written < output.count {
                let chained = written == 0 ? 0 : block.count
                let previous = UnsafeRawBufferPointer(rebasing: block.prefix(chained))
                withUnsafeBytes(of: counter) { counter in
                    HMACSHA256.authenticate([previous, info, counter], key: key, into: block)
                }
                let taken = min(block.count, output.count - written)
                UnsafeMutableRawBufferPointer(rebasing: output[written...])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: block.prefix(taken)))
                written += taken
                // The 255th block is the last, so the wrap is never used.
                counter &+= 1
            }
        }
    }
}

import CPlatform
import Crypto
import Engine

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A passphrase that comes on a descriptor.
enum Secret {
    /// The longest, in bytes.
    private static let maximum = 1024

    /// Reads up to the end, without the end of the last line; then the descriptor is closed.
    ///
    /// - Throws: `argument.invalid`, if there is none; `input.failed`, if it cannot be read.
    static func read(_ descriptor: Int32) throws(CommandFailure) -> SecretBytes {
        var count = 0
        var code: Int32 = 0
        let buffer = SecretBytes(count: maximum + "\r\n".utf8.count + 1) { buffer in
            while count < buffer.count {
                let part = UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
                #if canImport(Darwin)
                    let result = Darwin.read(descriptor, part.baseAddress, part.count)
                #else
                    let result = Glibc.read(descriptor, part.baseAddress, part.count)
                #endif
                if result < 0, errno == EINTR { continue }
                if result < 0 { code = errno }
                if result <= 0 { break }
                count += result
            }
            count = EndOfLine.count(before: buffer.prefix(count))
        }
        if descriptor > 2 { close(descriptor) }
        guard code == 0 else {
            throw StandardInput.failure("descriptor \(descriptor)", code)
        }
        guard (1...maximum).contains(count) else {
            throw CommandFailure(.argumentInvalid, "--secret-fd: a passphrase has 1 to \(maximum) bytes")
        }
        return buffer.withUnsafeBytes { SecretBytes(copying: UnsafeRawBufferPointer(rebasing: $0.prefix(count))) }
    }
}

/// Lets no core be dumped, and no other process of this user look into this one's memory.
func keepMemoryToOurselves() {
    platform_forbid_dumps()
}

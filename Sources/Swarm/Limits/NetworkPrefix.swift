import Reactor

/// A part of the address space: an address and how many of its leading bits count. Text form `192.0.2.0/24`,
/// `2001:db8::/48`, or an address alone.
public struct NetworkPrefix: Hashable, Sendable, CustomStringConvertible {
    /// The leading bits of the addresses within, the rest zero: 4 bytes for IPv4, 16 for IPv6.
    public let bytes: [UInt8]
    /// How many bits count: 0...32 or 0...128.
    public let length: Int

    /// The prefix of `length` bits that `ip` lies in. An IPv4 address mapped into IPv6 counts as IPv4.
    public init(_ ip: IPAddress, length: Int) {
        self.init(bytes: ip.unmappedBytes, length: length)
    }

    /// Reads the text form; nil when it is none.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let ip = IPAddress(String(first)) else { return nil }
        let bytes = ip.unmappedBytes
        guard parts.count == 2 else {
            self.init(bytes: bytes, length: bytes.count * 8)
            return
        }
        guard let length = Int(parts[1]), (0...bytes.count * 8).contains(length) else { return nil }
        self.init(bytes: bytes, length: length)
    }

    private init(bytes: [UInt8], length: Int) {
        self.length = min(max(length, 0), bytes.count * 8)
        var masked = bytes
        for index in masked.indices {
            let kept = min(max(self.length - index * 8, 0), 8)
            masked[index] &= UInt8(truncatingIfNeeded: 0xff00 >> kept)
        }
        self.bytes = masked
    }

    /// Whether `ip` lies within.
    public func contains(_ ip: IPAddress) -> Bool {
        let other = ip.unmappedBytes
        return other.count == bytes.count && NetworkPrefix(bytes: other, length: length) == self
    }

    /// The text form.
    public var description: String {
        let address = IPAddress(bytes: bytes).map(\.description) ?? "?"
        return "\(address)/\(length)"
    }
}

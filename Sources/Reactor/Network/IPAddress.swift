import CPlatform

/// An IPv4 or IPv6 address.
public struct IPAddress: Hashable, Sendable, CustomStringConvertible {
    /// Four or sixteen bytes, in network order.
    public let bytes: [UInt8]
    /// The interface of a link-local IPv6 address, 0 for none.
    public let scope: UInt32

    /// An address from its bytes: nil unless there are 4 or 16.
    public init?(bytes: [UInt8], scope: UInt32 = 0) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = bytes
        self.scope = bytes.count == 16 ? scope : 0
    }

    /// A numeric address, such as `192.0.2.1`, `2001:db8::1` or `fe80::1%eth0`. Names are not looked up.
    public init?(_ text: String) {
        var raw = platform_address()
        guard !text.utf8.contains(0), platform_address_parse(text, &raw), let address = IPAddress(raw) else {
            return nil
        }
        self = address
    }

    init(v4 a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) {
        bytes = [a, b, c, d]
        scope = 0
    }

    init?(_ raw: platform_address) {
        guard raw.family == 4 || raw.family == 6 else { return nil }
        bytes = withUnsafeBytes(of: raw.bytes) { Array($0.prefix(raw.family == 4 ? 4 : 16)) }
        scope = raw.scope
    }

    /// The form that the platform's calls take.
    func platformAddress(port: UInt16) -> platform_address {
        var raw = platform_address()
        raw.family = isIPv4 ? 4 : 6
        raw.port = port
        raw.scope = scope
        withUnsafeMutableBytes(of: &raw.bytes) { $0.copyBytes(from: bytes) }
        return raw
    }

    /// Whether it has four bytes.
    public var isIPv4: Bool { bytes.count == 4 }

    /// The family.
    public var family: AddressFamily { isIPv4 ? .ipv4 : .ipv6 }

    /// `0.0.0.0` or `::`: every address of the host.
    public var isUnspecified: Bool { bytes.allSatisfy { $0 == 0 } }

    /// `127.0.0.0/8` or `::1`.
    public var isLoopback: Bool {
        isIPv4 ? bytes.starts(with: [127]) : self == Self.loopback6
    }

    /// `169.254.0.0/16` or `fe80::/10`.
    public var isLinkLocal: Bool {
        isIPv4 ? bytes.starts(with: [169, 254]) : bytes.starts(with: [0xfe]) && bytes[1] & 0xc0 == 0x80
    }

    /// `127.0.0.1`
    public static let loopback4 = IPAddress(v4: 127, 0, 0, 1)
    /// `::1`
    public static let loopback6 = IPAddress(v6: [UInt8](repeating: 0, count: 15) + [1])
    /// `0.0.0.0`
    public static let any4 = IPAddress(v4: 0, 0, 0, 0)
    /// `::`
    public static let any6 = IPAddress(v6: [UInt8](repeating: 0, count: 16))

    private init(v6: [UInt8]) {
        bytes = v6
        scope = 0
    }

    /// The usual text; RFC 5952 for IPv6.
    public var description: String {
        var raw = platformAddress(port: 0)
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { text in
            guard let start = text.baseAddress, platform_address_text(&raw, start, 64) >= 0 else { return "?" }
            return String(cString: start)
        }
    }
}

/// IPv4 or IPv6.
public enum AddressFamily: Sendable {
    case ipv4
    case ipv6
}

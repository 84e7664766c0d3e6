import CPlatform

/// Where a channel ends: a TCP port of a host, or a numbered meeting point in the memory of this process.
public enum SocketAddress: Hashable, Sendable, CustomStringConvertible {
    case ip(IPAddress, port: UInt16)
    /// Zero, when listening, asks for a free number.
    case memory(UInt64)

    /// The address of a numeric host, nil if `host` is none.
    public init?(_ host: String, port: UInt16) {
        guard let address = IPAddress(host) else { return nil }
        self = .ip(address, port: port)
    }

    init?(_ raw: platform_address) {
        guard let address = IPAddress(raw) else { return nil }
        self = .ip(address, port: raw.port)
    }

    /// The host, nil for a memory address.
    public var ip: IPAddress? {
        if case .ip(let address, _) = self { address } else { nil }
    }

    /// The port, 0 for a memory address.
    public var port: UInt16 {
        if case .ip(_, let port) = self { port } else { 0 }
    }

    /// `192.0.2.1:4001`, `[2001:db8::1]:4001` or `memory:7`.
    public var description: String {
        switch self {
        case .ip(let address, let port): address.isIPv4 ? "\(address):\(port)" : "[\(address)]:\(port)"
        case .memory(let number): "memory:\(number)"
        }
    }
}

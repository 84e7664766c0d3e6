import Reactor

extension IPAddress {
    /// The IPv4 address that an IPv4-mapped IPv6 address stands for; any other address itself.
    var unmapped: IPAddress {
        let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]
        guard bytes.count == 16, bytes.starts(with: mapped) else { return self }
        return IPAddress(bytes: Array(bytes.suffix(4))) ?? self
    }

    /// 4 or 16 bytes; an IPv4-mapped address gives its 4.
    var unmappedBytes: [UInt8] { unmapped.bytes }

    /// 224.0.0.0/4, 255.255.255.255 or ff00::/8.
    var isMulticast: Bool {
        let bytes = unmappedBytes
        guard let first = bytes.first else { return false }
        if bytes.count == 4 { return first & 0xf0 == 0xe0 || bytes.allSatisfy { $0 == 255 } }
        return first == 0xff
    }

    /// Addresses that mean something within one site only: RFC 1918, RFC 6598, link-local, unique local.
    var isPrivate: Bool {
        let bytes = unmappedBytes
        guard let first = bytes.first, let second = bytes.dropFirst().first else { return false }
        if bytes.count == 16 { return first & 0xfe == 0xfc || (first == 0xfe && second & 0xc0 == 0x80) }
        return switch first {
        case 10: true
        case 172: second & 0xf0 == 16
        case 192: second == 168
        case 169: second == 254
        case 100: second & 0xc0 == 64
        default: false
        }
    }
}

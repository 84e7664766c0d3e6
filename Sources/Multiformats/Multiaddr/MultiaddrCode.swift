/// The protocols that an address is made of, by code in the multiaddr table.
public enum MultiaddrCode: UInt64, CaseIterable, Sendable {
    /// An IPv4 address.
    case ip4 = 4
    /// A TCP port.
    case tcp = 6
    /// A DCCP port.
    case dccp = 33
    /// An IPv6 address.
    case ip6 = 41
    /// The zone of the IPv6 address that follows.
    case ip6zone = 42
    /// The prefix length of the IP address before it.
    case ipcidr = 43
    /// A host name, to either family.
    case dns = 53
    /// A host name, to IPv4.
    case dns4 = 54
    /// A host name, to IPv6.
    case dns6 = 55
    /// A host name whose TXT records hold addresses.
    case dnsaddr = 56
    /// An SCTP port.
    case sctp = 132
    /// A UDP port.
    case udp = 273
    /// WebRTC to a known certificate.
    case webrtcDirect = 280
    /// WebRTC after signalling.
    case webrtc = 281
    /// A relayed connection.
    case p2pCircuit = 290
    /// UDT.
    case udt = 301
    /// uTP.
    case utp = 302
    /// A Unix socket's path; always the last component.
    case unix = 400
    /// A peer id.
    case p2p = 421
    /// HTTPS (deprecated by the table).
    case https = 443
    /// A version 2 onion address and port.
    case onion = 444
    /// A version 3 onion address and port.
    case onion3 = 445
    /// An I2P destination.
    case garlic64 = 446
    /// The hash of an I2P destination.
    case garlic32 = 447
    /// TLS.
    case tls = 448
    /// The server name that TLS asks for.
    case sni = 449
    /// Noise.
    case noise = 454
    /// QUIC, draft 29.
    case quic = 460
    /// QUIC, version 1.
    case quicV1 = 461
    /// WebTransport.
    case webtransport = 465
    /// A certificate's hash.
    case certhash = 466
    /// WebSocket.
    case ws = 477
    /// WebSocket over TLS.
    case wss = 478
    /// HTTP.
    case http = 480
    /// A path on an HTTP server.
    case httpPath = 481
    /// An in-process address.
    case memory = 777

    /// The name in text.
    public var name: String {
        switch self {
        case .webrtcDirect: "webrtc-direct"
        case .p2pCircuit: "p2p-circuit"
        case .quicV1: "quic-v1"
        case .httpPath: "http-path"
        default: String(describing: self)
        }
    }

    /// The protocol with this name in text; `ipfs` is an old name of `p2p`.
    init?(name: some StringProtocol) {
        guard let code = Self.codesByName[String(name)] else { return nil }
        self = code
    }

    private static let codesByName: [String: MultiaddrCode] = {
        var codes = Dictionary(uniqueKeysWithValues: allCases.map { ($0.name, $0) })
        codes["ipfs"] = .p2p
        return codes
    }()
}

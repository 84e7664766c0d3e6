extension MultiaddrCode {
    /// How long a component's value is.
    enum Size {
        /// Always this many bytes.
        case fixed(Int)
        /// An unsigned varint says.
        case prefixed
    }

    /// How long this protocol's value is.
    var size: Size {
        switch self {
        case .ip4: .fixed(4)
        case .ip6: .fixed(16)
        case .tcp, .udp, .dccp, .sctp: .fixed(2)
        case .ipcidr: .fixed(1)
        case .onion: .fixed(12)
        case .onion3: .fixed(37)
        // The table says "variable"; what is spoken (go-multiaddr) is a big-endian UInt64.
        case .memory: .fixed(8)
        case .ip6zone, .dns, .dns4, .dns6, .dnsaddr, .unix, .p2p, .garlic64, .garlic32, .sni, .certhash, .httpPath:
            .prefixed
        case .webrtcDirect, .webrtc, .p2pCircuit, .udt, .utp, .https, .tls, .noise, .quic, .quicV1, .webtransport,
            .ws, .wss, .http:
            .fixed(0)
        }
    }

    /// Whether text has a value after the name.
    var hasValue: Bool {
        if case .fixed(0) = size { return false }
        return true
    }
}

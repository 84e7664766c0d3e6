import Multiformats
import Wire

/// The names and types of libp2p's mDNS (libp2p/specs discovery/mdns.md).
enum MDNSService {
    /// What every libp2p peer is found by.
    static let name = fixed("_p2p", "_udp", "local")
    /// What lists the services of a network (RFC 6763, section 9).
    static let meta = fixed("_services", "_dns-sd", "_udp", "local")

    static let typeA: UInt16 = 1
    static let typePTR: UInt16 = 12
    static let typeTXT: UInt16 = 16
    static let typeAAAA: UInt16 = 28
    static let typeSRV: UInt16 = 33
    static let typeAny: UInt16 = 255
    static let classIN: UInt16 = 1
    /// In an answer: replaces what was known (RFC 6762, section 10.2). In a question: wants a unicast answer.
    static let topBit: UInt16 = 0x8000

    /// An answer, with authority.
    static let response: UInt16 = 0x8400

    /// The length of our own name: the least that the specification allows.
    static let peerNameLength = 32

    /// A name for this run: 32 random letters and digits, which are not the peer id.
    static func randomPeerName(_ random: inout some RandomNumberGenerator) -> String {
        let alphabet = Array("abcdefghijklmnopqrstuvwxyz0123456789".utf8)
        let characters = (0..<peerNameLength).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &random)] }
        return String(decoding: characters, as: UTF8.self)
    }

    /// `<peer name>._p2p._udp.local`, or nil if that is no name.
    static func instance(_ peerName: String) -> DNSName? {
        try? DNSName(labels: [Array(peerName.utf8)] + name.labels)
    }

    /// `<peer name>.p2p.local`, or nil if that is no name.
    static func host(_ peerName: String) -> DNSName? {
        try? DNSName(labels: [Array(peerName.utf8), Array("p2p".utf8), Array("local".utf8)])
    }

    /// Whether a name is one label below the service's.
    static func isInstance(_ other: DNSName) -> Bool {
        other.labels.count == name.labels.count + 1
            && (try? DNSName(labels: Array(other.labels.dropFirst()))) == name
    }

    private static func fixed(_ labels: String...) -> DNSName {
        guard let name = try? DNSName(labels: labels.map { Array($0.utf8) }) else {
            preconditionFailure("the labels are short")
        }
        return name
    }
}

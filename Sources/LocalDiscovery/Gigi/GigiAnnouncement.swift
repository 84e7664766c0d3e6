import Identity
import Multiformats
import Swarm
import Wire

/// What a peer tells by gigi-dns: who it is, what it is called, and one of its addresses.
///
/// The text is gigi's: `peer_id=… nickname=… addr=… caps=a,b meta=k:v,k:v`, with one blank between. Ours goes on with
/// words that gigi passes over:
///
/// - `nick=`: the nickname in full, percent-encoded, where gigi's cannot hold it: it ends at a blank;
/// - `time=`: when it was said, in milliseconds since 1970 UTC;
/// - `sig=`: last; the signature of the peer's key over ``GigiSignature/domain``, the time to live (4 bytes, big-endian)
///   and the text before ` sig=`, in base64url without padding.
public struct GigiAnnouncement: Equatable, Sendable {
    /// A fact about a peer.
    public struct Fact: Hashable, Sendable {
        /// What it is about, such as `version`.
        public var key: String
        /// What it is.
        public var value: String

        /// A fact.
        public init(key: String, value: String) {
            self.key = key
            self.value = value
        }
    }

    /// The longest text, in bytes (gigi's).
    public static let maximumText = 4096
    /// How long a nickname may be, in bytes (gigi's).
    public static let nicknameLength = 1...64
    /// The most capabilities, and the most facts, that are taken.
    public static let maximumItems = 32

    /// Who.
    public var peer: PeerID
    /// What it wants to be called.
    public var nickname: String
    /// Where it is, without `/p2p`.
    public var address: Multiaddr
    /// What it says that it can do.
    public var capabilities: [String]
    /// What else it tells.
    public var metadata: [Fact]

    /// An announcement.
    public init(
        peer: PeerID, nickname: String, address: Multiaddr, capabilities: [String] = [], metadata: [Fact] = []
    ) {
        self.peer = peer
        self.nickname = nickname
        self.address = address
        self.capabilities = capabilities
        self.metadata = metadata
    }

    /// The text, without time and signature. What does not fit into gigi's form is left out of lists, and shown as `_`
    /// in the nickname.
    var text: String {
        let plain = String(nickname.unicodeScalars.map { Self.isWord($0) ? Character($0) : "_" })
        var text = "peer_id=\(peer) nickname=\(plain) addr=\(address)"
        let capabilities = capabilities.filter { Self.isItem($0) }.prefix(Self.maximumItems)
        if !capabilities.isEmpty { text += " caps=" + capabilities.joined(separator: ",") }
        let facts = metadata.filter { Self.isItem($0.key) && !$0.key.contains(":") && Self.isItem($0.value) }
        if !facts.isEmpty {
            text += " meta=" + facts.prefix(Self.maximumItems).map { "\($0.key):\($0.value)" }.joined(separator: ",")
        }
        if plain != nickname { text += " nick=" + PercentEncoding.encode(nickname) }
        return text
    }

    /// Whether a character may stand in a word of the text.
    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        !scalar.properties.isWhitespace && !scalar.actsOnTerminal
    }

    /// Whether a text may stand in a list.
    private static func isItem(_ text: String) -> Bool {
        !text.isEmpty && !text.contains(",") && text.unicodeScalars.allSatisfy(isWord)
    }
}

/// Why a gigi-dns announcement is not taken.
public enum GigiError: Error, Equatable, Sendable {
    /// It is no DNS message.
    case malformed(DNSError)
    /// Its text is longer than ``GigiAnnouncement/maximumText``, or no UTF-8.
    case malformedText
    /// The text lacks this word, or has it twice, or it makes no sense.
    case malformedField(String)
    /// It is signed, but not by the peer that it is about.
    case invalidSignature
}

/// Percent-encoding (RFC 3986, section 2.1) of text within a word.
enum PercentEncoding {
    /// ASCII letters, digits and `-._~` stay; every other byte becomes `%XX`.
    static func encode(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var result: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f, 0x7e: result.append(byte)
            default: result += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// nil for a `%` without two digits, and for what is no UTF-8.
    static func decode(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8.makeIterator()
        while let byte = rest.next() {
            guard byte == 0x25 else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.next().flatMap(digit), let low = rest.next().flatMap(digit) else { return nil }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}

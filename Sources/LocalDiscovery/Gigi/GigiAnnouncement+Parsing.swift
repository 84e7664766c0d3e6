import Identity
import Multiformats

extension GigiAnnouncement {
    /// An announcement as it came, with what proves it.
    struct Received: Equatable {
        var announcement: GigiAnnouncement
        var proof: GigiSignature?
    }

    /// Reads a text. Words with unknown names, and words that are none, are passed over.
    ///
    /// - Throws: ``GigiError``: `malformedText`, `malformedField`.
    static func parse(_ bytes: [UInt8]) throws(GigiError) -> Received {
        guard bytes.count <= maximumText, let text = String(validating: bytes, as: UTF8.self) else {
            throw .malformedText
        }
        var words: [Substring: Substring] = [:]
        // By bytes, not characters: a blank with a combining mark is still a blank.
        for word in text.utf8.split(separator: UInt8(ascii: " ")).map(Substring.init) {
            guard let equals = word.utf8.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let name = word[..<equals]
            guard names.contains(String(name)) else { continue }
            // The same word twice would be read in one way here, and in another by gigi.
            guard words.updateValue(word[word.utf8.index(after: equals)...], forKey: name) == nil else {
                throw .malformedField(String(name))
            }
        }
        guard let id = words["peer_id"], let peer = try? PeerID(String(id)) else { throw .malformedField("peer_id") }
        guard let short = words["nickname"] else { throw .malformedField("nickname") }
        let full = words["nick"].map { PercentEncoding.decode($0) } ?? String(short)
        guard let nickname = full, nicknameLength ~= nickname.utf8.count else { throw .malformedField("nickname") }
        guard let place = words["addr"], let address = try? Multiaddr(place),
            address.peerIDBytes.map({ $0 == peer.bytes }) ?? true, let bare = address.withoutPeerID()
        else { throw .malformedField("addr") }
        let capabilities = items(words["caps"]).map(String.init)
        let facts = items(words["meta"]).compactMap { item -> Fact? in
            guard let colon = item.firstIndex(of: ":") else { return nil }
            return Fact(key: String(item[..<colon]), value: String(item[item.index(after: colon)...]))
        }
        let announcement = GigiAnnouncement(
            peer: peer, nickname: nickname, address: bare, capabilities: capabilities, metadata: facts)
        guard let signature = words["sig"] else { return Received(announcement: announcement) }
        guard let time = words["time"].flatMap({ Int64($0) }) else { throw .malformedField("time") }
        guard let proof = GigiSignature(text: text, signature: signature, time: time) else {
            throw .malformedField("sig")
        }
        return Received(announcement: announcement, proof: proof)
    }

    private static let names: Set<String> = ["peer_id", "nickname", "addr", "caps", "meta", "nick", "time", "sig"]

    /// The parts of a list; not more than ``maximumItems``.
    private static func items(_ list: Substring?) -> [Substring] {
        Array((list ?? "").split(separator: ",", maxSplits: maximumItems).prefix(maximumItems))
    }
}

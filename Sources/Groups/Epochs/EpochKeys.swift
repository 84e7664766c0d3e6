import Crypto
import Identity
import Ledger
import Wire

/// The key of a new epoch, sealed for each member: what the entry that begins the epoch carries.
///
/// A CBOR map: `check` (32 bytes, by which a key is known to be the right one), `key` (32 bytes, the public half of a
/// one-time X25519 key), `boxes` (for each member 8 bytes by which it finds its box, and the box of 48). A thousand
/// members take 56,000 bytes.
public struct EpochKeys: Sendable, Equatable {
    /// The most members of a private group.
    public static let maximumMembers = 1000

    static let checkByteCount = 32
    private static let markByteCount = 8
    private static let boxByteCount = markByteCount + SealedKey.byteCount

    let check: [UInt8]
    let ephemeral: [UInt8]
    let boxes: [UInt8]

    /// Seals a key for peers, at most ``maximumMembers`` of them.
    init(
        sealing secret: SecretBytes, to peers: [PeerID], group: GroupID,
        random: (UnsafeMutableRawBufferPointer) -> Void
    ) throws(GroupError) {
        guard peers.count <= Self.maximumMembers else { throw .full }
        let ephemeral = SealedKey.ephemeral(random)
        var boxes: [UInt8] = []
        boxes.reserveCapacity(peers.count * Self.boxByteCount)
        for peer in peers.sorted() {
            boxes += Self.mark(peer, ephemeral.publicKey)
            boxes += try SealedKey.seal(secret, to: peer, with: ephemeral, group: group)
        }
        check = EpochKey.check(of: secret, group: group)
        self.ephemeral = ephemeral.publicKey
        self.boxes = boxes
    }

    /// Nil for what is none.
    init?(_ item: CBOR) {
        guard let check = item["check"]?.bytesValue, check.count == Self.checkByteCount,
            let ephemeral = item["key"]?.bytesValue, ephemeral.count == X25519.byteCount,
            let boxes = item["boxes"]?.bytesValue, boxes.count % Self.boxByteCount == 0,
            boxes.count <= Self.maximumMembers * Self.boxByteCount
        else { return nil }
        self.check = check
        self.ephemeral = ephemeral
        self.boxes = boxes
    }

    var item: CBOR { .map(["check": .bytes(check), "key": .bytes(ephemeral), "boxes": .bytes(boxes)]) }

    /// How many boxes there are.
    var count: Int { boxes.count / Self.boxByteCount }

    /// The first eight bytes of all boxes.
    var marks: Set<[UInt8]> {
        Set((0..<count).map { Array(boxes[($0 * Self.boxByteCount)...].prefix(Self.markByteCount)) })
    }

    /// What a peer's box begins with.
    func mark(of peer: PeerID) -> [UInt8] { Self.mark(peer, ephemeral) }

    /// The key, if a box is ours and holds the key that was promised.
    func open(by identity: KeyPair, group: GroupID) -> SecretBytes? {
        let mark = mark(of: identity.peerID)
        for index in 0..<count {
            let box = boxes[(index * Self.boxByteCount)..<((index + 1) * Self.boxByteCount)]
            guard box.starts(with: mark) else { continue }
            let sealed = Array(box.dropFirst(Self.markByteCount))
            if let secret = SealedKey.open(sealed, by: identity, ephemeral: ephemeral, group: group),
                EpochKey.check(of: secret, group: group) == check
            {
                return secret
            }
        }
        return nil
    }

    private static func mark(_ peer: PeerID, _ ephemeral: [UInt8]) -> [UInt8] {
        Array(SHA256.hash(Array("linnet-group-mark".utf8) + ephemeral + peer.bytes).prefix(markByteCount))
    }
}

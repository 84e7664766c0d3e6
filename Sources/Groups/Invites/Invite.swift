import Crypto
import Identity
import Ledger
import Multiformats
import Time

/// A signed leave to come into a group, until a certain time: sent to somebody, or passed on as one line of text.
///
/// An invite for somebody holds the key of the current epoch, sealed to that peer. An invite for nobody in particular
/// holds the key as it is: whoever reads the text reads the group, and may come in.
///
/// An invite dies
/// - when it expires (a joiner who lies about its clock is only stopped by the next point);
/// - when a new epoch begins, by ``Group/rekey(now:random:)`` or by a removal, if it names nobody: so does every such text
///   that is about, and one who was removed cannot come back by it under another name;
/// - when its maker is an admin no more; an admin who is removed or demoted takes back what it has not told the one who
///   removed it;
/// - for one who was removed or has left: when it was made by somebody who did not know of that.
///
/// Made without any entry in the log, so that ten thousand invites cost the group nothing.
public struct Invite: Sendable, Hashable {
    /// The longest encoding, in bytes; its text has less than 2 KiB.
    public static let maximumByteCount = 1480
    /// What the text begins with.
    public static let textPrefix = "linnet:invite:"
    /// The longest text, in bytes, without white space around it.
    public static let maximumTextByteCount = 2048
    /// The most heads of the log that an invite names.
    static let maximumHeads = 8
    /// The most addresses, and the most bytes of all of them.
    static let maximumAddresses = 8
    static let maximumAddressByteCount = 400
    /// How far clocks may differ.
    public static let clockTolerance: Duration = .seconds(300)

    /// The group.
    public let group: GroupID
    /// What it is called, as the inviter sees it.
    public let name: String
    /// Whether it is private.
    public let visibility: Visibility
    /// Who invites; signed the invite.
    public let inviter: PeerID
    /// Who alone may use it; nil for everybody.
    public let addressee: PeerID?
    /// When it was made, by the inviter's clock.
    public let issued: Timestamp
    /// When it ends.
    public let expires: Timestamp
    /// Where the inviter was reached then.
    public let addresses: [Multiaddr]
    /// The epoch of the key; the group's first entry in a public group.
    public let epoch: EpochID
    /// What the inviter knew of the group's log then, ascending.
    let heads: [EntryID]
    /// The key of the epoch, in the clear (32 bytes) or sealed (a one-time public key, and the box); nil if public.
    let key: [UInt8]?
    /// The bytes, signature and all.
    public let encoded: [UInt8]

    /// What an inviter says.
    struct Content {
        var group: GroupID
        var name: String
        var visibility: Visibility
        var inviter: PeerID
        var addressee: PeerID?
        var issued: Timestamp
        var expires: Timestamp
        var addresses: [Multiaddr]
        var epoch: EpochID
        var heads: [EntryID]
        var key: [UInt8]?
    }

    init(_ content: Content, encoded: [UInt8]) {
        group = content.group
        name = content.name
        visibility = content.visibility
        inviter = content.inviter
        addressee = content.addressee
        issued = content.issued
        expires = content.expires
        addresses = content.addresses
        epoch = content.epoch
        heads = content.heads
        key = content.key
        self.encoded = encoded
    }

    /// Whether everybody may use it.
    public var isOpen: Bool { addressee == nil }

    /// Checks what can be known without the group's log.
    ///
    /// - Parameters:
    ///   - peer: who wants to use it.
    ///   - now: our wall clock.
    /// - Throws: ``GroupError`` `invite_for_another`, `invite_expired`, `invite_early`.
    public func check(for peer: PeerID, now: Timestamp) throws(GroupError) {
        if let addressee, addressee != peer {
            throw GroupError(.inviteForAnother, "the invite is for \(addressee); ask for one of your own")
        }
        guard now <= expires + Self.clockTolerance else {
            throw GroupError(.inviteExpired, "the invite has expired; ask for a new one")
        }
        guard now + Self.clockTolerance >= issued else {
            throw GroupError(.inviteEarly, "the invite is from the future; check the clocks of both machines")
        }
    }

    /// The key of the epoch; nil in a public group, and where the box does not open.
    func secret(for identity: KeyPair) -> SecretBytes? {
        guard let key else { return nil }
        if isOpen { return SecretBytes(copying: key) }
        return SealedKey.open(
            Array(key.dropFirst(X25519.byteCount)), by: identity, ephemeral: Array(key.prefix(X25519.byteCount)),
            group: group)
    }
}

extension Invite: CustomStringConvertible {
    /// Whose group and by whom; nothing of the key.
    public var description: String { "Invite(\(group), by \(inviter))" }
}

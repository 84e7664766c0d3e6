import Crypto
import Identity
import Ledger
import Time

/// What of a group a peer may have that wants to catch up.
public enum GroupAccess: Int, Comparable, Sendable {
    /// Nothing: it may not even learn that the group is known here.
    case none
    /// The log: it was invited.
    case log
    /// The log and the messages, as far as it has the keys.
    case messages

    /// Less is less.
    public static func < (left: GroupAccess, right: GroupAccess) -> Bool { left.rawValue < right.rawValue }
}

extension Group {
    private static let keyProof: UInt8 = 1
    private static let inviteProof: UInt8 = 2
    /// The longest proof, in bytes.
    public static let maximumProofByteCount = 1 + Invite.maximumByteCount

    /// What we show to a member to catch up from, who may not have heard that we are one: that we have the key of the
    /// epoch, or that we were invited.
    ///
    /// - Parameters:
    ///   - remote: whom we show it; it is of no use to anybody else.
    ///   - salt: random bytes of this stream.
    ///   - invite: what we came by, if we are no member yet.
    public func syncProof(for remote: PeerID, salt: [UInt8], invite: Invite? = nil) -> [UInt8] {
        if let invite, !isMember { return [Self.inviteProof] + invite.encoded }
        guard let state, let key = keys[state.epoch.id] else { return [] }
        return [Self.keyProof] + Self.code(key, from: local, to: remote, salt)
    }

    /// What a peer may have that wants to catch up from us.
    ///
    /// - Parameters:
    ///   - remote: who, as its connection has proven.
    ///   - proof: what it shows.
    ///   - salt: as in its ``syncProof(for:salt:invite:)``.
    public func access(of remote: PeerID, proof: [UInt8], salt: [UInt8], now: Timestamp) -> GroupAccess {
        guard let state else { return .none }
        if state.visibility == .public { return isShutOut(remote) ? .none : .messages }
        if state.isMember(remote) { return .messages }
        switch proof.first {
        case Self.keyProof:
            guard let key = keys[state.epoch.id], !isShutOut(remote) else { return .none }
            let code = Self.code(key, from: remote, to: local, salt)
            return ConstantTime.isEqual(code, Array(proof.dropFirst())) ? .messages : .none
        case Self.inviteProof:
            guard let invite = try? Invite(decoding: Array(proof.dropFirst())), invite.group == id,
                (try? invite.check(for: remote, now: now)) != nil, state.isAdmin(invite.inviter),
                !invite.isOpen || invite.epoch == state.epoch.id
            else { return .none }
            // One who was removed since it was invited must be invited anew.
            if let former = state.former.first(where: { $0.peer == remote }), former.left > invite.issued {
                return .none
            }
            return .log
        default: return .none
        }
    }

    private static func code(_ key: EpochKey, from: PeerID, to: PeerID, _ salt: [UInt8]) -> [UInt8] {
        // Peer ids of Ed25519 keys have one length; hashes stand for the others.
        let message = SHA256.hash(from.bytes) + SHA256.hash(to.bytes) + salt
        return HMACSHA256.authenticationCode(for: message, key: key.proofKey)
    }
}

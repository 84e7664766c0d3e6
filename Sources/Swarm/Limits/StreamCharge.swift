import Identity
import Reactor
import Yamux

/// What one stream holds in the accounts of the system, its peer, and its protocol (for inbound streams, `transient`
/// until the protocol is agreed on).
@NetworkActor
struct StreamCharge {
    private let accounts: ResourceAccounts
    private let direction: Direction
    private let peer: PeerID
    private let peerAccount: ResourceAccount
    private var pending: ResourceAccount?
    private var protocolAccounts: (protocolID: ProtocolID, whole: ResourceAccount, perPeer: ResourceAccount)?
    private var isReleased = false
    /// Whether the peer was one that the user knows when the stream began.
    let isFamiliar: Bool

    /// The window that every stream starts with: what the other side may make us hold at once.
    private static let window = Int(YamuxConfiguration.defaultWindow)

    init(
        accounts: ResourceAccounts, direction: Direction, peer: PeerID, peerAccount: ResourceAccount
    ) throws(LimitExceeded) {
        self.accounts = accounts
        self.direction = direction
        self.peer = peer
        self.peerAccount = peerAccount
        isFamiliar = accounts.isFamiliar(peer)
        do throws(LimitExceeded) {
            try Self.reserve(in: accounts.system, direction)
            do throws(LimitExceeded) {
                if !isFamiliar { try Self.reserve(in: accounts.strangers, direction) }
                do throws(LimitExceeded) {
                    try reserveWithPeer()
                } catch {
                    if !isFamiliar { Self.release(in: accounts.strangers, direction) }
                    throw error
                }
            } catch {
                Self.release(in: accounts.system, direction)
                throw error
            }
        } catch {
            throw accounts.note(error)
        }
    }

    private mutating func reserveWithPeer() throws(LimitExceeded) {
        try Self.reserve(in: peerAccount, direction)
        guard direction == .inbound else { return }
        let transient = isFamiliar ? accounts.familiarTransient : accounts.transient
        do throws(LimitExceeded) {
            try transient.reserveStream(direction)
        } catch {
            Self.release(in: peerAccount, direction)
            throw error
        }
        pending = transient
    }

    private static func reserve(in account: ResourceAccount, _ direction: Direction) throws(LimitExceeded) {
        try account.reserveStream(direction)
        do throws(LimitExceeded) {
            try account.reserveMemory(window, priority: .always)
        } catch {
            account.releaseStream(direction)
            throw error
        }
    }

    private static func release(in account: ResourceAccount, _ direction: Direction) {
        account.releaseStream(direction)
        account.releaseMemory(window)
    }

    /// The protocol is agreed on. Outbound streams are charged to the peer only: what this side opens, it bounds itself.
    mutating func assign(
        to protocolID: ProtocolID, whole: ResourceAccount, perPeerLimit: ResourceLimit
    ) throws(LimitExceeded) {
        guard protocolAccounts == nil, !isReleased else { return }
        let perPeer = accounts.retain(protocolID, peer, limit: perPeerLimit)
        do throws(LimitExceeded) {
            try whole.reserveStream(direction)
            do throws(LimitExceeded) {
                try perPeer.reserveStream(direction)
            } catch {
                whole.releaseStream(direction)
                throw error
            }
        } catch {
            accounts.release(protocolID, peer)
            throw accounts.note(error)
        }
        protocolAccounts = (protocolID, whole, perPeer)
        pending?.releaseStream(direction)
        pending = nil
    }

    mutating func release() {
        guard !isReleased else { return }
        isReleased = true
        pending?.releaseStream(direction)
        Self.release(in: accounts.system, direction)
        if !isFamiliar { Self.release(in: accounts.strangers, direction) }
        Self.release(in: peerAccount, direction)
        if let held = protocolAccounts {
            held.whole.releaseStream(direction)
            held.perPeer.releaseStream(direction)
            accounts.release(held.protocolID, peer)
        }
    }
}

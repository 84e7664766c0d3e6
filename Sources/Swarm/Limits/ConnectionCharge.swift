import Identity
import Reactor

/// What one connection holds in the accounts. It moves from the transient scope to its peer when the upgrade is done,
/// and is given back exactly once.
@NetworkActor
final class ConnectionCharge {
    let accounts: ResourceAccounts
    let direction: Direction
    private var pending: ResourceAccount?
    private let ip: IPAddress?
    private(set) var peerAccount: ResourceAccount?
    private var peer: PeerID?
    private var isStranger = false
    private var growth = 0
    private var isReleased = false

    /// Less than this is not worth reserving.
    private static let leastGrowth = 1 << 20

    init(accounts: ResourceAccounts, direction: Direction, pending: ResourceAccount, ip: IPAddress?) {
        self.accounts = accounts
        self.direction = direction
        self.pending = pending
        self.ip = ip
    }

    /// Whether it is charged to the scope of the allow-list, as it is until the upgrade is done.
    var isAllowListed: Bool { pending === accounts.allowListed }

    /// The upgrade is done: charges `peer` in place of the transient scope.
    func assign(to peer: PeerID) throws(LimitExceeded) {
        guard self.peer == nil, !isReleased else { return }
        let account = accounts.retainPeer(peer)
        let isStranger = !accounts.isFamiliar(peer)
        do throws(LimitExceeded) {
            try account.reserveConnection(direction)
            do throws(LimitExceeded) {
                if isStranger { try accounts.strangers.reserveConnection(direction) }
            } catch {
                account.releaseConnection(direction)
                throw error
            }
        } catch {
            accounts.releasePeer(peer)
            throw accounts.note(error)
        }
        self.peer = peer
        self.isStranger = isStranger
        peerAccount = account
        pending?.releaseConnection(direction)
        pending = nil
    }

    /// Reserves what the windows of the connection's streams may grow by: as much of `wanted` bytes as there is room
    /// for, by halves. Growth only makes things faster, so it has the lowest priority.
    func reserveWindowGrowth(_ wanted: Int) -> Int {
        guard growth == 0, !isReleased, let peerAccount else { return 0 }
        var bytes = wanted
        while bytes >= Self.leastGrowth {
            if reserve(bytes, peerAccount) {
                growth = bytes
                return bytes
            }
            bytes /= 2
        }
        return 0
    }

    private func reserve(_ bytes: Int, _ peerAccount: ResourceAccount) -> Bool {
        do throws(LimitExceeded) {
            try accounts.system.reserveMemory(bytes, priority: .low)
        } catch {
            return false
        }
        do throws(LimitExceeded) {
            try peerAccount.reserveMemory(bytes, priority: .low)
        } catch {
            accounts.system.releaseMemory(bytes)
            return false
        }
        return true
    }

    func release() {
        guard !isReleased else { return }
        isReleased = true
        pending?.releaseConnection(direction)
        accounts.system.releaseConnection(direction)
        accounts.system.releaseMemory(growth)
        peerAccount?.releaseMemory(growth)
        if let ip { accounts.releaseNetwork(ip) }
        if let peer {
            if isStranger { accounts.strangers.releaseConnection(direction) }
            peerAccount?.releaseConnection(direction)
            accounts.releasePeer(peer)
        }
    }
}

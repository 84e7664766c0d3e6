import GossipSub
import Identify
import Identity
import LocalDiscovery
import Messaging
import Perf
import Ping
import Presence
import Reactor
import RequestResponse
import Store
import Swarm

/// What runs for the account. No command gets here while it is locked, but those that say they work then, which ask
/// for nothing of this.
extension Engine {
    private var parts: EngineParts {
        guard let running else { preconditionFailure("the account was never unlocked") }
        return running
    }

    /// The network, for those who embed an engine; there once the account was unlocked.
    public var swarm: Swarm { parts.swarm }
    var store: Store { parts.store }
    var identify: IdentifyService { parts.identify }
    var ping: PingService { parts.ping }
    var perf: PerfService { parts.perf }
    var requests: RequestResponse { parts.requests }
    var gossip: GossipSubService { parts.gossip }
    var discovery: LocalDiscoveryService { parts.discovery }
    var presence: PresenceService { parts.presence }
    var messaging: DirectMessaging { parts.messaging }
    var groups: GroupMessaging { parts.groups }

    /// Who this is, also while it is locked; nil if there is no account yet.
    public var accountPeer: PeerID? { account.peer }

    /// This engine's peer id.
    ///
    /// - Precondition: there is an account.
    public var localPeer: PeerID {
        guard let peer = account.peer else { preconditionFailure("there is no account") }
        return peer
    }

    /// Messages that are not where they should be; none while the account is locked.
    var pendingCount: (unsent: Int, undelivered: Int) { isLocked ? (0, 0) : messaging.pendingCount }

    /// An idempotency key for a command that has none.
    func newKey() -> String {
        IdempotencyKeys.issued(
            MessageID(
                time: world.wallClock.now,
                entropy: (UInt16(truncatingIfNeeded: world.random.next()), world.random.next())))
    }

    func makeKeys(_ known: KnownKeys) -> IdempotencyKeys {
        IdempotencyKeys(store: store, known: known) { [weak self] in self?.storeFailed($0) }
    }
}

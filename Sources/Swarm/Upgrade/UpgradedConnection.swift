import Identity
import Multiformats
import Reactor

/// Everything a ``Connection`` is made of, once the upgrade has succeeded.
@NetworkActor
struct UpgradedConnection {
    let channel: any ByteChannel
    let direction: Direction
    let localAddress: Multiaddr
    let remoteAddress: Multiaddr
    let secure: ConnectionUpgrade.SecureChannel
    let charge: ConnectionCharge
}

/// Why a transport connection did not become a connection.
struct UpgradeFailure: Error {
    let reason: DialFailure
    let detail: String
    var expectedPeer: PeerID?
    var actualPeer: PeerID?
    var isSelf = false
    /// The local address was the trouble: from another port it may work.
    var isSourceTaken = false
    var limit: LimitExceeded?
}

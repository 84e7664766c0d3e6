import Identity
import Multiformats
import Time
import Wire

/// What this node says about itself, and which peers have been told the latest.
///
/// A change makes a new revision. The signed record is sealed once per revision and audience: peers on this machine
/// get all addresses, the others those that reach beyond it.
public struct IdentifyState: Sendable {
    /// Who listens: it decides which addresses are said.
    public enum Audience: Hashable, Sendable {
        /// A peer on this machine: all addresses.
        case local
        /// Any other peer: no loopback addresses.
        case remote
    }

    private let identity: KeyPair
    private let protocolVersion: String
    private let agentVersion: String

    private var addresses: [Multiaddr] = []
    private var protocols: [String] = []
    private var messages: [Audience: IdentifyMessage] = [:]
    private var lastSequence: UInt64 = 0

    /// Grows with each change.
    public private(set) var revision: UInt64 = 0

    /// The revision that each connected peer has been told. Bounded by the connections: `forget` takes peers out.
    private var told: [PeerID: UInt64] = [:]
    private var inFlight: Set<PeerID> = []

    /// A node that listens nowhere and answers nothing.
    public init(identity: KeyPair, protocolVersion: String, agentVersion: String) {
        self.identity = identity
        self.protocolVersion = protocolVersion
        self.agentVersion = agentVersion
    }

    // MARK: What is said

    /// Takes note of what the swarm offers now.
    ///
    /// - Returns: whether that is a change, so that peers should be told.
    public mutating func update(addresses: [Multiaddr], protocols: [String]) -> Bool {
        guard addresses != self.addresses || !protocols.elementsEqual(self.protocols, by: { $0.isSame(as: $1) }) else {
            return false
        }
        self.addresses = addresses
        self.protocols = protocols
        messages = [:]
        revision += 1
        return true
    }

    /// What to tell a peer: at most ``IdentifyMessage/maximumSent`` bytes, for which addresses are left out first.
    ///
    /// - Parameters:
    ///   - audience: who the peer is.
    ///   - observed: the peer's address as we see it.
    ///   - now: the wall clock, from which the record's sequence number is taken. It grows even if the clock does not.
    public mutating func message(to audience: Audience, observed: Multiaddr, now: Timestamp) -> IdentifyMessage {
        var message = messages[audience] ?? makeMessage(to: audience, now: now)
        messages[audience] = message
        message.observedAddress = observed
        return message
    }

    private mutating func makeMessage(to audience: Audience, now: Timestamp) -> IdentifyMessage {
        var message = IdentifyMessage()
        message.publicKey = identity.publicKey.protobuf
        message.protocolVersion = protocolVersion
        message.agentVersion = agentVersion
        message.protocols = protocols
        // Left free for the observed address, which differs from peer to peer.
        let limit = IdentifyMessage.maximumSent - 256
        while message.encoded.count > limit - Self.emptyRecordSize, !message.protocols.isEmpty {
            message.protocols.removeLast()
        }
        var room = limit - Self.emptyRecordSize - message.encoded.count
        for address in addresses where audience == .local || !address.isOnThisMachine {
            // Once in the list and once in the record, with what protobuf adds to each.
            room -= 2 * address.bytes.count + 12
            guard room >= 0, message.listenAddresses.count < PeerRecord.maximumAddressCount else { break }
            message.listenAddresses.append(address)
        }
        lastSequence = max(lastSequence + 1, now.nanoseconds)
        let record = PeerRecord(
            peerID: identity.peerID, sequence: lastSequence, addresses: message.listenAddresses)
        message.signedPeerRecord = record.seal(with: identity).encoded
        return message
    }

    /// Bytes of a signed record without addresses, rounded up: key, signature, peer id, sequence, framing.
    private static let emptyRecordSize = 256

    // MARK: Who has been told

    /// A peer has been told the present revision.
    public mutating func didTell(_ peer: PeerID) {
        told[peer] = revision
    }

    /// The next peer to push to, out of `candidates`; it counts as being told until ``endPush(to:revision:)``.
    ///
    /// - Parameters:
    ///   - candidates: connected peers that take pushes, in the order of service.
    ///   - limit: pushes at a time.
    public mutating func beginPush(among candidates: [PeerID], limit: Int) -> PeerID? {
        guard inFlight.count < limit else { return nil }
        let next = candidates.first { told[$0, default: 0] < revision && !inFlight.contains($0) }
        if let next { inFlight.insert(next) }
        return next
    }

    /// A push has ended, well or not: it is not repeated before the next change.
    public mutating func endPush(to peer: PeerID, revision: UInt64) {
        guard inFlight.remove(peer) != nil else { return }
        told[peer] = max(told[peer, default: 0], revision)
    }

    /// A peer was not told a revision after all, if it was told none since.
    public mutating func untell(_ peer: PeerID, revision: UInt64) {
        if told[peer] == revision, revision > 0 { told[peer] = revision - 1 }
    }

    /// The peer has left.
    public mutating func forget(_ peer: PeerID) {
        told[peer] = nil
        inFlight.remove(peer)
    }
}

extension Timestamp {
    /// Nanoseconds since 1970, zero before.
    fileprivate var nanoseconds: UInt64 {
        let (product, overflow) = UInt64(max(milliseconds, 0)).multipliedReportingOverflow(by: 1_000_000)
        return overflow ? .max / 2 : product
    }
}

import Identity
import TestSupport
import Time

@testable import GossipSub

/// A state with peers that answer nothing: what it wants sent to them is gathered.
struct Node {
    var state: GossipSubState<SeededRandom>
    var now = Instant(nanoseconds: 1_000_000_000_000)
    private(set) var sent: [(peer: PeerID, rpc: RPC, priority: OutboundPriority)] = []
    private(set) var other: [GossipSubAction] = []
    let key: KeyPair

    init(key: UInt8 = 200, seed: UInt64 = 1, _ change: (inout GossipSubConfiguration) -> Void = { _ in }) {
        var configuration = GossipSubConfiguration()
        change(&configuration)
        self.key = .test(key)
        state = GossipSubState(
            localPeer: self.key.peerID, configuration: configuration, random: SeededRandom(seed: seed))
    }

    static func peer(_ number: UInt8) -> PeerID { KeyPair.test(number).peerID }

    /// Peers 1 to `count`, all in `topic`.
    mutating func connect(
        _ numbers: ClosedRange<UInt8>, topic: GossipSub.Topic? = "t", version: GossipSub.Version = .v1_2,
        isOutbound: Bool = false, address: String? = nil
    ) {
        for number in numbers {
            let peer = Self.peer(number)
            state.peerConnected(peer, version: version, isOutbound: isOutbound, address: address)
            if let topic { receive(number) { $0.subscriptions = [RPC.Subscription(topic)] } }
        }
        run()
    }

    mutating func receive(_ number: UInt8, _ body: (inout RPC) -> Void) {
        var rpc = RPC()
        body(&rpc)
        state.receive(rpc, from: Self.peer(number), now)
        run()
    }

    /// A valid message of `author`, sent by `number`.
    mutating func receive(
        _ number: UInt8, author: UInt8, _ sequence: UInt64, topic: GossipSub.Topic = "t", data: [UInt8] = [1]
    ) {
        let message = PubsubMessage.signed(data, to: topic, sequence: sequence, by: .test(author))
        receive(number) { $0.messages = [message] }
    }

    mutating func heartbeat(_ count: Int = 1) {
        for _ in 0..<count {
            now += .seconds(1)
            state.heartbeat(now)
            run()
        }
    }

    /// Carries out what the state wants: signatures are verified, and the application accepts everything.
    mutating func run() {
        while true {
            let actions = state.takeActions()
            if actions.isEmpty { return }
            for action in actions {
                switch action {
                case .send(let frame, let peers, let priority):
                    guard let rpc = Self.open(frame) else { continue }
                    for peer in peers { sent.append((peer, rpc, priority)) }
                case .verify(let id, let message): state.verified(id, message.hasValidSignature, now)
                case .validate(let id, _, _): state.validated(id, .accept, now)
                default: other.append(action)
                }
            }
        }
    }

    private static func open(_ frame: [UInt8]) -> RPC? {
        var rest = frame[...]
        while let byte = rest.popFirst(), byte >= 0x80 {}
        return try? RPC(Array(rest))
    }

    /// What was sent since this was called last.
    mutating func take() -> [(peer: PeerID, rpc: RPC, priority: OutboundPriority)] {
        defer { sent = [] }
        return sent
    }

    mutating func takeOther() -> [GossipSubAction] {
        defer { other = [] }
        return other
    }

    /// To whom each message went since this was called last.
    mutating func takeRecipients() -> Set<PeerID> {
        Set(take().filter { !$0.rpc.messages.isEmpty }.map(\.peer))
    }

    func score(_ number: UInt8) -> Double { state.score.score(of: Self.peer(number), now) }
}

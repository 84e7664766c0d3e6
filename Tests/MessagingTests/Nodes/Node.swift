import Foundation
import Identity
import Multiformats
import Reactor
import RequestResponse
import Swarm
import TestSupport
import Time

@testable import Messaging
@testable import Store

/// One user's engine, as far as messages go: swarm, store and messaging on a host of a simulation. It can be killed and
/// started again; its store stays.
@NetworkActor
final class Node {
    let name: String
    let simulation: SimulatedWorld
    let key: UInt8
    let directory: String
    var world: World
    var configuration = MessagingConfiguration()
    var storeConfiguration = StoreConfiguration()
    private(set) var swarm: Swarm
    private(set) var requests: RequestResponse
    private(set) var store: Store?
    private(set) var messaging: DirectMessaging?
    /// Every event since the first start, as `type id` or, for messages, `message <from> <text>`.
    private(set) var log: [String] = []
    private(set) var addresses: [Multiaddr] = []

    init(_ name: String, key: UInt8, in simulation: SimulatedWorld) {
        self.name = name
        self.key = key
        self.simulation = simulation
        world = simulation.host(name)
        directory = NSTemporaryDirectory() + "linnet-messaging-\(UUID().uuidString)"
        swarm = Swarm(world: world, identity: .test(key))
        requests = RequestResponse(swarm: swarm)
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    var id: PeerID { KeyPair.test(key).peerID }

    func start(messaging startsMessaging: Bool = true) async throws {
        swarm = Swarm(world: world, identity: .test(key))
        requests = RequestResponse(swarm: swarm)
        addresses = try swarm.listen(on: .test("/ip4/0.0.0.0/tcp/4001")).map { $0.appending(peer: id) }
        guard startsMessaging else { return }
        let store = try await Store.open(.directory(directory), world: world, configuration: storeConfiguration)
        // The disk is not what is tried here, and each fsync would cost milliseconds.
        try await store.read { try $0.database.execute(script: "PRAGMA synchronous = OFF") }
        store.onEvents = { [weak self] events in
            self?.log += events.map { String(decoding: $0.payload, as: UTF8.self) }
        }
        self.store = store
        let messaging = DirectMessaging(
            world: world, swarm: swarm, requests: requests, store: store, identity: .test(key),
            configuration: configuration, encodeEvent: encode)
        self.messaging = messaging
        try await messaging.start()
    }

    /// What others see when the process is killed; what was on its way to the disk gets there.
    func kill() async {
        simulation.crash(name)
        messaging?.stop()
        await store?.close()
        await swarm.close()
    }

    func knows(_ other: Node) { swarm.addressBook.add(other.id, other.addresses, source: .manual) }

    func connect(to other: Node) async throws { _ = try await swarm.dial(other.id, addresses: other.addresses) }

    @discardableResult
    func send(_ text: String, to other: Node, expiresIn: Duration? = nil) async throws -> MessageID {
        guard let messaging else { throw NodeIsDown() }
        return try await messaging.send(MessageBody(text: text), to: other.id, expiresIn: expiresIn)
    }

    /// The texts that were shown from `other`, in the order of showing.
    func shown(from other: Node) -> [String] {
        log.compactMap { line in
            let prefix = "message \(other.id) "
            return line.hasPrefix(prefix) ? String(line.dropFirst(prefix.count)) : nil
        }
    }

    /// The kinds of events that tell of our own messages, in order.
    func progress(of message: MessageID) -> [String] {
        log.filter { $0.hasSuffix(message.description) }.map { String($0.prefix { $0 != " " }) }
    }

    func pause(_ duration: Duration) async { await world.clock.sleep(for: duration) }
}

struct NodeIsDown: Error {}

private let encode: @Sendable (MessagingEvent) -> NewEvent = { event in
    let (type, line, time): (String, String, Timestamp) =
        switch event {
        case .received(let message):
            (
                "message", "message \(message.author) \(String(decoding: message.content.body, as: UTF8.self))",
                message.content.storedAt
            )
        case .sent(let progress): ("message.sent", "sent \(progress.message)", progress.time)
        case .delivered(let progress): ("message.delivered", "delivered \(progress.message)", progress.time)
        case .failed(let progress, let reason):
            ("message.failed", "failed \(reason) \(progress.message)", progress.time)
        case .expired(let progress): ("message.expired", "expired \(progress.message)", progress.time)
        case .read(let chat, _, let count, let time): ("message.read", "read \(chat) \(count)", time)
        }
    return NewEvent(type: type, time: time, payload: Array(line.utf8))
}

/// Runs `body` with two nodes that know each other's addresses.
func withTwoNodes<T: Sendable>(
    seed: UInt64 = 1, _ body: @escaping @NetworkActor (SimulatedWorld, Node, Node) async throws -> T
) async throws -> T {
    try await SimulatedWorld.run(seed: seed, limit: .seconds(60 * 86_400)) { simulation in
        let alice = Node("alice", key: 1, in: simulation)
        let bob = Node("bob", key: 2, in: simulation)
        try await alice.start()
        try await bob.start()
        alice.knows(bob)
        bob.knows(alice)
        let result = try await body(simulation, alice, bob)
        await alice.kill()
        await bob.kill()
        return result
    }
}

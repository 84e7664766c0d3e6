import GossipSub
import Identify
import Identity
import LocalDiscovery
import Messaging
import Multiformats
import Perf
import Ping
import Presence
import Reactor
import RequestResponse
import Store
import Swarm
import Time

/// Everything an engine is made of, assembled and not yet running.
@NetworkActor struct EngineParts {
    /// How many peers that were met once are remembered.
    private nonisolated static let maximumKnownPeers = 4096

    let store: Store
    let swarm: Swarm
    let identify: IdentifyService
    let ping: PingService
    let perf: PerfService
    let requests: RequestResponse
    let gossip: GossipSubService
    let discovery: LocalDiscoveryService
    let presence: PresenceService
    let messaging: DirectMessaging
    let groups: GroupMessaging
    let contacts: ContactBook
    /// The same, for those who write events.
    let contactNames: ContactNames
    /// The idempotency keys that the store may know.
    let keys: KnownKeys
    /// The last durable event that was ever logged.
    let lastSeq: Int64
    /// Who reads the pipes.
    let reader: PipeReader
    /// Where that reader begins.
    let start: ReaderStart

    /// What the store knows when an engine starts.
    private struct Knowledge: Sendable {
        var contacts: [StoredContact]
        var peers: [StoredPeer]
        var keys: KnownKeys
        var lastSeq: Int64
        var start: ReaderStart
    }

    /// Opens the store, and puts the network and the services together, for an account that is unlocked.
    ///
    /// - Parameter hasUntold: Whether what has changed about the account is known, and is logged afterwards.
    static func assemble(
        _ account: Account, hasUntold: Bool, world: World, options: EngineOptions
    ) async throws(CommandFailure) -> EngineParts {
        guard let secrets = account.secrets else { throw .locked }
        let identity = secrets.identity
        var configuration = StoreConfiguration()
        configuration.key = secrets.storeKey
        configuration.encryptsPlaintext = account.isUpgrading
        if let place = account.place {
            try place.check()
            configuration.problem = { place.problem() }
        }
        let (store, knowledge): (Store, Knowledge)
        do throws(StoreError) {
            store = try await Store.open(account.store, world: world, configuration: configuration)
            account.completeUpgrade()
            let (retention, now) = (options.configuration.settings.retention, world.steadyClock.now)
            let mark = hasUntold ? nil : account.mark(options)
            let (reader, isTold, time) = (options.reader, options.tellsEvents, world.wallClock.now)
            knowledge = try await store.write { transaction in
                try transaction.prunePeers(keeping: maximumKnownPeers)
                _ = try retention.prune(transaction, at: now)
                try transaction.pruneKeys(olderThan: now - IdempotencyKeys.lifetime, limit: .max)
                try transaction.pruneKeys(keepingLast: IdempotencyKeys.maximumCount)
                try transaction.endTelling()
                try mark?.logMissed(in: transaction, at: time)
                return Knowledge(
                    contacts: try transaction.contacts(), peers: try transaction.peers(limit: maximumKnownPeers),
                    keys: KnownKeys(try transaction.keys()),
                    lastSeq: try transaction.lastEventSeq(),
                    start: try ReaderStart(
                        reader.since, as: reader.consumer, isTold: isTold, in: transaction, now: time))
            }
            account.holdStore()
        } catch {
            throw CommandFailure(error)
        }
        if let problem = knowledge.start.problem(EventArguments.since.spec.name) {
            await store.close()
            throw problem
        }
        return EngineParts(identity, store, knowledge, world, options)
    }

    private init(
        _ identity: KeyPair, _ store: Store, _ knowledge: Knowledge, _ world: World, _ options: EngineOptions
    ) {
        self.store = store
        contacts = ContactBook(knowledge.contacts)
        let names = ContactNames(contacts)
        contactNames = names
        keys = knowledge.keys
        lastSeq = knowledge.lastSeq
        reader = options.reader
        start = knowledge.start
        swarm = Swarm(world: world, identity: identity)
        identify = IdentifyService(swarm: swarm, agentVersion: LinnetVersion.agent)
        ping = PingService(swarm: swarm)
        perf = PerfService(swarm: swarm)
        requests = RequestResponse(swarm: swarm)
        gossip = GossipSubService(swarm: swarm)
        discovery = LocalDiscoveryService(
            swarm: swarm, configuration: LocalDiscoveryConfiguration(options.configuration.settings))
        presence = PresenceService(
            swarm: swarm, gossip: gossip, requests: requests,
            configuration: PresenceConfiguration(options.configuration.settings))
        messaging = DirectMessaging(
            world: world, swarm: swarm, requests: requests, store: store, identity: identity,
            encodeEvent: { Events.encode($0, names) })
        groups = GroupMessaging(
            world: world, swarm: swarm, gossip: gossip, requests: requests, store: store, identity: identity,
            encodeEvent: { Events.encode($0, names) })
        identify.start()
        ping.start()
        gossip.start()
        if options.configuration.settings.servesPerf { perf.serve() }
        for contact in contacts.all { swarm.addressBook.add(contact.peer, contact.addresses, source: .manual) }
        for known in knowledge.peers {
            guard let peer = try? PeerID(known.peer) else { continue }
            let addresses = known.addresses.compactMap { try? Multiaddr($0) }
            swarm.addressBook.add(peer, addresses, source: .connection)
        }
    }

    /// Closes everything, before any reader was told anything.
    ///
    /// - Returns: Why the store does not know that, if it could not be written to: a reader is told `again` then.
    func close() async -> StoreError? {
        var failure: StoreError?
        if let consumer = reader.consumer {
            let told = start.told
            do throws(StoreError) {
                try await store.write { try $0.endTelling(consumer, through: told) }
            } catch {
                failure = error
            }
        }
        await swarm.close()
        await store.close()
        return failure
    }
}

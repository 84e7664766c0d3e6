import Crypto
import GossipSub
import Groups
import Identity
import Ledger
import Reactor
import RequestResponse
import Store
import Swarm
import Time

/// The groups of an account: keeps their logs, keys and messages, talks on their topics, and catches up with members.
///
/// What may be done, and what is true, `Groups` decides; here it is written to the store, published and told. A change
/// is on the disk before anybody hears of it. Events go through `encodeEvent`, on the store's thread, into the event log
/// in the transaction of the change that they tell of.
@NetworkActor public final class GroupMessaging {
    let world: World
    let swarm: Swarm
    let gossip: GossipSubService
    let requests: RequestResponse
    let store: Store
    let identity: KeyPair
    let encodeEvent: @Sendable (GroupEvent) -> NewEvent

    /// The groups by their ids, those that were left too.
    public internal(set) var rooms: [GroupID: Room] = [:] {
        didSet { roomChanges.changed() }
    }
    /// Changes with every room.
    let roomChanges = Condition()
    /// Rooms of gigi, by topic.
    public internal(set) var gigiRooms: Set<String> = []
    /// What was refused, by reason; only grows.
    public internal(set) var refusals: [String: UInt64] = [:]
    /// What somebody calls itself, ourselves among them; nil if it does not say.
    public var nickname: @NetworkActor (PeerID) -> String? = { _ in nil }
    /// Somebody else has said something in this conversation, and is a bot or not.
    public var onHearing: (@NetworkActor (_ chat: String, _ isBot: Bool) -> Void)?

    var isRunning = false
    var syncs = SyncQueue()
    /// How often peers catch up from us, and how often we ask them.
    var syncRates: [PeerID: (answers: TokenBucket, questions: TokenBucket)] = [:]
    var housekeeping: Timer?

    /// Groups that one account is in, or has left and kept.
    public nonisolated static let maximumGroups = 1_000
    /// How often topics of epochs that are over are left, and members are looked for who know more.
    nonisolated static let housekeepingInterval: Duration = .seconds(30)

    /// A group with what surrounds it.
    public struct Room: Sendable {
        /// The group.
        public internal(set) var group: Group
        /// The invite that was accepted, until we are in.
        public internal(set) var invite: Invite?
        /// Whether we have left it.
        public internal(set) var hasLeft = false
        /// Topics that we are in for it.
        var topics: [String] = []
        /// When each member was last caught up with.
        var caughtUp: [PeerID: Instant] = [:]
        /// The connected members with whom all epochs were compared.
        var whole: Set<PeerID> = []

        /// What it is called: by its log, or else by the invite.
        public var name: String { group.state?.profile.name ?? invite?.name ?? "" }
    }

    /// A service that does nothing until `start`.
    public init(
        world: World, swarm: Swarm, gossip: GossipSubService, requests: RequestResponse, store: Store,
        identity: KeyPair, encodeEvent: @escaping @Sendable (GroupEvent) -> NewEvent
    ) {
        self.world = world
        self.swarm = swarm
        self.gossip = gossip
        self.requests = requests
        self.store = store
        self.identity = identity
        self.encodeEvent = encodeEvent
    }

    /// Loads the groups, and enters their topics. Call once.
    ///
    /// - Throws: ``StoreError``. A group whose log cannot be read is left out, and counts as `corrupt`.
    public func start() async throws(StoreError) {
        for row in try await store.read({ try $0.groups() }) {
            if let topic = GroupChat.gigiTopic(row.id) {
                if !row.hasLeft { gigiRooms.insert(topic) }
            } else if let room = restore(row) {
                rooms[room.group.id] = room
            } else {
                count(.corrupt)
            }
        }
        isRunning = true
        swarm.addObserver(self)
        answerKeyRequests()
        answerSyncs()
        for id in rooms.keys.sorted() { refreshTopics(of: id) }
        for topic in gigiRooms.sorted() { enterGigiRoom(topic) }
        keepHouse()
    }

    /// Leaves the topics, and takes nothing in any more.
    public func stop() {
        guard isRunning else { return }
        isRunning = false
        roomChanges.changed()
        housekeeping?.cancel()
        swarm.removeObserver(self)
        requests.removeHandlers([GroupKeyRequest.protocolID])
        swarm.removeHandler(Sync.protocolID)
    }

    func restore(_ row: StoredGroup) -> Room? {
        guard let id = GroupID(row.id) else { return nil }
        var group = Group(id: id, identity: identity)
        let invite = row.invite.flatMap { try? Invite(decoding: $0) }
        if let invite, row.entries.isEmpty,
            let accepted = try? Group(
                accepting: invite, identity: identity, now: min(world.wallClock.now, invite.expires))
        {
            group = accepted
        }
        let keys = row.keys.compactMap { epoch, secret in Digest(epoch).map { ($0, SecretBytes(copying: secret)) } }
        do throws(GroupError) {
            try group.restore(entries: row.entries, keys: keys)
        } catch {
            return nil
        }
        let latest = row.latest.compactMap { digest, time in Digest(digest).map { (id: $0, time: time) } }
        group.restore(messages: latest, nextSequence: UInt64(max(row.nextSequence, 0)))
        return Room(group: group, invite: invite, hasLeft: row.hasLeft)
    }

    /// Randomness for keys and boxes.
    var random: (UnsafeMutableRawBufferPointer) -> Void {
        { [world] buffer in world.random.fill(buffer) }
    }

    private func keepHouse() {
        housekeeping = world.clock.schedule(after: Self.housekeepingInterval) { [weak self] in
            guard let self, isRunning else { return }
            for id in rooms.keys.sorted() {
                refreshTopics(of: id)
                catchUpWithSomebody(id)
            }
            keepHouse()
        }
    }
}

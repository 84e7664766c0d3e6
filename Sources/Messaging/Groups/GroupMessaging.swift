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
    public internal(set) var rooms: [GroupID: Room] = [:]
    /// Changes with every step.
    let roomChanges = Condition()
    /// Rooms of gigi, by topic.
    public internal(set) var gigiRooms: Set<GossipSub.Topic> = []
    /// Those that were left: what was said there can still be read.
    public internal(set) var leftGigiRooms: Set<GossipSub.Topic> = []
    /// What the store has and cannot be read.
    public private(set) var unreadable: [UnreadableGroup] = []
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
    let turns = GroupTurns()
    /// Groups that are about to be known.
    var openings = 0
    /// Entries that have come, and wait for their turn.
    var arrivals: [GroupID: [Arrival]] = [:]
    /// With whom to catch up soon, since what came from them could not be stored.
    var missed: Set<SyncQueue.Task> = []
    /// Messages to rooms of gigi's that are on their way to the disk, or to the topic.
    var underway: Set<MessageID> = []
    /// Rooms of gigi's to which what waits is being said.
    var repeating: Set<GossipSub.Topic> = []

    /// Groups that one account is in, or has left and kept.
    public nonisolated static let maximumGroups = 1_000
    /// How often topics of epochs that are over are left, and members are looked for who know more.
    nonisolated static let housekeepingInterval: Duration = .seconds(30)

    /// A group that is stored and cannot be read.
    public struct UnreadableGroup: Sendable, Equatable {
        /// What the store calls it.
        public let id: String
        /// Why, for a person.
        public let reason: String
    }

    /// A group with what surrounds it.
    public struct Room: Sendable {
        /// The group.
        public internal(set) var group: Group
        /// The invite that was accepted, until we are in.
        public internal(set) var invite: Invite?
        /// Whether we have left it.
        public internal(set) var hasLeft = false
        /// Topics that we are in for it.
        var topics: [GossipSub.Topic] = []
        /// When each member was last caught up with.
        var caughtUp: [PeerID: Instant] = [:]
        /// The connected members with whom all epochs were compared.
        var whole: Set<PeerID> = []
        /// What we say, as far as it is on its way to the disk.
        var speech: Speech?
        /// What others have said, as far as it is on its way to the disk.
        var storing: Set<GroupMessageID> = []

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
    /// - Throws: ``StoreError``. A group that cannot be read is left out, and stands in ``unreadable``.
    public func start() async throws(StoreError) {
        for (id, row) in try await store.read({ try $0.groups() }) {
            do {
                let row = try row.get()
                if let topic = GroupChat.gigiTopic(id) {
                    if row.hasLeft { leftGigiRooms.insert(topic) } else { gigiRooms.insert(topic) }
                } else {
                    let room = try restore(row)
                    rooms[room.group.id] = room
                }
            } catch {
                unreadable.append(UnreadableGroup(id: id, reason: "\(error)"))
            }
        }
        isRunning = true
        swarm.addObserver(self)
        answerKeyRequests()
        answerSyncs()
        for id in rooms.keys.sorted() { refreshTopics(of: id) }
        for topic in gigiRooms.sorted() {
            do throws(GossipSubError) {
                try enterGigiRoom(topic)
            } catch {
                count(.topicRefused)
            }
        }
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

    /// A group as it was stored.
    ///
    /// - Throws: ``GroupError`` `corrupt`, and what an invite says that cannot be read.
    private func restore(_ row: StoredGroup) throws -> Room {
        guard let id = GroupID(row.id) else { throw GroupError(.corrupt, "'\(row.id)' is no group's id") }
        var group = Group(id: id, identity: identity)
        let invite = try row.invite.map { try Invite(decoding: $0) }
        if let invite, row.entries.isEmpty {
            do throws(GroupError) {
                group = try Group(accepting: invite, identity: identity, now: min(world.wallClock.now, invite.expires))
            } catch {
                // The clock has been set meanwhile. Joining will tell.
            }
        }
        let keys = row.keys.compactMap { epoch, secret in Digest(epoch).map { ($0, SecretBytes(copying: secret)) } }
        try group.restore(entries: row.entries, keys: keys)
        let latest = row.latest.compactMap { digest, time in Digest(digest).map { (id: $0, time: time) } }
        group.restore(messages: latest, nextSequence: UInt64(max(row.nextSequence, 0)))
        return Room(group: group, invite: invite, hasLeft: row.hasLeft || Room.isOut(group, invite))
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
                rekeyIfDue(id)
            }
            keepHouse()
        }
    }
}

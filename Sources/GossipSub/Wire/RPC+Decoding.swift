import Identity
import Wire

/// How much of an RPC is read.
public struct RPCLimits: Sendable {
    /// Subscriptions and their ends (rust-libp2p: 100).
    public var subscriptions = 512
    /// Published messages.
    public var messages = 4096
    /// IHAVE, IWANT, GRAFT, PRUNE and IDONTWANT together: they cost more to hold than to send.
    public var controlMessages = 1024
    /// Message ids in all of them together.
    public var ids = 10_000
    /// Peers in one PRUNE.
    public var prunePeers = 64

    /// The defaults.
    public init() {}
}

extension RPC {
    /// Reads the bytes of an RPC.
    ///
    /// - Throws: ``GossipSubError`` `malformed`, or `tooLarge` for more of anything than `limits` allow: before it is
    ///   stored.
    public init(_ bytes: [UInt8], limits: RPCLimits = RPCLimits()) throws(GossipSubError) {
        self.init()
        do throws(ProtobufError) {
            var budget = Budget(limits)
            var reader = ProtobufReader(bytes)
            while let field = try reader.next() {
                switch field.number {
                case RPCField.subscription:
                    try budget.subscriptions.spend(field)
                    if let subscription = try Subscription(reader.message(of: field)) {
                        subscriptions.append(subscription)
                    }
                case RPCField.message:
                    try budget.messages.spend(field)
                    messages.append(try PubsubMessage(reader.message(of: field)))
                case RPCField.control:
                    try control.read(reader.message(of: field), &budget)
                default:
                    break
                }
            }
        } catch .tooLong(let field, let limit) {
            throw GossipSubError(.tooLarge, "more than \(limit) of field \(field)")
        } catch {
            throw GossipSubError(.malformed, "\(error)")
        }
    }
}

/// What may still be read.
private struct Budget {
    struct Part {
        let limit: Int
        var rest: Int

        init(_ limit: Int) {
            self.limit = limit
            rest = limit
        }

        mutating func spend(_ field: ProtobufField) throws(ProtobufError) {
            guard rest > 0 else { throw .tooLong(field: field.number, limit: limit) }
            rest -= 1
        }
    }

    var subscriptions: Part
    var messages: Part
    var controlMessages: Part
    var ids: Part
    let prunePeers: Int

    init(_ limits: RPCLimits) {
        subscriptions = Part(limits.subscriptions)
        messages = Part(limits.messages)
        controlMessages = Part(limits.controlMessages)
        ids = Part(limits.ids)
        prunePeers = limits.prunePeers
    }
}

extension RPC.Subscription {
    /// nil if there is no topic.
    fileprivate init?(_ reader: ProtobufReader) throws(ProtobufError) {
        var reader = reader
        self.init("", isSubscribing: false)
        var hasTopic = false
        while let field = try reader.next() {
            switch field.number {
            case RPCField.isSubscribing: isSubscribing = try field.bool
            case RPCField.subscribedTopic:
                topic = GossipSub.Topic(try reader.bytes(of: field, limit: PubsubMessage.maximumTopic))
                hasTopic = true
            default: break
            }
        }
        if !hasTopic { return nil }
    }
}

extension RPC.Control {
    fileprivate mutating func read(_ reader: ProtobufReader, _ budget: inout Budget) throws(ProtobufError) {
        var reader = reader
        while let field = try reader.next() {
            guard (RPCField.iHave...RPCField.iDontWant).contains(field.number) else { continue }
            try budget.controlMessages.spend(field)
            let message = try reader.message(of: field)
            switch field.number {
            case RPCField.iHave: iHave.append(try Self.have(message, &budget))
            case RPCField.iWant: iWant.append(try Self.ids(message, &budget))
            case RPCField.graft:
                if let topic = try Self.topic(message) { graft.append(topic) }
            case RPCField.prune: prune.append(try RPC.Prune(message, &budget))
            default: iDontWant.append(try Self.ids(message, &budget))
            }
        }
    }

    private static func have(_ reader: ProtobufReader, _ budget: inout Budget) throws(ProtobufError) -> RPC.IHave {
        var (reader, have) = (reader, RPC.IHave("", []))
        while let field = try reader.next() {
            switch field.number {
            case RPCField.topic:
                have.topic = GossipSub.Topic(try reader.bytes(of: field, limit: PubsubMessage.maximumTopic))
            case RPCField.haveIDs:
                try budget.ids.spend(field)
                have.ids.append(MessageID(try reader.bytes(of: field, limit: MessageID.maximumCount)))
            default: break
            }
        }
        return have
    }

    private static func ids(_ reader: ProtobufReader, _ budget: inout Budget) throws(ProtobufError) -> [MessageID] {
        var reader = reader
        var ids: [MessageID] = []
        while let field = try reader.next() {
            guard field.number == RPCField.wantIDs else { continue }
            try budget.ids.spend(field)
            ids.append(MessageID(try reader.bytes(of: field, limit: MessageID.maximumCount)))
        }
        return ids
    }

    private static func topic(_ reader: ProtobufReader) throws(ProtobufError) -> GossipSub.Topic? {
        var (reader, topic) = (reader, GossipSub.Topic?.none)
        while let field = try reader.next() {
            guard field.number == RPCField.topic else { continue }
            topic = GossipSub.Topic(try reader.bytes(of: field, limit: PubsubMessage.maximumTopic))
        }
        return topic
    }
}

extension RPC.Prune {
    fileprivate init(_ reader: ProtobufReader, _ budget: inout Budget) throws(ProtobufError) {
        var reader = reader
        self.init("")
        while let field = try reader.next() {
            switch field.number {
            case RPCField.topic: topic = GossipSub.Topic(try reader.bytes(of: field, limit: PubsubMessage.maximumTopic))
            case RPCField.prunePeers:
                guard peers.count < budget.prunePeers else {
                    throw .tooLong(field: field.number, limit: budget.prunePeers)
                }
                peers.append(try RPC.PeerInfo(reader.message(of: field)))
            case RPCField.pruneBackoff: backoff = try field.uint64
            default: break
            }
        }
    }
}

extension RPC.PeerInfo {
    fileprivate init(_ reader: ProtobufReader) throws(ProtobufError) {
        var reader = reader
        self.init([])
        while let field = try reader.next() {
            switch field.number {
            case RPCField.peerID: peer = try reader.bytes(of: field, limit: 64)
            case RPCField.peerRecord:
                record = try reader.bytes(of: field, limit: SignedEnvelope.maximumByteCount)
            default: break
            }
        }
    }
}

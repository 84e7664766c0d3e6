import Wire

/// The numbers of the fields.
enum RPCField {
    static let subscription = 1
    static let message = 2
    static let control = 3

    static let isSubscribing = 1
    static let subscribedTopic = 2

    static let iHave = 1
    static let iWant = 2
    static let graft = 3
    static let prune = 4
    static let iDontWant = 5

    static let topic = 1
    static let haveIDs = 2
    static let wantIDs = 1
    static let prunePeers = 2
    static let pruneBackoff = 3
    static let peerID = 1
    static let peerRecord = 2
}

extension RPC {
    /// The bytes behind their length, ready for a stream.
    public var frame: [UInt8] { LengthPrefix.frame(encoded) }

    /// The bytes.
    public var encoded: [UInt8] {
        var writer = ProtobufWriter()
        for subscription in subscriptions {
            writer.message(RPCField.subscription) { writer in
                writer.bool(RPCField.isSubscribing, subscription.isSubscribing)
                writer.bytes(RPCField.subscribedTopic, subscription.topic.bytes)
            }
        }
        for message in messages {
            writer.message(RPCField.message) { message.write(to: &$0) }
        }
        if !control.isEmpty {
            writer.message(RPCField.control) { control.write(to: &$0) }
        }
        return writer.bytes
    }
}

extension RPC.Control {
    fileprivate func write(to writer: inout ProtobufWriter) {
        for have in iHave {
            writer.message(RPCField.iHave) { writer in
                writer.bytes(RPCField.topic, have.topic.bytes)
                for id in have.ids { writer.bytes(RPCField.haveIDs, id.bytes) }
            }
        }
        for ids in iWant {
            writer.message(RPCField.iWant) { writer in
                for id in ids { writer.bytes(RPCField.wantIDs, id.bytes) }
            }
        }
        for topic in graft {
            writer.message(RPCField.graft) { $0.bytes(RPCField.topic, topic.bytes) }
        }
        for prune in prune {
            writer.message(RPCField.prune) { prune.write(to: &$0) }
        }
        for ids in iDontWant {
            writer.message(RPCField.iDontWant) { writer in
                for id in ids { writer.bytes(RPCField.wantIDs, id.bytes) }
            }
        }
    }
}

extension RPC.Prune {
    fileprivate func write(to writer: inout ProtobufWriter) {
        writer.bytes(RPCField.topic, topic.bytes)
        for peer in peers {
            writer.message(RPCField.prunePeers) { writer in
                writer.bytes(RPCField.peerID, peer.peer)
                if let record = peer.record { writer.bytes(RPCField.peerRecord, record) }
            }
        }
        if let backoff { writer.varint(RPCField.pruneBackoff, backoff) }
    }
}

import GossipSub
import Identity
import Presence
import Reactor

/// The commands about topics: pubsub as other libp2p programs speak it, without groups, names or encryption.
extension Command {
    static let topicSubscribe = Command(
        spec: CommandSpec(
            "topic.subscribe",
            "Subscribe to a topic: its messages arrive as topic.message events until the engine stops.",
            arguments: [TopicArguments.topic.required], answer: [Fields.topic.required, TopicFields.peers.required],
            errors: [.limitReached], example: #"{"cmd":"topic.subscribe","topic":"chat-room"}"#
        ).opposite("unsubscribe", "leave"),
        handler: .immediate { engine, call throws(CommandFailure) in try engine.topicSubscribe(call) })

    static let topicUnsubscribe = Command(
        spec: CommandSpec(
            "topic.unsubscribe", "Unsubscribe from a topic.", arguments: [TopicArguments.topic.required],
            answer: [Fields.topic.required], errors: [.topicUnknown],
            example: #"{"cmd":"topic.unsubscribe","topic":"chat-room"}"#
        ).opposite("subscribe"),
        handler: .immediate { engine, call throws(CommandFailure) in try engine.topicUnsubscribe(call) })

    static let topicPublish = Command(
        spec: CommandSpec(
            "topic.publish",
            "Publish a message to a topic, subscribed or not. Nothing is kept for peers that are offline.",
            arguments: [TopicArguments.topic.required, TopicArguments.text.spec, TopicArguments.data.spec],
            alternatives: [.exactlyOne("text", "data_b64")],
            answer: [Fields.topic.required, TopicFields.recipients.required], errors: [.topicEmpty, .limitReached],
            example: #"{"cmd":"topic.publish","topic":"chat-room","text":"hi"}"#
        ).unrepeatable,
        handler: .concurrent { engine, call throws(CommandFailure) in try await engine.topicPublish(call) })

    static let topicList = Command(
        spec: CommandSpec(
            "topic.list", "List the topics that this engine is subscribed to.",
            item: [Fields.topic.required, TopicFields.peers.required, TopicFields.meshCount.required],
            answer: [Fields.count.required], example: #"{"cmd":"topic.list"}"#),
        handler: .immediate { engine, call throws(CommandFailure) in engine.topicList(call) })

    static let topicPeers = Command(
        spec: CommandSpec(
            "topic.peers", "List the connected peers that are subscribed to a topic.",
            arguments: [TopicArguments.topic.required],
            item: [Fields.peer.required, Fields.alias, TopicFields.isInMesh.required, TopicFields.score.required],
            answer: [Fields.count.required], example: #"{"cmd":"topic.peers","topic":"chat-room"}"#),
        handler: .immediate { engine, call throws(CommandFailure) in try engine.topicPeers(call) })
}

enum TopicArguments {
    static let topic = Argument.string(Fields.topic)
    static let text = Argument.string(
        FieldSpec("text", .string(bytes: 1...65_536), "what to say", example: .string("hi")))
    static let data = Argument.base64(
        FieldSpec("data_b64", .base64(bytes: 1...65_536), "bytes, instead of text", example: .string("aGk=")))
}

enum TopicFields {
    static let peers = FieldSpec("peers", .count, "connected peers in the topic", example: .integer(3))
    static let recipients = FieldSpec("recipients", .count, "the number of peers it was sent to", example: .integer(3))
    static let meshCount = FieldSpec("mesh_count", .count, "how many of these are in our mesh", example: .integer(3))
    static let isInMesh = FieldSpec("is_in_mesh", .boolean, "whether it is in our mesh", example: .bool(true))
    static let score = FieldSpec("score", .number, "its score, earned by its behavior", example: .number(1.5))
    static let from = FieldSpec("from", .peer, "the author's peer id, proven by its signature")
    static let text = FieldSpec(
        "text", .string(bytes: 0...262_144), "the content, if it is text", example: .string("hi"))
    static let data = FieldSpec(
        "data_b64", .base64(bytes: 0...262_144), "the content, if it is not text", example: .string("//4="))
    static let eitherData = CommandSpec.Alternative.exactlyOne("text", "data_b64")
}

extension Engine {
    func topicSubscribe(_ call: Invocation) throws(CommandFailure) {
        let topic = try openTopic(call)
        do throws(GossipSubError) {
            try gossip.subscribe(topic) { [weak self] message, _, _ in
                self?.tell(message)
                if topic == Presence.foreignTopic { self?.presence.receiveForeign(message) }
                return .accept
            }
        } catch {
            throw CommandFailure(error)
        }
        topics.insert(topic)
        if topic == Presence.foreignTopic { presence.isInForeignTopic = true }
        call.ok { line in
            line.string(Fields.topic, topic.description)
            line.count(TopicFields.peers, gossip.peers(of: topic).count)
        }
    }

    /// The topic that a command names, unless it is one in which the engine itself speaks, and nobody else should.
    private func openTopic(_ call: Invocation) throws(CommandFailure) -> GossipSub.Topic {
        let topic = GossipSub.Topic(try call.value(TopicArguments.topic))
        guard topic != Presence.topic, topics.contains(topic) || !gossip.topics.contains(topic) else {
            throw CommandFailure(
                .argumentInvalid, "'\(topic.description.forMessage)' is a topic of the engine's own",
                field: Fields.topic.name)
        }
        return topic
    }

    private func tell(_ message: PubsubMessage) {
        let alias = message.author.flatMap { contacts[$0]?.alias }
        publish(Events.topicMessage) { line in
            line.string(Fields.topic, message.topic.description)
            line.contact(TopicFields.from, message.author, alias: alias)
            if !message.data.contains(0), let text = String(validating: message.data, as: UTF8.self) {
                line.string(TopicFields.text, text)
            } else {
                line.string(TopicFields.data, Base64.encode(message.data))
            }
        }
    }

    func topicUnsubscribe(_ call: Invocation) throws(CommandFailure) {
        let topic = GossipSub.Topic(try call.value(TopicArguments.topic))
        guard topics.remove(topic) != nil else {
            throw CommandFailure(
                .topicUnknown, "this engine is not in '\(topic.description.forMessage)'; topic.list lists its topics",
                field: Fields.topic.name)
        }
        gossip.unsubscribe(topic)
        if topic == Presence.foreignTopic { presence.isInForeignTopic = false }
        call.ok { $0.string(Fields.topic, topic.description) }
    }

    func topicPublish(_ call: Invocation) async throws(CommandFailure) {
        let topic = try openTopic(call)
        let data = call.optional(TopicArguments.text).map { Array($0.utf8) } ?? call.optional(TopicArguments.data) ?? []
        do throws(GossipSubError) {
            let receipt = try gossip.publish(data, to: topic)
            // Who writes faster than the network takes waits here, by the window of commands in flight.
            await gossip.room(within: .seconds(1))
            call.ok { line in
                line.string(Fields.topic, topic.description)
                line.count(TopicFields.recipients, receipt.recipients)
            }
        } catch {
            throw CommandFailure(error)
        }
    }

    func topicList(_ call: Invocation) {
        for topic in topics.sorted() {
            call.item { line in
                line.string(Fields.topic, topic.description)
                line.count(TopicFields.peers, gossip.peers(of: topic).count)
                line.count(TopicFields.meshCount, gossip.mesh(of: topic).count)
            }
        }
        call.ok { $0.count(Fields.count, topics.count) }
    }

    func topicPeers(_ call: Invocation) throws(CommandFailure) {
        let topic = GossipSub.Topic(try call.value(TopicArguments.topic))
        let (peers, mesh) = (gossip.peers(of: topic), Set(gossip.mesh(of: topic)))
        for peer in peers {
            call.item { line in
                line.contact(Fields.peer, peer, alias: contacts[peer]?.alias)
                line.bool(TopicFields.isInMesh, mesh.contains(peer))
                line.number(TopicFields.score, (gossip.score(of: peer) * 100).rounded() / 100)
            }
        }
        call.ok { $0.count(Fields.count, peers.count) }
    }
}

extension CommandFailure {
    /// What pubsub says.
    fileprivate init(_ error: GossipSubError) {
        switch error.code {
        case .noPeers: self.init(.topicEmpty, error.detail, field: Fields.topic.name)
        case .tooManyTopics, .tooLarge: self.init(.limitReached, error.detail)
        case .malformed, .invalidTopic, .duplicate: self.init(.argumentInvalid, error.detail, field: Fields.topic.name)
        }
    }
}

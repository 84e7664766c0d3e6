import Presence
import Wire

/// What peers tell of how they are.
enum PresenceFields {
    static let status = FieldSpec(
        "status", .choice(PresenceStatus.allCases.map(\.rawValue)), "the status of the peer; offline: it has left",
        example: .string("busy"))
    static let text = FieldSpec(
        "text", .string(bytes: 1...DisplayText.maximumText), "its status text: one line",
        example: .string("in a meeting"))
    static let nick = FieldSpec(
        "nick", .string(bytes: 1...DisplayText.maximumNick), "the peer's nickname; anybody can use any name",
        example: .string("Ada"))
    static let seen = FieldSpec("seen_time", .time, "when it was last heard from, by this engine's clock")
    static let ownStatus = FieldSpec(
        "status", .choice(PresenceStatus.choices.map(\.rawValue)), "how you are", example: .string("busy"))
    static let ownText = text.saying("a status text: one line; absent: none")
    static let ownNick = nick.saying("your nickname: the setting nick")
    static let present = FieldSpec("peers", .count, "peers that can see it", example: .integer(3)).measured

    /// What is told of a peer.
    static let profile = [Fields.peer.required, Fields.alias, status.required, text, nick]
}

enum PresenceArguments {
    static let status = Argument<PresenceStatus>(spec: PresenceFields.ownStatus) { value in
        value.stringValue.flatMap(PresenceStatus.init(rawValue:))
    }
    static let text = Argument.string(PresenceFields.ownText)
    static let onlyStatus = Argument<PresenceStatus>(
        spec: PresenceFields.status.saying("only peers with this status; absent: all that are online")
    ) { value in value.stringValue.flatMap(PresenceStatus.init(rawValue:)) }
}

extension LineWriter {
    /// What is told of a peer.
    mutating func presence(_ known: PeerPresence, alias: String?) {
        peer(Fields.peer, known.peer)
        string(Fields.alias, alias)
        string(PresenceFields.status, known.status.rawValue)
        string(PresenceFields.text, known.text)
        string(PresenceFields.nick, known.nick)
    }
}

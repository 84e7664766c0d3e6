import Wire

/// The fields that several lines share, each described once.
enum Fields {
    // Envelope
    static let type = FieldSpec("type", .text(64), "what the line is", example: .string("ok"))
    static let cmd = FieldSpec("cmd", .text(64), "the command", example: .string("net.ping"))
    static let id = FieldSpec(
        "id", .identifier, "echoed on every line that answers this command: up to 128 bytes, or below 2^53",
        example: .integer(7))
    static let key = FieldSpec(
        "key", .string(bytes: 1...128),
        "idempotency key, kept for seven days: the same key and content gets the first answer again",
        example: .string("backup-2026-11-21"))
    static let timeout = FieldSpec(
        "timeout", .duration(1...86_400_000), "give up waiting after this; the answer is the error timeout",
        example: .integer(5))

    // Errors
    static let code = FieldSpec(
        "code", .text(64), "the kind of error; stable", example: .string("peer.unreachable"))
    static let errorText = FieldSpec(
        "text", .text(4096), "what went wrong and what to do, for a person",
        example: .string("no address of peer 12D3KooW… is known")
    ).prose
    static let field = FieldSpec(
        "field", .text(64), "the argument that is to blame", example: .string("peer"))
    static let line = FieldSpec("line", .count, "the number of the line, from 1", example: .integer(3))
    static let retry = FieldSpec(
        "retry", .choice(ErrorSpec.Retry.allCases.map(\.rawValue)), "whether to try again")
    static let retryAfter = FieldSpec(
        "retry_after_ms", .count, "when the same command may succeed", unit: "ms", example: .integer(5900)
    ).measured
    static let candidates = FieldSpec(
        "candidates", .list(.text(256), count: 2...16), "what the name may have meant",
        example: .array([.string("bob"), .string("bonnie")]))
    static let expected = FieldSpec("expected", .peer, "the peer id that was asked for")
    static let actual = FieldSpec(
        "actual", .peer, "the peer id that the other side proved",
        example: .string("12D3KooWGC6TvWhfapngX6wvJHMYvKpDMXPb3ZnCZ6dMoaMtimQ5"))
    /// What an error tells of a change that was made, or may have been.
    static let standing = [
        message.saying("the message that the command had accepted, and that goes on its way"),
        state.saying("how far that message is"), done, key.saying("ask by this key whether it was done"),
    ]
    /// A change was made, or nobody knows.
    static let standings: [CommandSpec.Alternative] = [
        .atMostOne("message", "done"), .atMostOne("state", "done"), .atMostOne("message", "key"),
    ]
    static let scope = FieldSpec(
        "scope", .text(64), "where the limit holds",
        example: .string("system"))
    static let resource = FieldSpec(
        "resource", .text(64), "what ran out", example: .string("outbound connections"))
    static let limit = FieldSpec("limit", .count, "how much there may be", example: .integer(128))
    static let current = FieldSpec("current_count", .count, "how much there is", example: .integer(128)).measured
    static let pid = FieldSpec("pid", .count, "the process that has it open", example: .integer(4242)).measured

    static let done = FieldSpec(
        "done", .choice(["unknown"]),
        "the change was on its way to the disk: the same command with key tells whether it was made")

    // Peers
    static let peer = FieldSpec(
        "peer", .peer, "peer id", example: .string("12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo"))
    static let peerTarget = FieldSpec(
        "peer", .target, "peer id or alias of a contact", example: .string("bob"))
    static let alias = FieldSpec(
        "alias", .string(bytes: 1...64), "the name you gave the peer", example: .string("bob"))
    static let address = FieldSpec(
        "address", .multiaddr, "multiaddr", example: .string("/ip4/127.0.0.1/tcp/4001"))
    static let addresses = FieldSpec(
        "addresses", .list(.multiaddr, count: 0...64), "multiaddrs",
        example: .array([.string("/ip4/127.0.0.1/tcp/4001")]))
    static let connected = FieldSpec("connected", .boolean, "whether there is a connection now")
    static let path = FieldSpec("path", .choice(["direct"]), "how the peer is reached")
    static let direction = FieldSpec("direction", .choice(["inbound", "outbound"]), "who dialed")
    static let roundTrip = FieldSpec("rtt_ms", .number, "round-trip time", unit: "ms", example: .number(0.4)).measured
    static let agent = FieldSpec(
        "agent", .text(256), "the software the peer says it runs", example: .string("linnet/0.1.0")
    ).prose
    static let protocols = FieldSpec(
        "protocols", .list(.text(256), count: 0...256), "protocols the peer speaks",
        example: .array([.string("/ipfs/ping/1.0.0"), .string("/linnet/message/1.0.0")]))
    static let connections = FieldSpec("connections", .count, "open connections", example: .integer(2))

    // Lists
    static let count = FieldSpec("count", .count, "how many items were listed", example: .integer(2))
    static let pageSize = FieldSpec("limit", .integer(1...500), "how many at most", example: .integer(50))
    static let next = FieldSpec(
        "next", .text(128), "there is more: pass this as after", example: .string("bob"))
    static let after = FieldSpec(
        "after", .string(bytes: 1...128), "go on behind this one", example: .string("bob"))

    // Messages
    static let message = FieldSpec(
        "message", .messageID, "id of the message", example: .string("01JD0QF3M8X6ZV4T9K2B7N5C1R"))
    static let chat = FieldSpec(
        "chat", .target, "the conversation: for direct messages the other's peer id, for a group its #name",
        example: .string("12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo")
    ).renamed
    static let chatTarget = FieldSpec(
        "chat", .target, "the conversation: peer id, alias of a contact, #name or id of a group",
        example: .string("bob"))
    static let from = FieldSpec("from", .peer, "the author's peer id")
    static let text = FieldSpec("text", .string(bytes: 1...262_144), "the message", example: .string("hi"))
    static let body = FieldSpec(
        "body_b64", .base64(bytes: 1...65_536), "the message's bytes, instead of text", example: .string("aGk="))
    static let contentType = FieldSpec(
        "content_type", .string(bytes: 1...127), "media type of body_b64", example: .string("image/png"))
    static let replyTo = FieldSpec("reply_to", .messageID, "the message that this one answers")
    static let state = FieldSpec(
        "state", .choice(["accepted", "sent", "delivered", "read", "failed", "expired", "received"]),
        "how far the message is")
    static let reason = FieldSpec("reason", .text(256), "why", example: .string("unknown message format"))
    static let time = FieldSpec("time", .time, "when, by this engine's clock")
    static let sentTime = FieldSpec("sent_time", .time, "when it was written, by its author's clock")
    static let sequence = FieldSpec("seq", .count, "number of a durable event", example: .integer(42)).renamed

    // Topics
    static let topic = FieldSpec(
        "topic", .string(bytes: 1...1024), "any text; all who take part use the same", example: .string("chat-room"))

    // Engine
    static let version = FieldSpec("version", .text(64), "version of linnet", example: .string(LinnetVersion.current))
        .prose
    static let unsent = FieldSpec("unsent", .count, "messages that wait to be sent", example: .integer(0))
    static let undelivered = FieldSpec(
        "undelivered", .count, "messages that wait to be acknowledged", example: .integer(2))
}

/// Fields of the envelope of events, and of the engine's own events.
extension Fields {
    static let again = FieldSpec("again", .boolean, "the event may have been written before", example: .bool(true))
    static let droppedCount = FieldSpec(
        "count", .count, "how many ephemeral events were left out", example: .integer(12))
}

import Wire

/// The fields that several lines share, each described once.
enum Fields {
    // Envelope
    static let type = FieldSpec("type", .text(64), "what the line is", example: .string("ok"))
    static let cmd = FieldSpec("cmd", .text(64), "the command", example: .string("net.ping"))
    static let id = FieldSpec(
        "id", .identifier, "copied to every line that answers this command: up to 128 bytes, or an integer below 2^53",
        example: .integer(7))
    static let key = FieldSpec(
        "key", .string(bytes: 1...128),
        "idempotency key: within seven days, the same command with the same key is not executed again, but answered as before",
        example: .string("backup-2026-11-21"))
    static let timeout = FieldSpec(
        "timeout", .duration(1...86_400_000), "wait at most this long; then the answer is the error timeout",
        example: .integer(5))

    // Errors
    static let code = FieldSpec(
        "code", .text(64), "the kind of error; stable", example: .string("peer.unreachable"))
    static let errorText = FieldSpec(
        "text", .text(4096), "what went wrong and what to do, for a person",
        example: .string("no address of peer 12D3KooW… is known")
    ).prose
    static let field = FieldSpec(
        "field", .text(64), "the argument that caused the error", example: .string("peer"))
    static let line = FieldSpec("line", .count, "the line number, counted from 1", example: .integer(3))
    static let retry = FieldSpec(
        "retry", .choice(ErrorSpec.Retry.allCases.map(\.rawValue)), "whether to try again")
    static let retryAfter = FieldSpec(
        "retry_after_ms", .count, "when the same command can succeed", unit: "ms", example: .integer(5900)
    ).measured
    static let candidates = FieldSpec(
        "candidates", .list(.text(256), count: 2...16), "what the name could mean",
        example: .array([.string("bob"), .string("bonnie")]))
    static let expected = FieldSpec("expected", .peer, "the expected peer id")
    static let actual = FieldSpec(
        "actual", .peer, "the peer id that the other side has proven",
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
    static let obstacle = FieldSpec(
        "reason", .text(256), "why the message has not been delivered yet",
        example: .string("no address of the peer is known; add one with contact.update, or use --lan"))
    static let scope = FieldSpec(
        "scope", .text(64), "where the limit applies",
        example: .string("system"))
    static let resource = FieldSpec(
        "resource", .text(64), "what ran out", example: .string("outbound connections"))
    static let limit = FieldSpec("limit", .count, "how much is allowed", example: .integer(128))
    static let current = FieldSpec("current_count", .count, "how much is in use", example: .integer(128)).measured
    static let pid = FieldSpec("pid", .count, "the process that has the profile open", example: .integer(4242)).measured

    static let done = FieldSpec(
        "done", .choice(["unknown"]),
        "the change was on its way to the disk: the same command with key tells whether it was made")

    // Peers
    static let peer = FieldSpec(
        "peer", .peer, "peer id", example: .string("12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo"))
    static let peerTarget = FieldSpec(
        "peer", .target, "peer id or alias of a contact", example: .string("bob"))
    static let alias = FieldSpec(
        "alias", .string(bytes: 1...64), "your name for the peer", example: .string("bob"))
    static let address = FieldSpec(
        "address", .multiaddr, "multiaddr", example: .string("/ip4/127.0.0.1/tcp/4001"))
    static let addresses = FieldSpec(
        "addresses", .list(.multiaddr, count: 0...64), "multiaddrs",
        example: .array([.string("/ip4/127.0.0.1/tcp/4001")]))
    static let connected = FieldSpec("connected", .boolean, "whether the peer is connected")
    static let path = FieldSpec("path", .choice(["direct"]), "how the peer is reached")
    static let direction = FieldSpec("direction", .choice(["inbound", "outbound"]), "who dialed")
    static let roundTrip = FieldSpec("rtt_ms", .number, "round-trip time", unit: "ms", example: .number(0.4)).measured
    static let agent = FieldSpec(
        "agent", .text(256), "the software that the peer claims to run", example: .string("linnet/0.1.0")
    ).prose
    static let protocols = FieldSpec(
        "protocols", .list(.text(256), count: 0...256), "protocols the peer supports",
        example: .array([.string("/ipfs/ping/1.0.0"), .string("/linnet/message/1.0.0")]))
    static let connections = FieldSpec("connections", .count, "open connections", example: .integer(2))

    // Lists
    static let count = FieldSpec("count", .count, "how many items were listed", example: .integer(2))
    static let pageSize = FieldSpec("limit", .integer(1...500), "the maximum number of items", example: .integer(50))
    static let next = FieldSpec(
        "next", .text(128), "there are more: pass this as after", example: .string("bob"))
    static let after = FieldSpec(
        "after", .string(bytes: 1...128), "continue after this one", example: .string("bob"))

    // Messages
    static let message = FieldSpec(
        "message", .messageID, "the message's id", example: .string("01JD0QF3M8X6ZV4T9K2B7N5C1R"))
    static let chat = FieldSpec(
        "chat", .target, "the conversation: for direct messages the other peer's id, for a group its #name",
        example: .string("12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo")
    ).renamed
    static let chatTarget = FieldSpec(
        "chat", .target, "the conversation: peer id, alias of a contact, #name or id of a group",
        example: .string("bob"))
    static let from = FieldSpec("from", .peer, "the author's peer id")
    static let text = FieldSpec("text", .string(bytes: 1...262_144), "the message", example: .string("hi"))
    static let body = FieldSpec(
        "body_b64", .base64(bytes: 1...65_536), "the content as bytes, instead of text", example: .string("aGk="))
    static let contentType = FieldSpec(
        "content_type", .string(bytes: 1...127), "media type of body_b64", example: .string("image/png"))
    static let replyTo = FieldSpec("reply_to", .messageID, "the id of the message that this one answers")
    static let state = FieldSpec(
        "state", .choice(["accepted", "sent", "delivered", "read", "failed", "expired", "received"]),
        "the state of the message")
    static let reason = FieldSpec("reason", .text(256), "why", example: .string("unknown message format"))
    static let time = FieldSpec("time", .time, "when, by this engine's clock")
    static let sentTime = FieldSpec("sent_time", .time, "when it was written, by its author's clock")
    static let sequence = FieldSpec("seq", .count, "number of a durable event", example: .integer(42)).renamed

    // Topics
    static let topic = FieldSpec(
        "topic", .string(bytes: 1...1024), "any text; everybody who takes part uses the same",
        example: .string("chat-room"))

    // Engine
    static let version = FieldSpec("version", .text(64), "version of linnet", example: .string(LinnetVersion.current))
        .prose
    static let unsent = FieldSpec("unsent", .count, "messages that have not been sent yet", example: .integer(0))
    static let undelivered = FieldSpec(
        "undelivered", .count, "messages that have not been delivered yet", example: .integer(2))
}

/// Fields of the envelope of events, and of the engine's own events.
extension Fields {
    static let again = FieldSpec(
        "again", .boolean, "this reader may have been given the event before", example: .bool(true))
    static let droppedCount = FieldSpec(
        "count", .count, "how many ephemeral events were dropped", example: .integer(12))
}

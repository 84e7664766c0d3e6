import Identity
import Messaging
import Multiformats

/// The arguments of commands with the types that handlers get them in.
enum Arguments {
    static let command = Argument.string(
        FieldSpec(
            "command", .string(bytes: 1...64), "the command to explain, or a family to list, such as group",
            example: .string("net.ping")))
    static let drain = Argument.duration(
        FieldSpec(
            "drain", .duration(0...86_400_000),
            "how long to keep sending pending messages; if absent, as set by --drain",
            example: .string("2s")))
    static let address = Argument.multiaddr(Fields.address)
    static let addresses = Argument.multiaddrs(Fields.addresses)
    static let peer = Argument.string(Fields.peerTarget)
    static let peerID = Argument.peer(Fields.peer)
    static let alias = Argument.string(Fields.alias)
    static let pingCount = Argument.integer(
        FieldSpec("count", .integer(1...100), "the number of pings", example: .integer(3)))
    static let pingInterval = Argument.duration(
        FieldSpec(
            "interval", .duration(0...60_000), "the time between two pings",
            example: .string("1s")))
    static let upload = Argument.integer(
        FieldSpec("upload", .integer(0...(1 << 40)), "how much to send", unit: "bytes", example: .integer(100_000_000)))
    static let download = Argument.integer(
        FieldSpec(
            "download", .integer(0...(1 << 40)), "how much to receive", unit: "bytes", example: .integer(100_000_000)))
    static let onlyConnected = Argument.boolean(
        FieldSpec(
            "connected", .boolean, "true: only peers with a connection; false: only those without",
            example: .bool(true)))
    static let limit = Argument.integer(Fields.pageSize)
    static let after = Argument.string(Fields.after)
    static let to = Argument.string(
        FieldSpec(
            "to", .target, "the recipient: peer id, alias of a contact, #name or id of a group", example: .string("bob")
        ))
    static let text = Argument.string(Fields.text)
    static let body = Argument.base64(Fields.body)
    static let contentType = Argument.string(Fields.contentType)
    static let wait = Argument.string(
        FieldSpec(
            "wait", .choice(["accepted", "sent", "delivered"]),
            "when to answer: once the message is on disk here, handed to a connection, or stored by the peer; a group "
                + "cannot report the last",
            example: .string("delivered")))
    static let replyTo = Argument.messageID(Fields.replyTo)
    static let isBot = Argument.boolean(
        FieldSpec(
            "is_bot", .boolean, "whether a program says it; if absent, what the setting bot says",
            example: .bool(true)))
    static let mentions = Argument.strings(
        FieldSpec(
            "mentions", .list(.target, count: 1...32), "in a group: the peers it mentions",
            example: .array([.string("bob")])))
    static let expiresIn = Argument.duration(
        FieldSpec(
            "expires_in", .duration(1000...604_800_000), "give up delivery after this time",
            example: .string("24h")))
    static let chat = Argument.string(Fields.chatTarget)
    static let afterMessage = Argument.messageID(FieldSpec("after", .messageID, "those after this message"))
    static let beforeMessage = Argument.messageID(FieldSpec("before", .messageID, "list the messages before this one"))
    static let message = Argument.messageID(Fields.message)
    static let author = Argument.string(
        FieldSpec("from", .target, "its author, in case several messages have the same id", example: .string("bob")))
}

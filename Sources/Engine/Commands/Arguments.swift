import Identity
import Messaging
import Multiformats

/// The arguments of commands with the types that handlers get them in.
enum Arguments {
    static let command = Argument.string(
        FieldSpec("command", .string(bytes: 1...64), "the command to explain", example: .string("net.ping")))
    static let drain = Argument.duration(
        FieldSpec(
            "drain", .duration(0...86_400_000), "how long to go on sending what waits; if absent, as --drain says",
            example: .string("2s")))
    static let address = Argument.multiaddr(Fields.address)
    static let addresses = Argument.multiaddrs(Fields.addresses)
    static let peer = Argument.string(Fields.peerTarget)
    static let peerID = Argument.peer(Fields.peer)
    static let alias = Argument.string(Fields.alias)
    static let pingCount = Argument.integer(
        FieldSpec("count", .integer(1...100), "how many pings", example: .integer(3)))
    static let pingInterval = Argument.duration(
        FieldSpec(
            "interval", .duration(0...60_000), "how long to wait between two pings",
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
            "to", .target, "whom: peer id, alias of a contact, #name or id of a group", example: .string("bob")))
    static let text = Argument.string(Fields.text)
    static let body = Argument.base64(Fields.body)
    static let contentType = Argument.string(Fields.contentType)
    static let wait = Argument.string(
        FieldSpec(
            "wait", .choice(["accepted", "sent", "delivered"]),
            "answer when the message is on this disk, handed to the connection, or stored by the peer; in a group the last "
                + "cannot be known",
            example: .string("delivered")))
    static let replyTo = Argument.messageID(Fields.replyTo)
    static let isBot = Argument.boolean(
        FieldSpec(
            "is_bot", .boolean, "whether a program says it; if absent, what the setting bot says",
            example: .bool(true)))
    static let mentions = Argument.strings(
        FieldSpec(
            "mentions", .list(.target, count: 1...32), "in a group: whom it concerns",
            example: .array([.string("bob")])))
    static let expiresIn = Argument.duration(
        FieldSpec(
            "expires_in", .duration(1000...604_800_000), "give up delivering after this",
            example: .string("24h")))
    static let chat = Argument.string(Fields.chatTarget)
    static let afterMessage = Argument.messageID(FieldSpec("after", .messageID, "those after this message"))
    static let beforeMessage = Argument.messageID(FieldSpec("before", .messageID, "those before this message"))
    static let message = Argument.messageID(Fields.message)
    static let author = Argument.string(
        FieldSpec("from", .target, "its author, where several messages have the same id", example: .string("bob")))
}

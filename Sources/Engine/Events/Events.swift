/// Every event and every line of the session's life, declared once.
enum Events {
    // Life
    static let started = EventSpec(
        "started", .lifecycle, "The engine is running. Always the first line.",
        fields: [
            Fields.peer.required, LifeFields.language.required, Fields.version.required,
            Fields.addresses.measured.required,
            StatusFields.profile.required, LifeFields.account.required, LifeFields.limits.required,
            Fields.sequence.required,
        ])
    static let locked = EventSpec(
        "locked", .lifecycle,
        "The account is locked until account.unlock. The first line, in place of started, which follows once it is unlocked.",
        fields: [
            Fields.peer, LifeFields.language.required, Fields.version.required, StatusFields.profile.required,
            LifeFields.lockReason.required, LifeFields.limits.required,
        ])
    static let stopped = EventSpec(
        "stopped", .lifecycle, "The engine has stopped. Always the last line.",
        fields: [LifeFields.reason.required, Fields.unsent.required, Fields.undelivered.required])

    // Messages
    static let message = EventSpec(
        "message", .durable, "A message was received. It has been stored, and its author has been told so.",
        fields: MessageFields.message, alternatives: [MessageFields.eitherBody])
    static let messageSent = EventSpec(
        "message.sent", .durable, "A message was handed to a connection to its peer.", fields: outgoing)
    static let messageDelivered = EventSpec(
        "message.delivered", .durable, "A message was stored by its peer.", fields: outgoing)
    static let messageFailed = EventSpec(
        "message.failed", .durable, "A message was rejected by its peer.", fields: outgoing + [Fields.reason.required])
    static let messageExpired = EventSpec(
        "message.expired", .durable, "A message could not be delivered in time.", fields: outgoing)
    static let messageRead = EventSpec(
        "message.read", .durable, "Messages of a conversation were marked as read here.",
        fields: [Fields.message, Fields.chat.required, MessageFields.readCount.required])
    private static let outgoing = [
        Fields.message.required, Fields.chat.required, GroupFields.id, Fields.peer.required, Fields.alias,
    ]

    // Contacts
    static let contactChanged = EventSpec(
        "contact.changed", .durable, "A contact was added, changed or removed.",
        fields: [Fields.peer.required, Fields.alias.required, LifeFields.change.required])

    // The account
    static let accountChanged = EventSpec(
        "account.changed", .durable,
        "The account was renamed, or its passphrase was set, changed or removed. Changes made while the account is "
            + "locked are reported once it is unlocked.",
        fields: [
            Fields.peer.required, LifeFields.account.required, AccountFields.isProtected.required,
            AccountFields.change.required,
        ])

    // The program under --exec
    static let programEnded = EventSpec(
        "program.ended", .durable, "The program run by --exec has exited.",
        fields: [ProgramFields.status.required, ProgramFields.restart])

    // Peers and the network
    static let peerConnected = EventSpec(
        "peer.connected", .ephemeral, "The first connection to a peer was opened.",
        fields: [
            Fields.peer.required, Fields.alias, Fields.direction.required, Fields.path.required,
            Fields.address.required,
        ])
    static let peerDisconnected = EventSpec(
        "peer.disconnected", .ephemeral, "The last connection to a peer was closed.",
        fields: [Fields.peer.required, Fields.alias])
    static let peerUpdated = EventSpec(
        "peer.updated", .ephemeral, "A peer has described itself, for the first time or anew.",
        fields: [
            Fields.peer.required, Fields.alias, Fields.agent, Fields.protocols.required, Fields.addresses.required,
        ] + DiscoveryFields.profile + [DiscoveryFields.source, DiscoveryFields.interface])
    static let peerDiscovered = EventSpec(
        "peer.discovered", .ephemeral, "A peer was found on the local network. Its identity has not been proven yet.",
        fields: DiscoveryFields.found, isIncidental: true)
    static let peerExpired = EventSpec(
        "peer.expired", .ephemeral, "A peer has left the local network, or has not been heard from for too long.",
        fields: DiscoveryFields.found, isIncidental: true)
    static let netListening = EventSpec(
        "net.listening", .ephemeral, "The addresses that the engine listens on have changed.",
        fields: [Fields.addresses.measured.required])
    static let presence = EventSpec(
        "presence", .ephemeral, "A peer came online, changed its status, or went offline.",
        fields: PresenceFields.profile)
    static let topicMessage = EventSpec(
        "topic.message", .ephemeral, "A message was published to a topic that this engine is subscribed to.",
        fields: [Fields.topic.required, TopicFields.from, Fields.alias, TopicFields.text, TopicFields.data],
        alternatives: [TopicFields.eitherData])
    static let warning = EventSpec(
        "warning", .ephemeral, "Something needs attention.",
        fields: [
            Fields.code.required, Fields.errorText.required, Fields.peer, Fields.alias, Fields.address, Fields.actual,
        ])
    static let dropped = EventSpec(
        "dropped", .ephemeral, "Ephemeral events were dropped because the reader was slow.",
        fields: [Fields.droppedCount.required], isIncidental: true)
    static let gap = EventSpec(
        "gap", .ephemeral, "Durable events that the reader has not received are no longer kept.",
        fields: [EventFields.from.required, EventFields.to.required])

    /// All of them, in the order of the manual.
    static let all: [EventSpec] =
        [
            started, locked, stopped, message, messageSent, messageDelivered, messageFailed, messageExpired,
            messageRead,
            contactChanged,
        ] + ofGroups + [
            accountChanged, programEnded, peerConnected, peerDisconnected, peerUpdated, peerDiscovered, peerExpired,
            netListening, presence, topicMessage, warning,
            dropped, gap,
        ]
}

/// What happened to a contact.
enum ContactChange: String, CaseIterable {
    case added
    case updated
    case removed
}

enum ProgramFields {
    static let status = FieldSpec(
        "status", .integer(-1...255), "its exit status; 128 and above for a signal", example: .integer(0))
    static let restart = FieldSpec(
        "restart_ms", .count, "when it will be started again; absent if it will not", unit: "ms",
        example: .integer(1000)
    ).measured
}

enum LifeFields {
    static let language = FieldSpec("protocol", .count, "version of the line language", example: .integer(1))
    static let account = FieldSpec(
        "account", .text(64), "name of the account; that of the profile, if it has none", example: .string("work")
    ).measured
    static let lockReason = FieldSpec(
        "reason", .choice(LockReason.allCases.map(\.rawValue)), "the reason; missing: there is no account yet",
        example: .string("start"))
    static let limits = FieldSpec("limits", .object([line.required, inFlight.required]), "limits of the input")
    static let line = FieldSpec(
        "line", .count, "the longest line", unit: "bytes", example: .integer(1_048_576))
    static let inFlight = FieldSpec(
        "in_flight", .count, "how many commands may be unanswered at a time", example: .integer(64))
    static let reason = FieldSpec("reason", .choice(["eof", "signal", "command", "error"]), "why")
    static let change = FieldSpec(
        "change", .choice(ContactChange.allCases.map(\.rawValue)), "what happened to the contact")
}

/// Every error code of the language, with what it means for the one who reads it.
extension ErrorSpec {
    // Lines
    static let jsonInvalid = ErrorSpec(
        "json.invalid", retry: .never, exit: .badData,
        "The line is not one JSON object in valid UTF-8 (RFC 8259), or it has a duplicate key, a lone surrogate, "
            + "U+0000, or more than 32 levels.")
    static let lineTooLong = ErrorSpec(
        "line.too_long", retry: .never, exit: .badData,
        "The line has more than 1 MiB; it was skipped up to its end.")

    // Commands and arguments
    static let commandUnknown = ErrorSpec(
        "command.unknown", retry: .never, exit: .usage, "There is no such command.")
    static let argumentMissing = ErrorSpec(
        "argument.missing", retry: .never, exit: .usage, "A required field is not there.")
    static let argumentUnknown = ErrorSpec(
        "argument.unknown", retry: .never, exit: .usage, "The command has no such field.")
    static let argumentInvalid = ErrorSpec(
        "argument.invalid", retry: .never, exit: .usage,
        "A field has the wrong type, or its value is out of range.")

    // Targets
    static let targetUnknown = ErrorSpec(
        "target.unknown", retry: .never, exit: .commandFailed, "Nothing is known by that name.")
    static let targetAmbiguous = ErrorSpec(
        "target.ambiguous", retry: .never, exit: .usage, "The name fits more than one.",
        details: [Fields.candidates.required])
    static let targetSelf = ErrorSpec(
        "target.self", retry: .never, exit: .usage, "The target is this engine itself.")
    static let aliasTaken = ErrorSpec(
        "alias.taken", retry: .never, exit: .commandFailed, "Another contact has that alias.",
        details: [Fields.peer.required])
    static let contactExists = ErrorSpec(
        "contact.exists", retry: .never, exit: .commandFailed, "That peer is a contact already.",
        details: [Fields.alias.required])
    static let messageUnknown = ErrorSpec(
        "message.unknown", retry: .never, exit: .commandFailed, "There is no message with that id.")

    // Network
    static let peerUnreachable = ErrorSpec(
        "peer.unreachable", retry: .later, exit: .network,
        "No address of the peer answered, or none is known; the text says what each one said.")
    static let peerWrongID = ErrorSpec(
        "peer.wrong_id", retry: .never, exit: .untrusted,
        "Somebody else answered at that address: the peer there proved another id.",
        details: [Fields.expected.required, Fields.actual.required])
    static let peerUnsupported = ErrorSpec(
        "peer.unsupported", retry: .never, exit: .network, "The peer does not speak the protocol this needs.")
    static let peerNotConnected = ErrorSpec(
        "peer.not_connected", retry: .never, exit: .network, "There is no connection to that peer.")
    static let connectionLost = ErrorSpec(
        "connection.lost", retry: .later, exit: .network, "The connection ended while the command ran.")
    static let addressInvalid = ErrorSpec(
        "address.unusable", retry: .never, exit: .usage,
        "The address is well formed, but this engine cannot dial it or listen on it.")
    static let addressInUse = ErrorSpec(
        "address.in_use", retry: .later, exit: .network, "Another program listens on that address.")
    static let limitReached = ErrorSpec(
        "limit.reached", retry: .later, exit: .rateLimited, "A resource limit of this engine said no.",
        details: [Fields.scope, Fields.resource, Fields.limit, Fields.current])
    static let networkFailed = ErrorSpec(
        "network.failed", retry: .later, exit: .network, "The network or the peer broke off; the text says how.")

    // Messages
    static let messageFailed = ErrorSpec(
        "message.failed", retry: .never, exit: .commandFailed, "The peer refused the message for good.",
        details: [Fields.messageID])
    static let messageExpired = ErrorSpec(
        "message.expired", retry: .never, exit: .commandFailed, "The message could not be delivered in time.",
        details: [Fields.messageID])
    // Time and life
    static let timeout = ErrorSpec(
        "timeout", retry: .later, exit: .timedOut, "The command took longer than it was given.",
        details: [Fields.messageID])
    static let engineStopping = ErrorSpec(
        "engine.stopping", retry: .later, exit: .commandFailed, "The engine stopped before the command was done.",
        details: [Fields.messageID])
    static let internalError = ErrorSpec(
        "internal", retry: .never, exit: .internal, "A mistake in linnet itself. Please report it.")

    // Profile and store
    static let profileInUse = ErrorSpec(
        "profile.in_use", retry: .later, exit: .profileInUse, "Another engine has the profile open.",
        details: [Fields.pid])
    static let profileInvalid = ErrorSpec(
        "profile.invalid", retry: .never, exit: .configuration,
        "The profile's directory or key cannot be used; the text says why.")
    static let storeFull = ErrorSpec(
        "store.full", retry: .later, exit: .storage, "The disk is full; nothing was changed.")
    static let storeCorrupt = ErrorSpec(
        "store.corrupt", retry: .never, exit: .storage, "The database is damaged.")
    static let storeNewer = ErrorSpec(
        "store.newer", retry: .never, exit: .storage, "The database was written by a newer linnet.")
    static let storeLocked = ErrorSpec(
        "store.locked", retry: .later, exit: .storage, "Another program holds the database.")
    static let storeFailed = ErrorSpec(
        "store.failed", retry: .later, exit: .storage, "The store failed; the text says how.")

    /// The whole table.
    public static let all: [ErrorSpec] = [
        jsonInvalid, lineTooLong, commandUnknown, argumentMissing, argumentUnknown, argumentInvalid, targetUnknown,
        targetAmbiguous, targetSelf, aliasTaken, contactExists, messageUnknown, peerUnreachable, peerWrongID,
        peerUnsupported, peerNotConnected, connectionLost, addressInvalid, addressInUse, limitReached, networkFailed,
        messageFailed, messageExpired, timeout, engineStopping, internalError, profileInUse,
        profileInvalid, storeFull, storeCorrupt, storeNewer, storeLocked, storeFailed,
    ]
}

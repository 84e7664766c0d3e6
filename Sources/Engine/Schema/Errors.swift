/// Every error code of the language, with what it means for the one who reads it.
extension ErrorSpec {
    // Lines
    static let jsonInvalid = ErrorSpec(
        "json.invalid", retry: .never, exit: .badData,
        "The line is not one JSON object in valid UTF-8 (RFC 8259), or it has a duplicate key, a lone surrogate, "
            + "U+0000, or more than 32 levels.",
        remedy: "Write lines with a JSON library, one object each. The line was skipped; the next one is read.",
        example: .plain(#"the line is JSON, but no object; try {"cmd":"help"}"#))
    static let lineTooLong = ErrorSpec(
        "line.too_long", retry: .never, exit: .badData,
        "The line is longer than 1 MiB and was skipped.",
        remedy: "Send less in one line. A character that is written as an escape takes up to six bytes.",
        example: .plain("the line has more than 1048576 bytes; it was skipped"))

    /// Input that cannot be read to its end.
    public static let inputFailed = ErrorSpec(
        "input.failed", retry: .never, exit: .storage,
        "Standard input, or a file in its place, could not be read to its end.",
        remedy: "Give it something that can be read. What was read before is being done; the last line, if it was "
            + "incomplete, is not.",
        example: .plain("cannot read stdin: Is a directory"))

    // Commands and arguments
    static let commandUnknown = ErrorSpec(
        "command.unknown", retry: .never, exit: .usage, "There is no such command.",
        remedy: "Use the suggestion in text, or list the commands with help.",
        example: .of("mesage.send", "cmd", "no command 'mesage.send'; did you mean 'message.send'?"))
    static let argumentMissing = ErrorSpec(
        "argument.missing", retry: .never, exit: .usage, "A required field is missing.",
        remedy: "Add the field named in field.",
        example: .of("contact.add", "alias", "contact.add needs 'alias': the name you gave the peer"))
    static let argumentUnknown = ErrorSpec(
        "argument.unknown", retry: .never, exit: .usage, "The command has no such field.",
        remedy: "Use the suggestion in text, or list the fields with help.",
        example: .of("net.ping", "per", "net.ping has no field 'per'; did you mean 'peer'?"))
    /// A field that makes no sense, also where it is read from a file for the command line.
    public static let argumentInvalid = ErrorSpec(
        "argument.invalid", retry: .never, exit: .usage,
        "A field has the wrong type, or its value is out of range.",
        remedy: "Correct the field named in field, as text says.",
        example: .of("net.ping", "count", "'count' must be in 1...100"))
    static let keyConflict = ErrorSpec(
        "key.conflict", retry: .never, exit: .usage,
        "The idempotency key was used with a different command within the last seven days.",
        remedy: "Use a new key for a new command. The same key is only for repeating the same command.",
        example: .of("message.send", "key", "the key 'order-17' was used with a different command; use a new one"))

    // Targets
    static let targetUnknown = ErrorSpec(
        "target.unknown", retry: .never, exit: .usage, "There is no such target.",
        remedy: "Use a peer id, or add the peer with contact.add first.",
        example: .of("message.send", "to", "'bbo' is no peer id and no contact's alias; did you mean 'bob'?"))
    static let targetAmbiguous = ErrorSpec(
        "target.ambiguous", retry: .never, exit: .usage, "The name could mean more than one target.",
        remedy: "Use one of candidates.",
        example: .of("message.send", "to", "'bo' may be bob, bonnie; write the whole alias"),
        details: [Fields.candidates.required])
    static let targetSelf = ErrorSpec(
        "target.self", retry: .never, exit: .usage, "The target is this engine itself.",
        remedy: "Name another peer.", example: .of("message.send", "to", "'self' is this engine itself"))
    static let aliasTaken = ErrorSpec(
        "alias.taken", retry: .never, exit: .commandFailed, "Another contact has that alias.",
        remedy: "Choose another alias, or rename the holder with contact.update.",
        example: .of(
            "contact.add", "alias", "'bob' is the alias of 12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo"),
        details: [Fields.peer.required, Fields.alias])
    static let contactExists = ErrorSpec(
        "contact.exists", retry: .never, exit: .commandFailed, "That peer is already a contact.",
        remedy: "Change it with contact.update.",
        example: .of("contact.add", "peer", "that peer is the contact 'bob'; use contact.update"),
        details: [Fields.alias.required])
    static let messageUnknown = ErrorSpec(
        "message.unknown", retry: .never, exit: .usage, "There is no message with that id.",
        remedy: "Look it up with message.list.",
        example: .of("message.show", "message", "there is no message 01JD0QF3M8X6ZV4T9K2B7N5C1R"))

    // Network
    static let peerUnreachable = ErrorSpec(
        "peer.unreachable", retry: .later, exit: .network,
        "No address of the peer answered, or none is known; text says what happened at each.",
        remedy:
            "Make sure it is running, and connect to its address once. Accepted messages are retried automatically.",
        example: .of("net.connect", "address", "/ip4/127.0.0.1/tcp/4001 could not be dialed: connection refused"))
    static let peerBackoff = ErrorSpec(
        "peer.backoff", retry: .after, exit: .network,
        "Every address of the peer has just failed, and none is tried again yet.",
        remedy: "Wait for retry_after_ms, or give an address to net.connect, which tries it immediately. "
            + "Accepted messages are retried automatically.",
        example: .of(
            "net.connect", "peer",
            "peer 12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo could not be dialed: "
                + "/ip4/127.0.0.1/tcp/4001: failed lately, is left alone for another 5.9 s"),
        details: [Fields.retryAfter.required])
    static let peerWrongID = ErrorSpec(
        "peer.wrong_id", retry: .never, exit: .untrusted,
        "A different peer answered at that address.",
        remedy: "Before you trust the new peer id, ask its owner over another channel.",
        example: .of(
            "net.connect", "address",
            "/ip4/127.0.0.1/tcp/4001 is peer 12D3KooWGC6TvWhfapngX6wvJHMYvKpDMXPb3ZnCZ6dMoaMtimQ5, expected "
                + "12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo"),
        details: [Fields.expected.required, Fields.actual.required])
    static let peerUnsupported = ErrorSpec(
        "peer.unsupported", retry: .never, exit: .network,
        "The peer does not support the protocol that this command needs.",
        remedy: "List the protocols it supports with peer.show.",
        example: .of("net.perf", "peer", "the peer speaks none of: /perf/1.0.0"))
    static let peerNotConnected = ErrorSpec(
        "peer.not_connected", retry: .never, exit: .network, "There is no connection to that peer.",
        remedy: "Nothing needs to be done; net.connect opens a connection.",
        example: .of(
            "net.disconnect", "peer", "there is no connection to 12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo"))
    static let topicUnknown = ErrorSpec(
        "topic.unknown", retry: .never, exit: .usage, "This engine is not in that topic.",
        remedy: "List the topics with topic.list.",
        example: .of("topic.unsubscribe", "topic", "this engine is not in 'chat-rom'; topic.list lists its topics"))
    static let topicEmpty = ErrorSpec(
        "topic.empty", retry: .later, exit: .network, "No connected peer is in that topic; nothing was sent.",
        remedy: "Connect to a peer that is, and try again; topic.peers lists them.",
        example: .of("topic.publish", "topic", "no peer of the topic is connected"))
    static let connectionLost = ErrorSpec(
        "connection.lost", retry: .later, exit: .network, "The connection was lost while the command was running.",
        remedy: "Try again.", example: .of("net.ping", "peer", "the connection has ended"))
    static let addressInvalid = ErrorSpec(
        "address.unusable", retry: .never, exit: .usage,
        "The address is well formed, but this engine can neither connect to it nor listen on it.",
        remedy: "Use the form /ip4/ADDRESS/tcp/PORT or /ip6/ADDRESS/tcp/PORT.",
        example: .of("net.connect", "address", "no transport dials /ip4/127.0.0.1/udp/4001"))
    /// Somebody else has the address, or the socket.
    public static let addressInUse = ErrorSpec(
        "address.in_use", retry: .later, exit: .network, "Another program is listening on that address.",
        remedy: "Choose another port, or 0 for any free port.",
        example: .of("net.listen", "address", "/ip4/127.0.0.1/tcp/4001: address already in use"))
    static let limitReached = ErrorSpec(
        "limit.reached", retry: .later, exit: .rateLimited, "A resource limit of this engine was reached.",
        remedy: "Wait until less is in use; status shows how much is.",
        example: .of(
            "net.connect", "address",
            "resource limit exceeded: scope system allows 128 outbound connections, 128 in use"),
        details: [Fields.scope, Fields.resource, Fields.limit, Fields.current])
    static let networkFailed = ErrorSpec(
        "network.failed", retry: .later, exit: .network, "The network or the peer failed; text says how.",
        remedy: "Try again; if it persists, look at the log with --log debug.",
        example: .of("net.ping", "peer", "the peer acknowledges no stream"))

    // Messages
    static let messageFailed = ErrorSpec(
        "message.failed", retry: .never, exit: .commandFailed, "The peer rejected the message.",
        remedy: "message.show shows the reason.",
        example: .of("message.send", "the peer refused message 01JD0QF3M8X6ZV4T9K2B7N5C1R"),
        details: [Fields.message, Fields.state])
    static let messageExpired = ErrorSpec(
        "message.expired", retry: .never, exit: .commandFailed, "The message could not be delivered in time.",
        remedy: "Send it again when the peer is online, or with a longer expires_in.",
        example: .of("message.send", "message 01JD0QF3M8X6ZV4T9K2B7N5C1R could not be delivered in time"),
        details: [Fields.message, Fields.state])

    // Events
    static let consumerUnknown = ErrorSpec(
        "consumer.unknown", retry: .never, exit: .usage, "There is no consumer with that name.",
        remedy: "Correct the name, or subscribe with it first: events.subscribe creates consumers.",
        example: .of("events.ack", "consumer", "there is no consumer 'bto'; events.subscribe creates one"))
    static let cursorBackward = ErrorSpec(
        "cursor.backward", retry: .never, exit: .commandFailed,
        "The consumer has already acknowledged a later event, seq.",
        remedy: "Nothing needs to be done: the event is acknowledged.",
        example: .of("events.ack", "seq", "'bot' has already acknowledged 42"),
        details: [Fields.sequence.required])
    static let cursorBeyond = ErrorSpec(
        "cursor.beyond", retry: .never, exit: .commandFailed,
        "There is no event with that number yet; the last one is seq.",
        remedy: "Use a seq that an engine with this profile has written.",
        example: .of("events.ack", "seq", "there is no event 99 yet; the last is 42"),
        details: [Fields.sequence.required])

    // Time and life
    /// Time ran out before the answer came.
    public static let timeout = ErrorSpec(
        "timeout", retry: .later, exit: .timedOut, "The command took longer than its time limit.",
        remedy: "Give it more time. \(Self.standingRemedy)",
        example: .of("message.send", "timeout", "no answer after 5000 ms"), details: [Fields.obstacle] + Fields.standing
    )
    static let engineStopping = ErrorSpec(
        "engine.stopping", retry: .later, exit: .commandFailed, "The engine stopped before the command was done.",
        remedy: "Start it again. \(Self.standingRemedy)",
        example: .of("message.send", "the engine stopped before the command was done"), details: Fields.standing)

    /// What an error says that may come after something was done.
    private static let standingRemedy =
        "Where message is there, the message is accepted and will go on being tried: do not send it again. Where done "
        + "is unknown, give the same command once more with key: it is done once. Without either, nothing was done."

    static let internalError = ErrorSpec(
        "internal", retry: .never, exit: .internal, "A bug in linnet.",
        remedy: "Please report it, with the line that caused it.",
        example: .of("message.send", "message.send ended without an answer"))

    // Account
    static let accountLocked = ErrorSpec(
        "account.locked", retry: .unlock, exit: .noPermission,
        "The account is locked: its keys and its database are not available.",
        remedy: "Unlock it with account.unlock, or start with --secret-fd. \(Self.standingRemedy)",
        example: .of("status", "the account is locked; unlock it with account.unlock or --secret-fd"),
        details: Fields.standing)
    static let passphraseWrong = ErrorSpec(
        "account.passphrase_wrong", retry: .after, exit: .noPermission, "The passphrase is wrong.",
        remedy: "Try again after retry_after_ms. Nobody is locked out permanently.",
        example: .of("account.unlock", "passphrase", "the passphrase is wrong"),
        details: [Fields.retryAfter.required])
    static let rateLimited = ErrorSpec(
        "rate.limited", retry: .after, exit: .rateLimited, "Too many attempts in too short a time.",
        remedy: "Wait for retry_after_ms.",
        example: .of("account.unlock", "after a wrong passphrase, the next attempt is possible in 4000 ms"),
        details: [Fields.retryAfter.required])
    static let accountMissing = ErrorSpec(
        "account.missing", retry: .never, exit: .commandFailed, "There is no account in the profile.",
        remedy: "Create one with account.create, or import one with account.import.",
        example: .of("account.unlock", "there is no account in this profile yet"))
    static let accountExists = ErrorSpec(
        "account.exists", retry: .never, exit: .commandFailed, "That profile already has an account.",
        remedy: "Name another profile.",
        example: .of("account.create", "profile", "the profile 'default' has an account; name another profile"))
    static let accountUnprotected = ErrorSpec(
        "account.unprotected", retry: .never, exit: .commandFailed,
        "The account has no passphrase, so it cannot be locked.",
        remedy: "Set one with account.password.",
        example: .of("account.lock", "the account has no passphrase; account.password sets one"))
    static let accountNoMnemonic = ErrorSpec(
        "account.no_mnemonic", retry: .never, exit: .commandFailed,
        "The account consists of a single key that is not derived from words, so it has no words, further addresses or EVM keys.",
        remedy: "Save it with account.export form=backup. To get an account with words, use account.create.",
        example: .of(
            "account.export",
            "the account is a single key, not made from words: it was imported as one, or is older than words here; "
                + "account.export form=backup takes it along"))
    static let mnemonicInvalid = ErrorSpec(
        "mnemonic.invalid", retry: .never, exit: .usage,
        "The words are not a valid mnemonic: one is not in the word list, there are too many or too few, or the checksum "
            + "does not match. text names the word, so it is left out of records.",
        remedy: "Compare the words and their order with what you have written down.",
        example: .of(
            "account.import", "mnemonic",
            "word 3, 'abandn', is not on the English list of BIP-39; near it: abandon")
    ).sensitive
    static let signatureInvalid = ErrorSpec(
        "signature.invalid", retry: .never, exit: .untrusted,
        "The signature was not made by that signer over this text.",
        remedy: "Compare the text and the signature byte by byte with what was sent; newlines count.",
        example: .of(
            "account.verify_signature",
            "this is no signature of 12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo over this text"))
    static let vaultForeign = ErrorSpec(
        "vault.foreign", retry: .never, exit: .configuration, "The file of the account is not a linnet vault.",
        remedy: "Restore the vault from a backup, or choose another profile.",
        example: .plain(
            "the vault /home/bob/.local/share/linnet/default/vault cannot be used: it is no vault of linnet; "
                + "put the vault back from a backup, or choose another profile"))
    static let vaultNewer = ErrorSpec(
        "vault.newer", retry: .never, exit: .configuration, "The vault was written by a newer version of linnet.",
        remedy: "Install that version again.",
        example: .plain(
            "the vault /home/bob/.local/share/linnet/default/vault cannot be used: a newer linnet wrote it (format 2); "
                + "install that version again"))
    static let vaultTruncated = ErrorSpec(
        "vault.truncated", retry: .never, exit: .configuration, "The vault is truncated.",
        remedy: "Restore it from a backup.",
        example: .plain(
            "the vault /home/bob/.local/share/linnet/default/vault cannot be used: it ends too early; "
                + "put it back from a backup"))
    static let vaultCorrupt = ErrorSpec(
        "vault.corrupt", retry: .never, exit: .configuration, "The vault is damaged.",
        remedy: "Restore it from a backup.",
        example: .plain(
            "the vault /home/bob/.local/share/linnet/default/vault cannot be used: it is damaged: its digest is wrong; "
                + "put it back from a backup"))

    // Profile and store
    /// Another engine has the profile.
    public static let profileInUse = ErrorSpec(
        "profile.in_use", retry: .later, exit: .profileInUse, "Another engine has the profile open.",
        remedy: "Stop the process with that pid, or choose another --profile.",
        example: .plain(
            "the profile is in use by process 4242 (/home/bob/.local/share/linnet/default); "
                + "connect to it with: linnet attach; or choose another --profile"),
        details: [Fields.pid])
    static let profileInvalid = ErrorSpec(
        "profile.invalid", retry: .never, exit: .configuration,
        "The directory or the key of the profile cannot be used; text says why.",
        remedy: "Follow the advice in text. Do not delete the key: it is your identity.",
        example: .plain(
            "the key file /home/bob/.local/share/linnet/default/key cannot be used: others may read it; "
                + "run: chmod 600 /home/bob/.local/share/linnet/default/key"))
    static let profileGone = ErrorSpec(
        "profile.gone", retry: .never, exit: .storage,
        "The profile's directory, or a file of it that is in use, was removed, moved or replaced while the engine runs. "
            + "Nothing was changed, and nothing is kept until it is back. Any command that reads or changes what is kept "
            + "may answer so.",
        remedy: "Put it back where it was; or stop the engine, and start it anew.",
        example: .of(
            "message.send",
            "the profile's directory /home/bob/.local/share/linnet/default was removed while this engine had it open; "
                + "nothing is kept any more: stop it and start it anew"))
    /// A configuration file, or a variable in the environment, that makes no sense.
    public static let configInvalid = ErrorSpec(
        "config.invalid", retry: .never, exit: .configuration,
        "A configuration file or an environment variable is invalid; text says where.",
        remedy: "Correct it there; linnet doctor checks the whole set-up.",
        example: .plain(
            "/home/bob/.config/linnet/config.toml:3:1: no setting is called 'lisen'; did you mean 'listen'?"))
    static let configUnwritable = ErrorSpec(
        "config.unwritable", retry: .later, exit: .storage,
        "The setting could not be saved to a configuration file; text says why.",
        remedy:
            "Fix the problem named in text, and save again. The running engine already uses the new value, if it can.",
        example: .of(
            "config.set", "saved",
            "log is set, but not saved: cannot write /home/bob/.local/share/linnet/default/config.toml: "
                + "Permission denied"))
    static let settingFixed = ErrorSpec(
        "setting.fixed", retry: .never, exit: .usage, "The setting cannot be changed while the engine is running.",
        remedy: "Restart the engine with its option, or set it with saved, for the next start.",
        example: .of(
            "config.set", "name",
            "home cannot change while the engine runs; start it anew with --home, or LINNET_HOME in its environment"))
    static let storeFull = ErrorSpec(
        "store.full", retry: .later, exit: .storage, "The disk is full; nothing was changed.",
        remedy: "Free some disk space, then try again.",
        example: .of(
            "message.send", "no room left for /home/bob/.local/share/linnet/default/linnet.db: free some disk space"))
    static let storeCorrupt = ErrorSpec(
        "store.corrupt", retry: .never, exit: .storage, "The database is damaged, or does not belong to linnet.",
        remedy: "Move it away or restore a copy. Keep the key.",
        example: .plain(
            "/home/bob/.local/share/linnet/default/linnet.db is damaged (file is not a database): "
                + "move it away or restore a copy"))
    static let storeNewer = ErrorSpec(
        "store.newer", retry: .never, exit: .storage, "The database was written by a newer version of linnet.",
        remedy: "Install that version again.",
        example: .plain("/home/bob/.local/share/linnet/default/linnet.db was written by a newer linnet"))
    static let storeKeyWrong = ErrorSpec(
        "store.key_wrong", retry: .never, exit: .storage,
        "The database is encrypted with the key of another account.",
        remedy: "Restore the vault and the database from the same copy; neither is of use without the other.",
        example: .plain(
            "/home/bob/.local/share/linnet/default/linnet.db-seals belongs to another key: "
                + "restore the account's vault that was made with this store"))
    static let storeLocked = ErrorSpec(
        "store.locked", retry: .later, exit: .storage, "Another program has the database open.",
        remedy: "Stop that program.",
        example: .plain("/home/bob/.local/share/linnet/default/linnet.db is in use by another process"))
    static let storeFailed = ErrorSpec(
        "store.failed", retry: .later, exit: .storage, "The database failed; text says how.",
        remedy: "Check the disk, and the owner and the mode of the profile directory.",
        example: .of(
            "message.send",
            "/home/bob/.local/share/linnet/default/linnet.db may not be written: check its owner and mode"))

    /// A library of the system that lacks an algorithm.
    public static let libraryIncomplete = ErrorSpec(
        "library.incomplete", retry: .never, exit: .configuration,
        "A library of the system does not offer an algorithm that linnet needs; the text names it.",
        remedy: "Let OpenSSL offer it: activate its default provider in openssl.cnf, and do not require FIPS. "
            + "OPENSSL_CONF names another configuration for linnet alone.",
        example: .plain(
            "OpenSSL 3.0.17 does not offer ChaCha20-Poly1305, RIPEMD160: its configuration leaves them out"))
    static let recordFailed = ErrorSpec(
        "record.failed", retry: .never, exit: .storage, "The file that --record names cannot be used.",
        remedy: "Use a new file, or one that already contains records, on a disk with free space.",
        example: .plain("cannot record in /tmp/bug.ndjson: it holds something else; choose another file"))

    /// The whole table.
    public static let all: [ErrorSpec] =
        [
            jsonInvalid, lineTooLong, inputFailed, commandUnknown, argumentMissing, argumentUnknown, argumentInvalid,
            keyConflict, targetUnknown, targetAmbiguous, targetSelf, aliasTaken, contactExists, messageUnknown,
            peerUnreachable,
            peerBackoff, peerWrongID, peerUnsupported, peerNotConnected, topicUnknown, topicEmpty, connectionLost,
            addressInvalid, addressInUse,
            limitReached, networkFailed, messageFailed, messageExpired, consumerUnknown, cursorBackward, cursorBeyond,
            timeout, engineStopping, internalError, accountLocked, passphraseWrong, rateLimited, accountMissing,
            accountExists, accountUnprotected, accountNoMnemonic, mnemonicInvalid, signatureInvalid, vaultForeign,
            vaultNewer, vaultTruncated, vaultCorrupt,
            profileInUse, profileInvalid, profileGone, configInvalid, configUnwritable,
            settingFixed, storeFull, storeCorrupt, storeNewer, storeKeyWrong, storeLocked, storeFailed,
            libraryIncomplete, recordFailed,
        ] + ofGroups
}

import Messaging
import Reactor
import Store
import Swarm
import Time
import Wire

/// Unlocking and locking: everything below the sessions comes and goes, the sessions stay.
extension Engine {
    /// How many changes of a locked account are remembered.
    private nonisolated static let maximumUntold = 64

    /// Opens the store, begins with the network, and says `started` to everybody.
    ///
    /// - Throws: `store.…`, `address.…`; then the account is locked as before, or again.
    func run() async throws(CommandFailure) {
        let parts = try await EngineParts.assemble(account, hasUntold: !untold.isEmpty, world: world, options: options)
        running = parts
        tune(parts.groups, parts.messaging)
        contacts = parts.contacts
        parts.swarm.isFamiliar = { [weak self, groups = parts.groups] peer in
            self?.contacts[peer] != nil || groups.sharesPrivateGroup(with: peer)
        }
        do throws(CommandFailure) {
            do {
                try await parts.messaging.start()
                try await parts.groups.start()
            } catch {
                throw CommandFailure(anyOf: error)
            }
            // From here to `started` nothing suspends, so nothing can be told before it.
            try listen(onAll: settings.listen)
            try listenOnNetwork(before: false, after: settings.servesNetwork)
        } catch {
            if let failure = await parts.close() {
                log(.error, "cursor not saved", [("reason", failure.message)])
            }
            throw error
        }
        storedContacts = parts.contacts
        contactChanges = [:]
        keys = makeKeys(parts.keys)
        lastSeq = parts.lastSeq
        pipeCursor = parts.start.after
        if let consumer = options.reader.consumer {
            let name = ByteText(consumer)
            if readers[name] == nil {
                readers[name] = ReaderMark(consumer, told: parts.start.told, isOpen: options.tellsEvents)
            } else if options.tellsEvents {
                readers[name]?.opened()
            }
        }
        store.onEvents = { [weak self] events in self?.logged(events) }
        store.passenger = { [weak self] in self?.cursorUpdate() }
        isLocked = false
        topics = []
        for session in sessions { begin(session) }
        reportUnreadableGroups()
        let network = NetworkEvents(self)
        swarm.addObserver(network)
        self.network = network
        startDiscovery()
        startPresence()
        log(.info, "started", [("peer", localPeer.description)])
        pruning = Pruning(settings.retention, world: world, store: store) { [weak self] in self?.storeFailed($0) }
        scheduleIdleLock()
        await logUntold()
    }

    /// Tells everybody of the groups that are stored and cannot be read.
    private func reportUnreadableGroups() {
        for group in groups.unreadable {
            log(.error, "group not readable", [("group", group.id), ("reason", group.reason)])
            let failure = CommandFailure.unreadable(group)
            for session in sessions { session.report(failure) }
        }
    }

    /// Logs a change of the account; while it is locked, later.
    func tell(_ change: AccountChange) async {
        let event = account.mark(options).event(change, at: world.wallClock.now)
        if untold.count < Self.maximumUntold { untold.append(event) }
        if !isLocked { await logUntold() }
    }

    private func logUntold() async {
        let (events, mark) = (untold, account.mark(options))
        untold = []
        guard !events.isEmpty else { return }
        do throws(StoreError) {
            try await store.write { transaction in
                for event in events { try transaction.append(event) }
                try mark.save(in: transaction)
            }
        } catch {
            // The vault has changed all the same. The next start tells of it.
            log(.warning, "event not logged", [("reason", error.message)])
        }
    }

    /// Says `started`, and tells events from then on.
    private func begin(_ session: Session) {
        sayStarted(session, lastSeq)
        // Who was told events before the account was locked has chosen which.
        guard !session.events.hasBegun else { return session.events.goOn(latest: lastSeq, log: eventLog) }
        let isOwn = session === self.session
        guard !isOwn || options.tellsEvents else { return session.events.count(from: lastSeq) }
        guard session === reader else { return tell(session, after: lastSeq, as: nil) }
        guard isOwn else { return tell(session, after: pipeCursor, as: pipeReader) }
        session.events.onLimit = { [weak self] in self?.stop(.endOfInput) }
        tell(session, after: pipeCursor, as: pipeReader, limit: options.eventLimit, options.filter)
    }

    /// Ends everything that runs for the account, wipes its secrets, and says `locked` to everybody.
    ///
    /// - Parameter says: Whether it is said; not before the account goes for good.
    func lock(_ reason: LockReason, says: Bool = true) async {
        guard !isLocked, !isChangingLock else { return }
        isChangingLock = true
        defer { isChangingLock = false }
        idleTimer?.cancel()
        await closeAccount()
        account.forget()
        lockReason = reason
        log(.info, "locked", [("reason", reason.rawValue)])
        if says { for session in sessions { sayLocked(session, reason) } }
    }

    private func closeAccount() async {
        discovery.stop()
        groups.stop()
        messaging.stop()
        stopPruning()
        // No command that needs the account begins from here on, and none is left.
        let tasks = sessions.flatMap { $0.abandonUnlocked(.locked) }
        await settled { !$0.worksLocked }
        await closeNetwork()
        await closeStore()
        isLocked = true
        for session in sessions { session.events.stop() }
        contacts = ContactBook([])
        storedContacts = ContactBook([])
        contactChanges = [:]
        // Whatever is left of them looks at what has ended, so that stays until they have, too.
        let ended = running?.store
        spawn { [self] in
            for task in tasks { await task.value }
            if isLocked, running?.store === ended { running = nil }
        }
    }

    func sayLocked(_ session: Session, _ reason: LockReason) {
        session.output.line(Events.locked.name) { line in
            line.expect(Events.locked.fields)
            line.peer(Fields.peer, account.peer)
            line.count(LifeFields.language, LinnetVersion.language)
            line.string(Fields.version, LinnetVersion.current)
            line.string(StatusFields.profile, options.profileName)
            line.string(LifeFields.lockReason, reason.rawValue)
            line.limits()
        }
    }

    /// What the user calls the account.
    var accountName: String { account.mark(options).name }

    /// Watches for nobody asking for anything.
    func scheduleIdleLock() {
        idleTimer?.cancel()
        idleTimer = nil
        let patience = settings.lockAfter
        guard patience > .zero, !isLocked, account.isProtected else { return }
        idleTimer = world.clock.schedule(at: lastCommand + patience) { [weak self] in
            guard let self else { return }
            let isBusy = sessions.contains { $0.unfinished > 0 }
            if world.clock.now - lastCommand < patience {
                scheduleIdleLock()
            } else if isBusy {
                lastCommand = world.clock.now
                scheduleIdleLock()
            } else {
                spawn { [self] in await lock(.idle) }
            }
        }
    }
}

extension CommandFailure {
    /// The account is locked.
    static let locked = CommandFailure(
        .accountLocked, "the account is locked; unlock it with account.unlock or --secret-fd")
}

extension LineWriter {
    /// What the input may hold.
    mutating func limits() {
        field(LifeFields.limits) { json in
            json.beginObject()
            json.key("line")
            json.integer(LineSplitter.maximumLength)
            json.key("in_flight")
            json.integer(Session.maximumInFlight)
            json.endObject()
        }
    }
}

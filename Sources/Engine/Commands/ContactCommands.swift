import Identity
import Multiformats
import Reactor
import Store
import Swarm

/// The commands about contacts: peers to whom the user gave a name.
extension Command {
    static let contactAdd = Command(
        spec: CommandSpec(
            "contact.add", "Add a contact: give a peer an alias, and optionally addresses.",
            arguments: [Arguments.peerID.required, Arguments.alias.required, Arguments.addresses.spec],
            answer: ContactFields.contact, errors: [.contactExists, .aliasTaken, .targetSelf],
            takesKey: true,
            example:
                #"{"cmd":"contact.add","peer":"12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo","alias":"bob"}"#
        ).opposite("remove", "delete"),
        handler: .concurrent { engine, call throws(CommandFailure) in try await engine.contactAdd(call) })

    static let contactUpdate = Command(
        spec: CommandSpec(
            "contact.update", "Change the alias or the addresses of a contact.",
            arguments: [Arguments.peer.required, Arguments.alias.spec, Arguments.addresses.spec],
            answer: ContactFields.contact, errors: [.targetUnknown, .targetAmbiguous, .aliasTaken],
            takesKey: true,
            example: #"{"cmd":"contact.update","peer":"bob","alias":"robert"}"#),
        handler: .concurrent { engine, call throws(CommandFailure) in try await engine.contactUpdate(call) })

    static let contactRemove = Command(
        spec: CommandSpec(
            "contact.remove", "Remove a contact. Its messages are kept.", arguments: [Arguments.peer.required],
            answer: [Fields.peer.required, Fields.alias.required], errors: [.targetUnknown, .targetAmbiguous],
            takesKey: true,
            example: #"{"cmd":"contact.remove","peer":"bob"}"#
        ).destructive.opposite("add"),
        handler: .concurrent { engine, call throws(CommandFailure) in try await engine.contactRemove(call) })

    static let contactList = Command(
        spec: CommandSpec(
            "contact.list", "List the contacts, by alias.",
            arguments: [Arguments.limit.or(.integer(100)), Arguments.after.spec], item: ContactFields.contact,
            answer: [Fields.count.required, Fields.next], example: #"{"cmd":"contact.list"}"#),
        handler: .concurrent { engine, call throws(CommandFailure) in try await engine.contactList(call) })
}

enum ContactFields {
    static let contact: [FieldSpec] = [
        Fields.peer.required, Fields.alias.required, Fields.addresses.required, Fields.connected,
    ]
}

extension Engine {
    func contactAdd(_ call: Invocation) async throws(CommandFailure) {
        let peer = try call.value(Arguments.peerID)
        let alias = try freeAlias(try call.value(Arguments.alias), for: peer)
        guard peer != localPeer else {
            throw CommandFailure(.targetSelf, "that is this engine's own peer id", field: Fields.peer.name)
        }
        if let known = contacts[peer] {
            throw CommandFailure(
                .contactExists, "that peer is the contact '\(known.alias)'; use contact.update",
                field: Fields.peer.name,
                details: [Fields.alias.detail(.string(known.alias))])
        }
        let addresses = try usable(call.optional(Arguments.addresses) ?? [], of: peer)
        let contact = ContactBook.Contact(
            peer: peer, alias: alias, addresses: addresses, addedAt: world.wallClock.now)
        promise(call, contact)
        try await change(peer, to: contact, .added)
        call.keepPromise()
    }

    func contactUpdate(_ call: Invocation) async throws(CommandFailure) {
        var contact = try contact(call)
        if let alias = call.optional(Arguments.alias) { contact.alias = try freeAlias(alias, for: contact.peer) }
        if let addresses = call.optional(Arguments.addresses) {
            contact.addresses = try usable(addresses, of: contact.peer)
        }
        promise(call, contact)
        if contact != contacts[contact.peer] { try await change(contact.peer, to: contact, .updated) }
        call.keepPromise()
    }

    func contactRemove(_ call: Invocation) async throws(CommandFailure) {
        let contact = try contact(call)
        call.promise { line in
            line.peer(Fields.peer, contact.peer)
            line.string(Fields.alias, contact.alias)
        }
        try await change(contact.peer, to: nil, .removed)
        call.keepPromise()
    }

    func contactList(_ call: Invocation) async throws(CommandFailure) {
        let limit = try call.value(Arguments.limit)
        if !contactChanges.isEmpty {
            // What was asked for before is on the disk, or has failed.
            do throws(StoreError) {
                try await store.read { _ in }
            } catch {
                throw CommandFailure(error)
            }
        }
        var all = storedContacts.all
        if let after = call.optional(Arguments.after).map(Alias.fold) {
            all.removeAll { Alias.fold($0.alias) <= after }
        }
        let page = all.prefix(Int(limit))
        for contact in page {
            await call.room()
            call.item { line in write(contact, to: &line) }
        }
        call.ok { line in
            line.count(Fields.count, page.count)
            if all.count > page.count { line.string(Fields.next, page.last?.alias) }
        }
    }
}

extension Engine {
    private func promise(_ call: Invocation, _ contact: ContactBook.Contact) {
        call.promise { line in write(contact, to: &line) }
    }

    private func write(_ contact: ContactBook.Contact, to line: inout LineWriter) {
        line.peer(Fields.peer, contact.peer)
        line.string(Fields.alias, contact.alias)
        line.addresses(Fields.addresses, contact.addresses)
        line.bool(Fields.connected, swarm.isConnected(contact.peer))
    }

    /// The contact that the argument `peer` names.
    private func contact(_ call: Invocation) throws(CommandFailure) -> ContactBook.Contact {
        let peer = try resolver.resolve(try call.value(Arguments.peer), field: Fields.peer.name)
        guard let contact = contacts[peer] else {
            throw CommandFailure(.targetUnknown, "\(peer) is no contact; use contact.add", field: Fields.peer.name)
        }
        return contact
    }

    private func freeAlias(_ alias: String, for peer: PeerID) throws(CommandFailure) -> String {
        if let problem = Alias.problem(with: alias) {
            throw CommandFailure(.argumentInvalid, "'alias' \(problem)", field: Fields.alias.name)
        }
        if let holder = contacts.peer(named: alias), holder != peer {
            throw CommandFailure(
                .aliasTaken, "'\(alias)' is the alias of \(holder)", field: Fields.alias.name,
                details: [
                    Fields.peer.detail(.string(holder.description)),
                    Fields.alias.detail(.string(contacts[holder]?.alias ?? alias)),
                ])
        }
        return alias
    }

    private func usable(_ addresses: [Multiaddr], of peer: PeerID) throws(CommandFailure) -> [Multiaddr] {
        for address in addresses {
            guard let named = address.peerID, named != peer else { continue }
            throw CommandFailure(
                .argumentInvalid, "'addresses' holds \(address), which names another peer: \(named)",
                field: Fields.addresses.name)
        }
        return addresses
    }

    /// Changes a contact: its name is known at once, so that the next line can use it; what is listed, and what remains if
    /// the change cannot be written, is what is in the store, with the event that tells it.
    private func change(
        _ peer: PeerID, to contact: ContactBook.Contact?, _ kind: ContactChange
    )
        async throws(CommandFailure)
    {
        let before = contacts[peer]
        contacts[peer] = contact
        contactChanges[peer, default: 0] += 1
        if let contact { swarm.addressBook.add(peer, contact.addresses, source: .manual) }
        let event = Events.encode(
            kind, peer: peer, alias: contact?.alias ?? before?.alias ?? "", at: world.wallClock.now)
        let row = contact?.stored
        let key = peer.description
        let (owner, names) = (store, running?.contactNames)
        let result: Result<Void, StoreError> = await withCheckedContinuation { continuation in
            store.write {
                if let row { try $0.save(row) } else { try $0.removeContact(peer: key) }
                try $0.append(event)
                // What is logged from here on tells the new name.
                names?[key] = row?.alias
            } completion: { [self] result in
                // Here and not behind the continuation: completions come in the order of the writes. An account that was
                // opened anew meanwhile has read its contacts from the store.
                if running?.store === owner { settled(peer, contact, result) }
                continuation.resume(returning: result)
            }
        }
        do throws(StoreError) {
            try result.get()
        } catch {
            throw CommandFailure(error)
        }
    }

    private func settled(_ peer: PeerID, _ contact: ContactBook.Contact?, _ result: Result<Void, StoreError>) {
        if case .success = result {
            storedContacts[peer] = contact
        } else {
            running?.contactNames[peer.description] = storedContacts[peer]?.alias
        }
        let left = (contactChanges[peer] ?? 1) - 1
        contactChanges[peer] = left > 0 ? left : nil
        // A later change of the same contact decides for itself.
        if left <= 0 { contacts[peer] = storedContacts[peer] }
    }
}

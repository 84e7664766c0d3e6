import Time

/// A peer to whom the user has given a name.
public struct StoredContact: Sendable, Equatable {
    /// The peer id.
    public var peer: String
    /// What the user calls the peer: unique, whatever the case of ASCII letters.
    public var alias: String
    /// Where the user said the peer can be found, best first.
    public var addresses: [String]
    /// When the contact was added.
    public var addedAt: Timestamp

    /// A contact with all its fields.
    public init(peer: String, alias: String, addresses: [String] = [], addedAt: Timestamp) {
        self.peer = peer
        self.alias = alias
        self.addresses = addresses
        self.addedAt = addedAt
    }
}

extension ReadTransaction {
    /// The contact with this peer id.
    public func contact(peer: String) throws(StoreError) -> StoredContact? {
        try database.first(
            "SELECT peer, alias, added_at FROM contacts WHERE peer = ?", .text(peer), decode: StoredContact.init
        ).map(withAddresses)
    }

    /// The contact with this alias; the case of ASCII letters does not matter.
    public func contact(alias: String) throws(StoreError) -> StoredContact? {
        try database.first(
            "SELECT peer, alias, added_at FROM contacts WHERE alias = ?", .text(alias), decode: StoredContact.init
        ).map(withAddresses)
    }

    /// Every contact, in the order of their aliases.
    public func contacts() throws(StoreError) -> [StoredContact] {
        let rows = try database.all(
            "SELECT peer, alias, added_at FROM contacts ORDER BY alias, peer", decode: StoredContact.init)
        var contacts: [StoredContact] = []
        contacts.reserveCapacity(rows.count)
        for row in rows { contacts.append(try withAddresses(row)) }
        return contacts
    }

    private func withAddresses(_ contact: StoredContact) throws(StoreError) -> StoredContact {
        var contact = contact
        contact.addresses = try database.all(
            "SELECT address FROM contact_addresses WHERE peer = ? ORDER BY rank", .text(contact.peer)
        ) { $0.text(0) }
        return contact
    }
}

extension Transaction {
    /// Adds a contact, or changes the alias and addresses of the one with this peer id.
    /// Throws `constraint` when another contact has the alias.
    public func save(_ contact: StoredContact) throws(StoreError) {
        try database.run(
            """
            INSERT INTO contacts (peer, alias, added_at) VALUES (?, ?, ?)
            ON CONFLICT (peer) DO UPDATE SET alias = excluded.alias
            """, .text(contact.peer), .text(contact.alias), .integer(contact.addedAt.milliseconds))
        try database.run("DELETE FROM contact_addresses WHERE peer = ?", .text(contact.peer))
        for (rank, address) in contact.addresses.enumerated() {
            try database.run(
                "INSERT INTO contact_addresses (peer, rank, address) VALUES (?, ?, ?)", .text(contact.peer),
                .integer(Int64(rank)), .text(address))
        }
    }

    /// Removes a contact; its messages stay. False when there was none.
    @discardableResult
    public func removeContact(peer: String) throws(StoreError) -> Bool {
        try database.run("DELETE FROM contacts WHERE peer = ?", .text(peer))
        return database.changes > 0
    }
}

extension StoredContact {
    fileprivate init(_ row: Row) throws(StoreError) {
        self.init(
            peer: row.text(0), alias: row.text(1), addedAt: Timestamp(milliseconds: row.integer(2)))
    }
}

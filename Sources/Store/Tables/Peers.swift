import Time

/// A peer that was met.
public struct StoredPeer: Sendable, Equatable {
    /// The peer id.
    public var peer: String
    /// The agent string that it announced.
    public var agent: String?
    /// Where it can be found, best first.
    public var addresses: [String]
    /// When it was first met; kept by later saves.
    public var firstSeen: Timestamp
    /// When it was last met.
    public var lastSeen: Timestamp

    /// A peer that was met at `seen`.
    public init(peer: String, agent: String? = nil, addresses: [String] = [], seen: Timestamp) {
        self.peer = peer
        self.agent = agent
        self.addresses = addresses
        self.firstSeen = seen
        self.lastSeen = seen
    }
}

extension ReadTransaction {
    /// The peer with this id.
    public func peer(_ peer: String) throws(StoreError) -> StoredPeer? {
        try database.first(
            "SELECT peer, agent, first_seen, last_seen FROM peers WHERE peer = ?", .text(peer),
            decode: StoredPeer.init
        ).map(withAddresses)
    }

    /// The peers met last, latest first: at most `limit`.
    public func peers(limit: Int) throws(StoreError) -> [StoredPeer] {
        let rows = try database.all(
            "SELECT peer, agent, first_seen, last_seen FROM peers ORDER BY last_seen DESC, peer LIMIT ?",
            .integer(Int64(max(limit, 0))), decode: StoredPeer.init)
        var peers: [StoredPeer] = []
        peers.reserveCapacity(rows.count)
        for row in rows { peers.append(try withAddresses(row)) }
        return peers
    }

    private func withAddresses(_ peer: StoredPeer) throws(StoreError) -> StoredPeer {
        var peer = peer
        peer.addresses = try database.all(
            "SELECT address FROM peer_addresses WHERE peer = ? ORDER BY rank", .text(peer.peer)
        ) { $0.text(0) }
        return peer
    }
}

extension Transaction {
    /// Adds a peer or brings it up to date. A nil agent and an empty list of addresses leave what was known.
    public func save(_ peer: StoredPeer) throws(StoreError) {
        try database.run(
            """
            INSERT INTO peers (peer, agent, first_seen, last_seen) VALUES (?, ?, ?, ?)
            ON CONFLICT (peer) DO UPDATE SET
                agent = coalesce(excluded.agent, agent), last_seen = max(last_seen, excluded.last_seen)
            """, .text(peer.peer), .optional(peer.agent), .integer(peer.firstSeen.milliseconds),
            .integer(peer.lastSeen.milliseconds))
        guard !peer.addresses.isEmpty else { return }
        try database.run("DELETE FROM peer_addresses WHERE peer = ?", .text(peer.peer))
        for (rank, address) in peer.addresses.enumerated() {
            try database.run(
                "INSERT INTO peer_addresses (peer, rank, address) VALUES (?, ?, ?)", .text(peer.peer),
                .integer(Int64(rank)), .text(address))
        }
    }

    /// Forgets the peers met longest ago, keeping `count` of them, and besides these every contact. Returns how many
    /// went.
    @discardableResult
    public func prunePeers(keeping count: Int) throws(StoreError) -> Int {
        try database.run(
            """
            DELETE FROM peers WHERE peer IN (
                SELECT peer FROM peers WHERE peer NOT IN (SELECT peer FROM contacts)
                ORDER BY last_seen DESC, peer LIMIT -1 OFFSET ?)
            """, .integer(Int64(max(count, 0))))
        return database.changes
    }
}

extension StoredPeer {
    fileprivate init(_ row: Row) throws(StoreError) {
        self.init(
            peer: row.text(0), agent: row.optionalText(1), seen: Timestamp(milliseconds: row.integer(2)))
        lastSeen = Timestamp(milliseconds: row.integer(3))
    }
}

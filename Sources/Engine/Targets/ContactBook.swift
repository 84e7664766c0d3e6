import Identity
import Multiformats
import Store
import Time
import Wire

/// The user's contacts, in memory as in the store: so that a name is known from the line behind the one that gave it.
struct ContactBook {
    /// A peer with the name that the user gave it.
    struct Contact: Equatable {
        let peer: PeerID
        var alias: String
        var addresses: [Multiaddr]
        let addedAt: Timestamp

        /// The row that holds it.
        var stored: StoredContact {
            StoredContact(
                peer: peer.description, alias: alias, addresses: addresses.map(\.description), addedAt: addedAt)
        }
    }

    private var byPeer: [PeerID: Contact] = [:]
    private var byAlias: [ByteText: PeerID] = [:]

    init() {}

    /// What the store holds. A row that cannot be read is left out: it was not written by this program.
    init(_ stored: [StoredContact]) {
        for row in stored {
            guard let peer = try? PeerID(row.peer) else { continue }
            let addresses = row.addresses.compactMap { try? Multiaddr($0) }
            self[peer] = Contact(peer: peer, alias: row.alias, addresses: addresses, addedAt: row.addedAt)
        }
    }

    /// The contact with this peer id. Setting one moves its alias too.
    subscript(peer: PeerID) -> Contact? {
        get { byPeer[peer] }
        set {
            let old = byPeer[peer].map { ByteText(Alias.fold($0.alias)) }
            if let old, byAlias[old] == peer { byAlias[old] = nil }
            byPeer[peer] = newValue
            if let newValue { byAlias[ByteText(Alias.fold(newValue.alias))] = peer }
        }
    }

    /// The peer with this alias.
    func peer(named alias: String) -> PeerID? {
        byAlias[ByteText(Alias.fold(alias))]
    }

    /// All contacts, in the order of their aliases.
    var all: [Contact] {
        byPeer.values.sorted { ByteText(Alias.fold($0.alias)) < ByteText(Alias.fold($1.alias)) }
    }
}

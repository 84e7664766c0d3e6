import Synchronization

/// What contacts are called, by peer id, for those who write lines on the store's thread.
final class ContactNames: Sendable {
    private let names: Mutex<[String: String]>

    init(_ contacts: ContactBook) {
        names = Mutex(
            Dictionary(contacts.all.map { ($0.peer.description, $0.alias) }, uniquingKeysWith: { first, _ in first }))
    }

    /// The alias of a peer; nil if it is no contact.
    subscript(peer: String) -> String? {
        get { names.withLock { $0[peer] } }
        set { names.withLock { $0[peer] = newValue } }
    }
}

import Identity
import Store
import Time

/// What an account is called and whether it has a passphrase, as the event log knows it. The store keeps it, so that a
/// change that is in the vault and not in the log, because the engine ended in between, or was locked to its end, is
/// told when the account is opened next. That a passphrase was replaced by another cannot be seen in this way.
struct AccountMark: Equatable, Sendable {
    /// The name by which the store keeps it.
    static let setting = "account"

    let peer: PeerID?
    let name: String
    let isProtected: Bool

    /// As the store keeps it; the peer is who it is in any case.
    private var encoded: [UInt8] { [isProtected ? 1 : 0] + name.utf8 }

    /// The event that tells of a change.
    func event(_ change: AccountChange, at time: Timestamp) -> NewEvent {
        Events.encode(Events.accountChanged, at: time) { line in
            line.peer(Fields.peer, peer)
            line.string(LifeFields.account, name)
            line.bool(AccountFields.isProtected, isProtected)
            line.string(AccountFields.change, change.rawValue)
        }
    }

    /// Logs what has changed since the log was told last, if it ever was.
    func logMissed(in transaction: Transaction, at time: Timestamp) throws(StoreError) {
        let known = try transaction.setting(Self.setting)
        guard known != encoded else { return }
        if let known, let wasProtected = known.first {
            if !known.dropFirst().elementsEqual(name.utf8) { try transaction.append(event(.renamed, at: time)) }
            if (wasProtected == 1) != isProtected {
                try transaction.append(event(isProtected ? .passphraseSet : .passphraseRemoved, at: time))
            }
        }
        try save(in: transaction)
    }

    /// Notes that the log knows it.
    func save(in transaction: Transaction) throws(StoreError) {
        try transaction.setSetting(Self.setting, to: encoded)
    }
}

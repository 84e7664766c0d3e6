/// Groups without a server: who is in them, what they are called, the keys that they talk under, and their messages.
///
/// A group is a ledger of signed changes (``MembershipChange``), which every node folds to the same ``GroupState``, in
/// whatever order they arrive. Everything here decides and does nothing: entries, frames and the time come in, what to
/// store, publish and tell comes out.
///
/// | to | use |
/// |---|---|
/// | have a group | ``Group/create(name:visibility:by:now:random:)``, ``Group/init(id:identity:)`` and ``Group/restore(entries:keys:)`` |
/// | change it | ``Group/update(name:description:now:)``, ``Group/kick(_:reason:now:random:)``, ``Group/setRole(_:of:now:)`` … |
/// | take what others changed | ``Group/apply(_:now:)`` |
/// | bring somebody in | ``Group/invite(_:addresses:lifetime:now:random:)``, ``Group/join(with:now:)`` |
/// | talk | ``Group/seal(_:now:random:)``, ``Group/open(_:now:via:)``, ``Group/topics`` |
/// | get a key that one lacks | ``GroupKeyRequest``, ``Group/answer(_:from:random:)``, ``Group/take(_:for:)`` |
/// | let another catch up | ``Group/syncProof(for:salt:)``, ``Group/admits(_:proof:salt:now:)``, and `Sync` of `Ledger` |
///
/// What the engine keeps, each change of it in one transaction (a ``GroupUpdate`` is what one call changed):
///
/// | table | columns |
/// |---|---|
/// | groups | id (32 bytes), invite (bytes, until joined), next message sequence, left |
/// | group_entries | group, id, position (the order of arrival), bytes |
/// | group_keys | group, epoch (32 bytes), key (32 bytes, secret) |
/// | group_messages | group, id, epoch, author, sequence, time, frame (as it travels, for those who catch up), content |
///
/// Sources: of the rules of removal, the "strong removal" of access control in CRDTs (Kleppmann, Weidner); of the
/// hierarchy, what people know from other messengers. Primitives: Ed25519, X25519, HKDF-SHA256, XChaCha20-Poly1305.

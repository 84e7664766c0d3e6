/// # Identity
///
/// Who a peer is, and how it proves what it says.
///
/// | to | use |
/// |---|---|
/// | be somebody | ``KeyPair``: an Ed25519 key, from a seed or from libp2p's private key message |
/// | check what a peer signed | ``PublicKey``: Ed25519, secp256k1, ECDSA or RSA |
/// | name a peer | ``PeerID``, and ``Multiformats/Multiaddr/peerID`` for the peer that an address leads to |
/// | sign for one purpose only | ``SignedEnvelope``: a payload with its type, signed under a domain |
/// | tell where a peer listens | ``PeerRecord``, in its envelope |
/// | write an account down as words | ``Mnemonic``, and the ``Seed`` that it gives (BIP-39) |
/// | have the accounts that gigi has | ``AccountKeys``: ``EVMAddress``, group id and peer id of a seed |
/// | derive other keys | ``ExtendedPrivateKey``, ``ExtendedPublicKey`` (BIP-32), ``ExtendedEd25519Key`` (SLIP-0010) |
/// | sign what a person says | ``PersonalMessage`` |
///
/// ```swift
/// let alice = KeyPair(seed: seed)
/// let envelope = PeerRecord(peerID: alice.peerID, sequence: 1, addresses: [address]).seal(with: alice)
/// let (record, _) = try PeerRecord.open(envelope.encoded)
///
/// let mnemonic = try Mnemonic.generate(wordCount: 12, entropyFill: random.fill)
/// let keys = try AccountKeys(seed: mnemonic.seed())
/// let signature = keys.evmKey.sign(PersonalMessage(message)).ethereumBytes
/// ```
///
/// A peer id is a hash over the exact bytes of a key, so that there is one encoding of a key and no other is read.
///
/// Sources: libp2p/specs peer-ids, RFC 0002 (signed envelopes), RFC 0003 (routing records); BIP-32, BIP-39, SLIP-0010,
/// EIP-55, EIP-191.

/// The kinds of keys that identify peers, with their numbers on the wire (libp2p/specs peer-ids, "Keys").
public enum KeyType: UInt64, CaseIterable, Sendable {
    /// RSA with PKCS #1 v1.5 and SHA-256.
    case rsa = 0
    /// Ed25519: what linnet itself uses.
    case ed25519 = 1
    /// ECDSA over secp256k1 with SHA-256.
    case secp256k1 = 2
    /// ECDSA over a NIST curve with SHA-256.
    case ecdsa = 3
}

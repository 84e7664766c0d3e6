/// The self-describing values of libp2p and IPFS: `UnsignedVarint`, `Multibase`, `Base58`, `Multihash`, `CID` and
/// `Multiaddr`.
///
/// Every decoder is strict (one value, one encoding), bounded before it works (text is refused by its length), and
/// fails with a typed error. Validated bytes are what values store; text is made when somebody asks.
///
/// Source: the multiformats specifications; libp2p addressing.

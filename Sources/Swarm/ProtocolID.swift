/// The name of a protocol that runs on streams, such as `/ipfs/ping/1.0.0`: at most 1023 bytes of UTF-8 without a
/// newline. Two ids are the same protocol when they are equal byte for byte.
public typealias ProtocolID = String

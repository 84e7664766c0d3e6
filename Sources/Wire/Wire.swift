/// How bytes on a wire, and lines on a pipe, become values and back: `ByteReader`, `LengthPrefix`,
/// `ProtobufReader` and `ProtobufWriter`, `CBOR`, `DNSMessage`, `JSON` and `JSONWriter`.
///
/// Everything here reads what strangers wrote. No decoder allocates from a declared length, recurses without a depth
/// bound, or reads past its bytes; each fails with a typed error that says where.

/// The DER form of an ECDSA signature: `SEQUENCE { r INTEGER, s INTEGER }` (RFC 3279, section 2.2.3).
enum ECDSASignature {
    /// Whether the bytes are exactly one signature in DER, with both integers positive, minimal and no longer than
    /// the curve's order. A leading zero in front of a set top bit is part of DER.
    static func isStrictDER(_ signature: [UInt8], scalarByteCount: Int) -> Bool {
        var outer = DERReader(signature)
        guard
            var pair = outer.nested(DERReader.sequence), outer.isAtEnd,
            let r = pair.positiveInteger(), let s = pair.positiveInteger(), pair.isAtEnd
        else { return false }
        return r.count <= scalarByteCount && s.count <= scalarByteCount
    }
}

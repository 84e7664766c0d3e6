import CSecp256k1

extension Secp256k1.PublicKey {
    /// The compressed form of a parsed point.
    init(point: inout secp256k1_pubkey) {
        let bytes = Self.serialised(&point, SECP256K1_EC_COMPRESSED, count: Secp256k1.publicKeyByteCount)
        self.init(unchecked: bytes)
    }

    /// Whether the bytes stand for a point on the curve. Without one, no signature is valid.
    public var isOnCurve: Bool { point() != nil }

    /// The point as 65 bytes: 04, x, y. Nil if it is not on the curve.
    public func uncompressed() -> [UInt8]? {
        guard var point = point() else { return nil }
        return Self.serialised(&point, SECP256K1_EC_UNCOMPRESSED, count: 65)
    }

    /// The key of ``Secp256k1/PrivateKey/adding(_:)`` without the private half. Throws
    /// ``CryptoError/malformedKey(_:)`` if this key is not on the curve, ``CryptoError/scalarOutOfRange`` if `tweak`
    /// is not below the order of the curve or the sum is not a point.
    ///
    /// - Precondition: `tweak` has at least 32 bytes, of which the first 32 count.
    public func adding(_ tweak: UnsafeRawBufferPointer) throws(CryptoError) -> Secp256k1.PublicKey {
        precondition(tweak.count >= Secp256k1.privateKeyByteCount, "a scalar has 32 bytes")
        guard var point = point() else { throw .malformedKey("not a point on secp256k1") }
        guard secp256k1_ec_pubkey_tweak_add(Secp256k1Context.shared.pointer, &point, tweak.octets) == 1 else {
            throw .scalarOutOfRange
        }
        return Secp256k1.PublicKey(point: &point)
    }

    private func point() -> secp256k1_pubkey? {
        var point = secp256k1_pubkey()
        let isPoint = secp256k1_ec_pubkey_parse(Secp256k1Context.shared.pointer, &point, bytes, bytes.count) == 1
        return isPoint ? point : nil
    }

    private static func serialised(_ point: inout secp256k1_pubkey, _ form: Int32, count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, initialised in
            var length = count
            _ = secp256k1_ec_pubkey_serialize(
                Secp256k1Context.shared.pointer, UnsafeMutableRawBufferPointer(buffer).octets, &length, &point,
                UInt32(form))
            initialised = length
        }
    }
}

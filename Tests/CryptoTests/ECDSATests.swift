import Crypto
import TestSupport
import Testing

@Suite struct ECDSATests {
    private let message = Array("Libp2p is the _best_!".utf8)
    private let signature = Vectors.bytes("go_fixture_3/sig")
    private let publicKey = Array(Vectors.bytes("go_fixture_3/pub").dropFirst(4))

    /// Its integers both carry a leading zero, as those of go often do.
    @Test func signatureOfGo() throws {
        let key = try ECDSA.PublicKey(subjectPublicKeyInfo: publicKey)
        #expect(key.curve == .p256)
        #expect(key.isValid(signature: signature, for: message))
        #expect(!key.isValid(signature: signature, for: message + [0]))
    }

    /// Keys and signatures made by OpenSSL's command line.
    @Test(
        arguments: [
            (
                .p224,
                "304e301006072a8648ce3d020106052b81040021033a0004a6eb4c33d1dbd43f9f0a1962a27557f794b62e63"
                    + "71ecfabb1e81ff68af6f4173d793f914ffce34eae67dd3c9383e1b35d8da6ec629ea77d1",
                "303d021d00e14e3714d595a15080a1423be311c68fcd82f35c3ae75df5f5b58c03021c0cca53ce2a06d29be1"
                    + "72a5c925841ce080437a5f7ca9d22a57fbcc6f"
            ),
            (
                .p384,
                "3076301006072a8648ce3d020106052b810400220362000434ae84ebfe3344cf9aba49c8836501effad9f832"
                    + "6052d051427d253667f8d923a59b7b21e9fc98ac2c07778e828a5dfb35c2957255b32d2cb02c455298402459"
                    + "66faca1881effc5023539dce2fbc4505a26f399afc0fb3878e6b81c6a386ddda",
                "3065023100e814deda87cd65ff9a4de5b4ac089170d9d4e9c3266b585b434baeb25c005f284ac92973068233"
                    + "d8d774ed458b772677023016da3397e64bd09cabb366ecde0334c178e5e2273e44caaf912ac2527c1b663135"
                    + "e3bdf3e9c46acf2902229507c027ed"
            ),
            (
                .p521,
                "30819b301006072a8648ce3d020106052b8104002303818600040012656776453950427a85d4f7dbb0b7f54d"
                    + "232b6c08dff507c16afcaadffe20ba589e4234a1b4ee89d60ea4bc11f41ec7b8e583b73cf2f48ac82fa8788b"
                    + "1013823400899968880e246e363a5d22e552fd1bdcf41d19257b2a7776a2a17c68d926fe7803bf7c18734540"
                    + "47e28f84fd19d1b00a0220e144ecbf1f4330204923d1a0939fb6",
                "308187024200c9c161d205b23375ac41f03b90c2f8370bba01673da704e06c81cc57cb5778798575953f40d6"
                    + "81f533080b2d46fd7efb918e0f59c29e508cda2c18d3f9be16cd3e024139f033937a924134d46251d96cdce4"
                    + "3e35cd82d7e514413ac3528fb3274283695aaa889a450dd8f9c15cda510b7a96c6e57dd050b44c37574c28c5"
                    + "1cbb56f2bf72"
            ),
        ] as [(ECDSA.Curve, String, String)]) func otherCurves(
            curve: ECDSA.Curve, publicKey: String, signature: String
        ) throws
    {
        let key = try ECDSA.PublicKey(subjectPublicKeyInfo: hex(publicKey))
        #expect(key.curve == curve)
        #expect(key.isValid(signature: hex(signature), for: message))
        #expect(!key.isValid(signature: hex(signature), for: []))
        #expect(!key.isValid(signature: hex(signature) + [0], for: message))
    }

    @Test func everyFlippedBitIsRefused() throws {
        let key = try ECDSA.PublicKey(subjectPublicKeyInfo: publicKey)
        for bit in 0..<signature.count * 8 {
            var injured = signature
            injured[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!key.isValid(signature: injured, for: message))
        }
        for bit in 0..<publicKey.count * 8 {
            var injured = publicKey
            injured[bit / 8] ^= 1 << UInt8(bit % 8)
            // In front of the coordinates nothing may change; behind, the point leaves the curve.
            let other = try? ECDSA.PublicKey(subjectPublicKeyInfo: injured)
            #expect((other == nil) == (bit / 8 < 27))
            #expect(other?.isValid(signature: signature, for: message) != true)
        }
    }

    @Test func garbageOfEveryLengthIsRefused() throws {
        let key = try ECDSA.PublicKey(subjectPublicKeyInfo: publicKey)
        var random = SeededRandom(seed: 6)
        for count in 0...80 {
            #expect(!key.isValid(signature: random.bytes(count), for: message))
            #expect(throws: CryptoError.self) { try ECDSA.PublicKey(subjectPublicKeyInfo: random.bytes(count)) }
        }
        for _ in 0..<2000 {
            let injured = random.mutated(signature)
            #expect(injured == signature || !key.isValid(signature: injured, for: message))
        }
    }

    @Test func compressedPointsAndExplicitParametersAreRefused() {
        let compressed = hex(
            "3039301306072a8648ce3d020106082a8648ce3d030107032200"
                + "039e43e1789d4acafa058e0609c341bdc605784f1295b8f1e596baa552b5f8fac0")
        #expect(throws: CryptoError.self) { try ECDSA.PublicKey(subjectPublicKeyInfo: compressed) }
        let explicit = hex(
            "3082014b3082010306072a8648ce3d02013081f7020101302c06072a8648ce3d0101022100ffffffff00000001000000000000"
                + "000000000000ffffffffffffffffffffffff305b0420ffffffff00000001000000000000000000000000fffffffffffffff"
                + "ffffffffc04205ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b031500c49d360886e70493"
                + "6a6678e1139d26b7819f7e900441046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe34"
                + "2e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5022100ffffffff00000000ffffffffffffffffbc"
                + "e6faada7179e84f3b9cac2fc63255102010103420004209d7d6353d5c2f223a669c36915c04d668a897003e1c3c7494d78d"
                + "7b7dadec813d4b71a160fd2b4238b8643fda49a4c2653c6b4b1f71cf14c669a9e74625c6e")
        #expect(throws: CryptoError.self) { try ECDSA.PublicKey(subjectPublicKeyInfo: explicit) }
    }
}

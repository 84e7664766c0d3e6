import Crypto
import Identity
import TestSupport
import Testing

@Suite struct PersonalMessageTests {
    private func key(_ text: String) throws -> Secp256k1.PrivateKey {
        try Secp256k1.PrivateKey(SecretBytes(copying: hex(text)))
    }

    /// Made with eth-account: key, message, address, signature.
    private static let signed: [(key: String, message: String, address: String, signature: String)] = [
        (
            "df02cbea58239744a8a6ba328056309ae43f86fec6db45e5f782adcf38aacadf", "hello",
            "0x83f1caAdaBeEC2945b73087F803d404F054Cc2B7",
            "a3a9a3bd1c55c6fd402cf1a8965c3a6dcb8d190412d1265e2644ce37204bbb10"
                + "4011552bbe3bda18075896efc97ce875488e90e5ce9b5f073d2f972c97bf477d1b"
        ),
        (
            "df02cbea58239744a8a6ba328056309ae43f86fec6db45e5f782adcf38aacadf", "",
            "0x83f1caAdaBeEC2945b73087F803d404F054Cc2B7",
            "4560edd9d66c098df25ef2aed30a02a3960d0270f0e246f9770e0709a36358e8"
                + "4f592ec0cbacc43be76ee33cf49747f73e2a0fdb8d4413d5315bcc9974532e1f1b"
        ),
        (
            "0101010101010101010101010101010101010101010101010101010101010101", "Gr\u{fc}\u{df}e aus dem Netz",
            "0x1a642f0E3c3aF545E7AcBD38b07251B3990914F1",
            "72f8c838bea36c6155482e94839b902a2858672cb65785c81616b453da92cbee"
                + "5831d64a254205b489286587278a12e8ddb7a60d4de0c9a8195a3119763ec2361c"
        ),
        (
            "0000000000000000000000000000000000000000000000000000000000000001", String(repeating: "a", count: 100),
            "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf",
            "e3515cdcad2378dcd15a043a9788fac67b17b545842e6e10e39d54534fd1e74f"
                + "68588a13982463aec5b779ccca030c5b2d779a6d1f93fff6e7962bfbeb0cedd51b"
        ),
        (
            "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140", "edge",
            "0x80C0dbf239224071c59dD8970ab9d542E3414aB2",
            "364bbd25fbb8853c742a05e1f0c9c2c367d739c19bcb3514bbb50987a6d5f58f"
                + "4960074ca7d74cb91f25cbea12282d0d4b0a97e31b19dc58ae55fcf324ef84241b"
        ),
    ]

    @Test func asWalletsSign() throws {
        for vector in Self.signed {
            let message = PersonalMessage(Array(vector.message.utf8))
            let key = try key(vector.key)
            let signature = key.sign(message)
            #expect(signature.ethereumBytes.hex == vector.signature)
            #expect("\(EVMAddress(key))" == vector.address)
            let read = try RecoverableSignature(ethereumBytes: hex(vector.signature))
            #expect(read == signature)
            #expect(EVMAddress(signing: message, as: read) == EVMAddress(key))
            let other = PersonalMessage(message.bytes + [0])
            #expect(EVMAddress(signing: other, as: read) != EVMAddress(key))
        }
    }

    @Test func formsOfTheLastByte() throws {
        let bytes = hex(Self.signed[0].signature)
        let signature = try RecoverableSignature(ethereumBytes: bytes)
        #expect(try RecoverableSignature(ethereumBytes: bytes.dropLast() + [0]) == signature)
        for last in [2, 3, 26, 29, 30, 37, 255] as [UInt8] {
            #expect(throws: CryptoError.self) { try RecoverableSignature(ethereumBytes: bytes.dropLast() + [last]) }
        }
        for count in [0, 1, 64, 66] {
            let cut = Array((bytes + [0]).prefix(count))
            #expect(throws: CryptoError.self) { try RecoverableSignature(ethereumBytes: cut) }
        }
    }

    @Test func aPeerSigns() {
        let pair = KeyPair(seed: SecretBytes(copying: Vectors.bytes("A.seed")))
        let message = PersonalMessage(Array("hello".utf8))
        let signature = pair.sign(message)
        #expect(message.peerMessage == [0x19] + Array("Linnet Signed Message:\n5hello".utf8))
        #expect(pair.publicKey.isValid(signature: signature, for: message))
        #expect(!pair.publicKey.isValid(signature: signature, for: PersonalMessage(Array("hellp".utf8))))
        #expect(!pair.publicKey.isValid(signature: [], for: message))
        // It is a signature of nothing else: neither of the bare message nor of a handshake.
        #expect(!pair.publicKey.isValid(signature: signature, for: message.bytes))
        let handshake = Array("noise-libp2p-static-key:".utf8) + [UInt8](repeating: 7, count: 32)
        #expect(!pair.publicKey.isValid(signature: pair.sign(PersonalMessage(handshake)), for: handshake))
    }
}

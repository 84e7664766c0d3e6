import Crypto
import Identity
import TestSupport
import Testing

@Suite struct ExtendedEd25519KeyTests {
    @Test func official() throws {
        #expect(Ed25519TreeVector.all.count == 12)
        for vector in Ed25519TreeVector.all {
            let root = ExtendedEd25519Key(seed: try Seed(SecretBytes(copying: hex(vector.seed))))
            let key = try root.derive(DerivationPath(vector.path))
            #expect(key.seed.withUnsafeBytes { Array($0).hex } == vector.privateKey)
            #expect(key.chainCode.withUnsafeBytes { Array($0).hex } == vector.chainCode)
            #expect(key.keyPair.publicKey.data.hex == vector.publicKey)
        }
    }

    @Test func hardenedChildrenOnly() throws {
        let root = ExtendedEd25519Key(seed: try Seed(SecretBytes(copying: [UInt8](repeating: 1, count: 16))))
        let number = try ChildNumber(normal: 3)
        #expect(throws: DerivationError.normalChildOfEd25519(number)) { try root.child(number) }
        let hardened = try ChildNumber(hardened: 0)
        let deepest = try root.derive(DerivationPath([ChildNumber](repeating: hardened, count: 255)))
        #expect(throws: DerivationError.tooDeep) { try deepest.child(hardened) }
    }
}

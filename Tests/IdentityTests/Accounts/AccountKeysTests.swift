import Crypto
import Identity
import TestSupport
import Testing

@Suite struct AccountKeysTests {
    private func keys(_ words: String, index: UInt32 = 0) throws -> AccountKeys {
        try AccountKeys(seed: Mnemonic(SecretBytes(copying: Array(words.utf8))).seed(), index: index)
    }

    private func text(_ key: Secp256k1.PrivateKey) -> String { key.withUnsafeBytes { Array($0).hex } }

    @Test func gigi() throws {
        let words = "abandon amount liar amount expire adjust cage candy arch gather drum buyer"
        let seed = try Mnemonic(SecretBytes(copying: Array(words.utf8))).seed()
        #expect(
            seed.secret.withUnsafeBytes { Array($0).hex }
                == "3779b041fab425e9c0fd55846b2a03e9a388fb12784067bd8ebdb464c2574a05"
                + "bcc7a8eb54d7b2a2c8420ff60f630722ea5132d28605dbc996c8ca7d7a8311c0")
        let keys = try AccountKeys(seed: seed)
        #expect(text(keys.evmKey) == "df02cbea58239744a8a6ba328056309ae43f86fec6db45e5f782adcf38aacadf")
        #expect(keys.evmAddress.lowercased == "0x83f1caadabeec2945b73087f803d404f054cc2b7")
        #expect("\(keys.evmAddress)" == "0x83f1caAdaBeEC2945b73087F803d404F054Cc2B7")
        #expect("\(keys.groupID)" == "12D3KooWPzjifM5tHHWrhyYZsGfKaAtPUxoAsdnmUnSdZ69xSoBQ")
        #expect("\(keys.peerID)" == "12D3KooWHg5ykySsajSpP7rkL9hmaVfTaxmjT9ZUCPR4rwDvLwWY")
        let groupSeed = hex("5efe47658316889c66a30599a8936666f0e5fe091870fdf354ad9dbf85e1b616")
        #expect(keys.groupID == KeyPair(seed: SecretBytes(copying: groupSeed)).peerID)
        let peerSeed = hex("5ce00e233845a4f0557d5ad0525d482300718b0b5274f785b75afb7d70adbce2")
        #expect(keys.peerID == KeyPair(seed: SecretBytes(copying: peerSeed)).peerID)
    }

    @Test func wellKnownWords() throws {
        let words = [String](repeating: "abandon", count: 11).joined(separator: " ") + " about"
        let keys = try keys(words)
        #expect("\(keys.evmAddress)" == "0x9858EfFD232B4033E47d90003D41EC34EcaEda94")
        #expect("\(keys.groupID)" == "12D3KooWKQJHZUSSd4GHk23N1hxen1UER1K5BBTMJRpNNJcZ63bo")
        #expect("\(keys.peerID)" == "12D3KooWANciQfUB5KQSFVDQJFiSpULMD2drc8zNseka1fQaD57V")
        #expect("\(keys)" == "AccountKeys(0: \(keys.evmAddress), \(keys.peerID))")
    }

    @Test func furtherAccounts() throws {
        let words = [String](repeating: "abandon", count: 11).joined(separator: " ") + " about"
        let all = try (0..<5).map { try keys(words, index: $0) }
        #expect("\(all[1].evmAddress)" == "0x6Fac4D18c912343BF86fa7049364Dd4E424Ab9C0")
        #expect(Set(all.flatMap { [$0.peerID, $0.groupID] }).count == 10)
        #expect(try keys(words, index: (1 << 31) - 1).index == (1 << 31) - 1)
        #expect(throws: DerivationError.indexOutOfRange(1 << 31)) { try keys(words, index: 1 << 31) }
        #expect("\(try AccountKeys.path(for: .group, index: 3))" == "m/44'/60'/1'/0/3")
    }
}

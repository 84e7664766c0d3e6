import Crypto
import Testing

@testable import Identity

/// The account file of gigi: the key of a known password, and a file made with it.
@Suite struct GigiVaultTests {
    let password = SecretBytes(copying: Array("my_secure_password".utf8))
    static let mnemonic = "abandon amount liar amount expire adjust cage candy arch gather drum buyer"

    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    @Test func derivesTheKeyThatGigiDerives() {
        let key = GigiVault.key(password).withUnsafeBytes { Array($0) }
        #expect(hex(key) == "56e2f768308dd8bc22f4c653ab8868ea29fce9b378b13748ba5a58359a993733")
    }

    private var file: String {
        // The nonce of the record cipher is four zero bytes and a counter: one that gigi may draw, too.
        let cipher = ChaCha20Poly1305(key: GigiVault.key(password))
        let text = Array(Self.mnemonic.utf8)
        var bytes = text + [UInt8](repeating: 0, count: 16)
        bytes.withUnsafeMutableBytes { cipher.seal($0, count: text.count, nonce: 5) }
        return #"{"encrypted_mnemonic":"\#(hex(bytes))","nonce":"000000000500000000000000","#
            + #""peer_id":"12D3KooWHg5ykySsajSpP7rkL9hmaVfTaxmjT9ZUCPR4rwDvLwWY","group_id":"g","address":"0x","#
            + #""name":"Anna"}"#
    }

    @Test func readsAFileOfGigi() throws {
        let vault = try GigiVault(json: file)
        #expect(vault.name == "Anna")
        #expect(vault.peer.description == "12D3KooWHg5ykySsajSpP7rkL9hmaVfTaxmjT9ZUCPR4rwDvLwWY")
        #expect(try vault.mnemonic(password: password) == SecretBytes(copying: Array(Self.mnemonic.utf8)))
        #expect(throws: VaultError.wrongPassphrase) {
            try vault.mnemonic(password: SecretBytes(copying: Array("other".utf8)))
        }
    }

    @Test(arguments: ["", "[]", "{}", #"{"encrypted_mnemonic":"zz","nonce":"00","peer_id":"x"}"#, "{\"nonce\":1}"])
    func refusesWhatIsNone(text: String) {
        #expect(throws: VaultError.self) { try GigiVault(json: text) }
    }
}

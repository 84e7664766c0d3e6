import Crypto
import Identity
import TestSupport
import Testing

@Suite struct EVMAddressTests {
    /// The examples of EIP-55.
    @Test(arguments: [
        "0x52908400098527886E0F7030069857D2E4169EE7", "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
        "0xde709f2102306220921060314715629080e2fb77", "0x27b1fdb04752bbc536007a920d24acb045561c26",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
    ])
    func checksums(text: String) throws {
        let address = try EVMAddress(text)
        #expect("\(address)" == text)
        #expect(address.lowercased == text.lowercased())
        #expect(try EVMAddress(text.lowercased()) == address)
        #expect(try EVMAddress("0x" + text.dropFirst(2).uppercased()) == address)
    }

    @Test func aCapitalInTheWrongPlace() throws {
        let text = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
        for (offset, character) in text.enumerated().dropFirst(2) where character.isLetter {
            var other = Array(text)
            other[offset] = Character(character.isUppercase ? character.lowercased() : character.uppercased())
            #expect(throws: EVMAddressError.wrongChecksum) { try EVMAddress(String(other)) }
        }
    }

    @Test(arguments: [
        "", "0x", "5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed0", "0X5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeg", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Be\u{ff21}",
    ])
    func malformed(text: String) {
        #expect(throws: EVMAddressError.malformed) { try EVMAddress(text) }
    }

    @Test func aKeyOffTheCurveHasNone() throws {
        let key = try Secp256k1.PublicKey(compressed: [2] + [UInt8](repeating: 0xff, count: 32))
        #expect(EVMAddress(key) == nil)
    }
}

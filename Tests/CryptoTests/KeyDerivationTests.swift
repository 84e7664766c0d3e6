import Crypto
import TestSupport
import Testing

/// RFC 4231 and, for PBKDF2, values that Python's hashlib gives too.
@Suite struct KeyDerivationTests {
    private func code(_ message: [[UInt8]], key: [UInt8]) -> String {
        let parts = message.map { SecretBytes(copying: $0) }
        let code = SecretBytes(copying: key).withUnsafeBytes { key in
            lend(parts[...], []) { HMACSHA512.authenticationCode(for: $0, key: key) }
        }
        return code.withUnsafeBytes { Array($0).hex }
    }

    private func lend(
        _ parts: ArraySlice<SecretBytes>, _ lent: [UnsafeRawBufferPointer],
        _ body: ([UnsafeRawBufferPointer]) -> SecretBytes
    ) -> SecretBytes {
        guard let first = parts.first else { return body(lent) }
        return first.withUnsafeBytes { lend(parts.dropFirst(), lent + [$0], body) }
    }

    @Test func hmacSHA512() {
        let expected = [
            "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
                + "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854",
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
                + "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
            "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
                + "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598",
            "b936cee86c9f87aa5d3c6f2e84cb5a4239a5fe50480a6ec66b70ab5b1f4ac673"
                + "0c6c515421b327ec1d69402e53dfb49ad7381eb067b338fd7b0cb22247225d47",
        ]
        let first = Array("Hi There".utf8)
        #expect(code([first], key: [UInt8](repeating: 0x0b, count: 20)) == expected[0])
        #expect(
            code([Array("Hi".utf8), [], Array(" There".utf8)], key: [UInt8](repeating: 11, count: 20)) == expected[0])
        #expect(code([Array("what do ya want for nothing?".utf8)], key: Array("Jefe".utf8)) == expected[1])
        let long = Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8)
        #expect(code([long], key: [UInt8](repeating: 0xaa, count: 131)) == expected[2])
        #expect(code([], key: []) == expected[3])
    }

    private func key(_ password: String, _ salt: String, iterations: Int, count: Int) -> String {
        Array(password.utf8).withUnsafeBytes { password in
            Array(salt.utf8).withUnsafeBytes { salt in
                PBKDF2SHA512.derive(password: password, salt: salt, iterations: iterations, count: count)
                    .withUnsafeBytes { Array($0).hex }
            }
        }
    }

    @Test func pbkdf2SHA512() {
        #expect(
            key("password", "salt", iterations: 1, count: 64)
                == "867f70cf1ade02cff3752599a3a53dc4af34c7a669815ae5d513554e1c8cf252"
                + "c02d470a285a0501bad999bfe943c08f050235d7d68b1da55e63f73b60a57fce")
        #expect(
            key("passwordPASSWORDpassword", "saltSALTsaltSALTsaltSALTsaltSALTsalt", iterations: 4096, count: 100)
                == "8c0511f4c6e597c6ac6315d8f0362e225f3c501495ba23b868c005174dc4ee71"
                + "115b59f9e60cd9532fa33e0f75aefe30225c583a186cd82bd4daea9724a3d3b8"
                + "04f75bdd41494fa324cab24bcc680fb3b96a30cf5d21fac3c2875913919f3399b1d9ce7e")
        #expect(key("", "", iterations: 3, count: 20) == "ba78a2c18fe1f3cfffaba0f93ccf85fc342edf2c")
    }

    @Test func ripemd160() {
        #expect(RIPEMD160.hash([]).hex == "9c1185a5c5e9fc54612808977ee8f548b2258d31")
        #expect(RIPEMD160.hash(Array("abc".utf8)).hex == "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc")
    }
}

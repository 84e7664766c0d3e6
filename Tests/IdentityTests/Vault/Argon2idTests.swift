import Crypto
import Testing

/// Keys of passphrases, as libargon2 and OpenSSL compute them.
@Suite struct Argon2idTests {
    @Test(arguments: [
        (UInt32(64), UInt32(1), "158f9659de116e2d12a837348960656f7d6ecd3eaa0ac3e2d376b3656399a1da"),
        (65536, 2, "28a00c0642c17f1f87b08f61fc627f76996f6c13c3c62572ee0b450416411a74"),
    ])
    func isWhatOthersCompute(memory: UInt32, passes: UInt32, expected: String) throws {
        let key = try Argon2id.key(
            passphrase: SecretBytes(copying: Array("password".utf8)), salt: Array("somesaltSOMESALT".utf8),
            cost: try #require(Argon2id.Cost(memory: memory, passes: passes)))
        let text = key.withUnsafeBytes { $0.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
        #expect(text == expected)
    }

    @Test(arguments: [0.00001, 0.01, 0.05, 0.125, 0.25, 1, 60])
    func calibratesBetweenFloorAndCeiling(floorTakes: Double) {
        func time(_ cost: Argon2id.Cost) -> Double {
            let floor = Argon2id.Cost.floor
            return floorTakes * Double(cost.memory * cost.passes) / Double(floor.memory * floor.passes)
        }
        let cost = Argon2id.calibrated(to: 0.25, measure: time)
        #expect(cost.memory >= Argon2id.Cost.floor.memory && cost.memory <= Argon2id.Cost.ceiling.memory)
        #expect(cost.passes >= Argon2id.Cost.floor.passes && cost.passes <= Argon2id.Cost.ceiling.passes)
        if floorTakes >= 0.25 { #expect(cost == .floor) }
        if floorTakes == 0.00001 { #expect(cost == .ceiling) }
        if (0.05...0.125).contains(floorTakes) { #expect((0.15...0.25).contains(time(cost))) }
    }

    @Test func calibratesToTheFloorWithoutAClock() {
        #expect(Argon2id.calibrated(to: 0.25) { _ in .nan } == .floor)
        #expect(Argon2id.calibrated(to: 0.25) { _ in 0 } == .floor)
    }
}

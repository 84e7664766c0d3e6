import Crypto
import TestSupport
import Testing

@Suite struct Keccak256Tests {
    /// Around the ends of blocks, made with PyCryptodome: byte i is 7i + 3.
    @Test(arguments: [
        (0, "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"),
        (1, "69c322e3248a5dfc29d73c5b0553b0185a35cd5bb6386747517ef7e53b15e287"),
        (7, "af2dd82887bb5be2eaa8117023b0b486d9dbd438e9f92e89dc2ada088af681ad"),
        (8, "ad894215c2106b9dfa2c04022025509974a5eb20b9f4cd27ca716967542ecf6e"),
        (31, "8522dc30be01c01348c0591309ac2948c9ae4ce02facbb745f85a5297286d3dd"),
        (134, "0c00ddc2482876f8fa8cc91ed55deedf61049892967f383560faf8a5787f86c5"),
        (135, "00ef96af9cf4b24c7f269d922294444a197d0a33638c2e56634c57e892103a8f"),
        (136, "742061bcad767ed4c4f5883b1dcb1aad11afdcc140dc469d953759b127b9f9ed"),
        (137, "e3371f61e770abf254c34239c3b0099ad90594507415bc81dd0a10b9692bbf2a"),
        (271, "4401c4afbe16ff911bdbf2d38e556e5b861f3fdf0f9d4306b1c46f6ae4f73584"),
        (272, "ac141fd7b0a0ffcd2e967254d508da3ec616596493c36fa304425647d90e6de5"),
        (273, "16192ea86793083e47731cb3c970600f04768414d92bc0540e54ce8607a0fce0"),
        (1000, "80cdc8dd52cbb3dbaea8f383209893fa2bb52efbd5aedbb4b26dcfe307fcdc9b"),
    ])
    func vectors(count: Int, hash: String) {
        let message = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 7 + 3) }
        #expect(Keccak256.hash(message).hex == hash)
    }

    @Test func knownMessages() {
        let abc = "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"
        #expect(Keccak256.hash(Array("abc".utf8)).hex == abc)
        let million = "fadae6b49f129bbb812be8407b7b2894f34aecf6dbd1f9b0f0c7e9853098fc96"
        #expect(Keccak256.hash([UInt8](repeating: 0x61, count: 1_000_000)).hex == million)
    }

    @Test func howAMessageIsCutDoesNotMatter() {
        var random = SeededRandom(seed: 31)
        for _ in 0..<200 {
            let message = random.bytes(Int.random(in: 0..<700, using: &random))
            var hash = Keccak256()
            var rest = message[...]
            while !rest.isEmpty {
                let part = rest.prefix(Int.random(in: 0..<300, using: &random))
                hash.update(Array(part))
                rest = rest.dropFirst(part.count)
            }
            #expect(hash.finalize() == Keccak256.hash(message))
        }
    }
}

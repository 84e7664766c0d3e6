/// The vectors of BIP-32: four trees, and keys that are invalid.
struct ExtendedKeyVector: Sendable {
    let seed: String
    let path: String
    let publicText: String
    let privateText: String

    static let all: [ExtendedKeyVector] = [
        ExtendedKeyVector(
            seed: "000102030405060708090a0b0c0d0e0f",
            path: "m",
            publicText: "xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265"
                + "TMg7usUDFdp6W1EGMcet8",
            privateText: "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3"
                + "TGtRBeJgk33yuGBxrMPHi"),
        ExtendedKeyVector(
            seed: "000102030405060708090a0b0c0d0e0f",
            path: "m/0'",
            publicText: "xpub68Gmy5EdvgibQVfPdqkBBCHxA5htiqg55crXYuXoQRKfDBFA1WEjWgP6LHhwBZeNK1VTsfTFUHCdrfp1bgwQ9x"
                + "v5ski8PX9rL2dZXvgGDnw",
            privateText: "xprv9uHRZZhk6KAJC1avXpDAp4MDc3sQKNxDiPvvkX8Br5ngLNv1TxvUxt4cV1rGL5hj6KCesnDYUhd7oWgT11eZG7"
                + "XnxHrnYeSvkzY7d2bhkJ7"),
        ExtendedKeyVector(
            seed: "000102030405060708090a0b0c0d0e0f",
            path: "m/0'/1",
            publicText: "xpub6ASuArnXKPbfEwhqN6e3mwBcDTgzisQN1wXN9BJcM47sSikHjJf3UFHKkNAWbWMiGj7Wf5uMash7SyYq527Hqc"
                + "k2AxYysAA7xmALppuCkwQ",
            privateText: "xprv9wTYmMFdV23N2TdNG573QoEsfRrWKQgWeibmLntzniatZvR9BmLnvSxqu53Kw1UmYPxLgboyZQaXwTCg8MSY3H"
                + "2EU4pWcQDnRnrVA1xe8fs"),
        ExtendedKeyVector(
            seed: "000102030405060708090a0b0c0d0e0f",
            path: "m/0'/1/2'",
            publicText: "xpub6D4BDPcP2GT577Vvch3R8wDkScZWzQzMMUm3PWbmWvVJrZwQY4VUNgqFJPMM3No2dFDFGTsxxpG5uJh7n7epu4"
                + "trkrX7x7DogT5Uv6fcLW5",
            privateText: "xprv9z4pot5VBttmtdRTWfWQmoH1taj2axGVzFqSb8C9xaxKymcFzXBDptWmT7FwuEzG3ryjH4ktypQSAewRiNMjAN"
                + "TtpgP4mLTj34bhnZX7UiM"),
        ExtendedKeyVector(
            seed: "000102030405060708090a0b0c0d0e0f",
            path: "m/0'/1/2'/2",
            publicText: "xpub6FHa3pjLCk84BayeJxFW2SP4XRrFd1JYnxeLeU8EqN3vDfZmbqBqaGJAyiLjTAwm6ZLRQUMv1ZACTj37sR62cf"
                + "N7fe5JnJ7dh8zL4fiyLHV",
            privateText: "xprvA2JDeKCSNNZky6uBCviVfJSKyQ1mDYahRjijr5idH2WwLsEd4Hsb2Tyh8RfQMuPh7f7RtyzTtdrbdqqsunu5Mm"
                + "3wDvUAKRHSC34sJ7in334"),
        ExtendedKeyVector(
            seed: "000102030405060708090a0b0c0d0e0f",
            path: "m/0'/1/2'/2/1000000000",
            publicText: "xpub6H1LXWLaKsWFhvm6RVpEL9P4KfRZSW7abD2ttkWP3SSQvnyA8FSVqNTEcYFgJS2UaFcxupHiYkro49S8yGasTv"
                + "XEYBVPamhGW6cFJodrTHy",
            privateText: "xprvA41z7zogVVwxVSgdKUHDy1SKmdb533PjDz7J6N6mV6uS3ze1ai8FHa8kmHScGpWmj4WggLyQjgPie1rFSruoUi"
                + "hUZREPSL39UNdE3BBDu76"),
        ExtendedKeyVector(
            seed: "fffcf9f6f3f0edeae7e4e1dedbd8d5d2cfccc9c6c3c0bdbab7b4b1aeaba8a5a29f9c999693908d8a8784817e7b"
                + "7875726f6c696663605d5a5754514e4b484542",
            path: "m",
            publicText: "xpub661MyMwAqRbcFW31YEwpkMuc5THy2PSt5bDMsktWQcFF8syAmRUapSCGu8ED9W6oDMSgv6Zz8idoc4a6mr8BDz"
                + "TJY47LJhkJ8UB7WEGuduB",
            privateText: "xprv9s21ZrQH143K31xYSDQpPDxsXRTUcvj2iNHm5NUtrGiGG5e2DtALGdso3pGz6ssrdK4PFmM8NSpSBHNqPqm55Q"
                + "n3LqFtT2emdEXVYsCzC2U"),
        ExtendedKeyVector(
            seed: "fffcf9f6f3f0edeae7e4e1dedbd8d5d2cfccc9c6c3c0bdbab7b4b1aeaba8a5a29f9c999693908d8a8784817e7b"
                + "7875726f6c696663605d5a5754514e4b484542",
            path: "m/0",
            publicText: "xpub69H7F5d8KSRgmmdJg2KhpAK8SR3DjMwAdkxj3ZuxV27CprR9LgpeyGmXUbC6wb7ERfvrnKZjXoUmmDznezpbZb"
                + "7ap6r1D3tgFxHmwMkQTPH",
            privateText: "xprv9vHkqa6EV4sPZHYqZznhT2NPtPCjKuDKGY38FBWLvgaDx45zo9WQRUT3dKYnjwih2yJD9mkrocEZXo1ex8G81d"
                + "wSM1fwqWpWkeS3v86pgKt"),
        ExtendedKeyVector(
            seed: "fffcf9f6f3f0edeae7e4e1dedbd8d5d2cfccc9c6c3c0bdbab7b4b1aeaba8a5a29f9c999693908d8a8784817e7b"
                + "7875726f6c696663605d5a5754514e4b484542",
            path: "m/0/2147483647'",
            publicText: "xpub6ASAVgeehLbnwdqV6UKMHVzgqAG8Gr6riv3Fxxpj8ksbH9ebxaEyBLZ85ySDhKiLDBrQSARLq1uNRts8RuJiHj"
                + "aDMBU4Zn9h8LZNnBC5y4a",
            privateText: "xprv9wSp6B7kry3Vj9m1zSnLvN3xH8RdsPP1Mh7fAaR7aRLcQMKTR2vidYEeEg2mUCTAwCd6vnxVrcjfy2kRgVsFaw"
                + "NzmjuHc2YmYRmagcEPdU9"),
        ExtendedKeyVector(
            seed: "fffcf9f6f3f0edeae7e4e1dedbd8d5d2cfccc9c6c3c0bdbab7b4b1aeaba8a5a29f9c999693908d8a8784817e7b"
                + "7875726f6c696663605d5a5754514e4b484542",
            path: "m/0/2147483647'/1",
            publicText: "xpub6DF8uhdarytz3FWdA8TvFSvvAh8dP3283MY7p2V4SeE2wyWmG5mg5EwVvmdMVCQcoNJxGoWaU9DCWh89LojfZ5"
                + "37wTfunKau47EL2dhHKon",
            privateText: "xprv9zFnWC6h2cLgpmSA46vutJzBcfJ8yaJGg8cX1e5StJh45BBciYTRXSd25UEPVuesF9yog62tGAQtHjXajPPdbR"
                + "CHuWS6T8XA2ECKADdw4Ef"),
        ExtendedKeyVector(
            seed: "fffcf9f6f3f0edeae7e4e1dedbd8d5d2cfccc9c6c3c0bdbab7b4b1aeaba8a5a29f9c999693908d8a8784817e7b"
                + "7875726f6c696663605d5a5754514e4b484542",
            path: "m/0/2147483647'/1/2147483646'",
            publicText: "xpub6ERApfZwUNrhLCkDtcHTcxd75RbzS1ed54G1LkBUHQVHQKqhMkhgbmJbZRkrgZw4koxb5JaHWkY4ALHY2grBGR"
                + "jaDMzQLcgJvLJuZZvRcEL",
            privateText: "xprvA1RpRA33e1JQ7ifknakTFpgNXPmW2YvmhqLQYMmrj4xJXXWYpDPS3xz7iAxn8L39njGVyuoseXzU6rcxFLJ8HF"
                + "sTjSyQbLYnMpCqE2VbFWc"),
        ExtendedKeyVector(
            seed: "fffcf9f6f3f0edeae7e4e1dedbd8d5d2cfccc9c6c3c0bdbab7b4b1aeaba8a5a29f9c999693908d8a8784817e7b"
                + "7875726f6c696663605d5a5754514e4b484542",
            path: "m/0/2147483647'/1/2147483646'/2",
            publicText: "xpub6FnCn6nSzZAw5Tw7cgR9bi15UV96gLZhjDstkXXxvCLsUXBGXPdSnLFbdpq8p9HmGsApME5hQTZ3emM2rnY5ag"
                + "b9rXpVGyy3bdW6EEgAtqt",
            privateText: "xprvA2nrNbFZABcdryreWet9Ea4LvTJcGsqrMzxHx98MMrotbir7yrKCEXw7nadnHM8Dq38EGfSh6dqA9QWTyefMLE"
                + "cBYJUuekgW4BYPJcr9E7j"),
        ExtendedKeyVector(
            seed: "4b381541583be4423346c643850da4b320e46a87ae3d2a4e6da11eba819cd4acba45d239319ac14f863b8d5ab5"
                + "a0d0c64d2e8a1e7d1457df2e5a3c51c73235be",
            path: "m",
            publicText: "xpub661MyMwAqRbcEZVB4dScxMAdx6d4nFc9nvyvH3v4gJL378CSRZiYmhRoP7mBy6gSPSCYk6SzXPTf3ND1cZAceL"
                + "7SfJ1Z3GC8vBgp2epUt13",
            privateText: "xprv9s21ZrQH143K25QhxbucbDDuQ4naNntJRi4KUfWT7xo4EKsHt2QJDu7KXp1A3u7Bi1j8ph3EGsZ9Xvz9dGuVrt"
                + "HHs7pXeTzjuxBrCmmhgC6"),
        ExtendedKeyVector(
            seed: "4b381541583be4423346c643850da4b320e46a87ae3d2a4e6da11eba819cd4acba45d239319ac14f863b8d5ab5"
                + "a0d0c64d2e8a1e7d1457df2e5a3c51c73235be",
            path: "m/0'",
            publicText: "xpub68NZiKmJWnxxS6aaHmn81bvJeTESw724CRDs6HbuccFQN9Ku14VQrADWgqbhhTHBaohPX4CjNLf9fq9MYo6oDa"
                + "PPLPxSb7gwQN3ih19Zm4Y",
            privateText: "xprv9uPDJpEQgRQfDcW7BkF7eTya6RPxXeJCqCJGHuCJ4GiRVLzkTXBAJMu2qaMWPrS7AANYqdq6vcBcBUdJCVVFce"
                + "UvJFjaPdGZ2y9WACViL4L"),
        ExtendedKeyVector(
            seed: "3ddd5602285899a946114506157c7997e5444528f3003f6134712147db19b678",
            path: "m",
            publicText: "xpub661MyMwAqRbcGczjuMoRm6dXaLDEhW1u34gKenbeYqAix21mdUKJyuyu5F1rzYGVxyL6tmgBUAEPrEz92mBXjB"
                + "yMRiJdba9wpnN37RLLAXa",
            privateText: "xprv9s21ZrQH143K48vGoLGRPxgo2JNkJ3J3fqkirQC2zVdk5Dgd5w14S7fRDyHH4dWNHUgkvsvNDCkvAwcSHNAQwh"
                + "wgNMgZhLtQC63zxwhQmRv"),
        ExtendedKeyVector(
            seed: "3ddd5602285899a946114506157c7997e5444528f3003f6134712147db19b678",
            path: "m/0'",
            publicText: "xpub69AUMk3qDBi3uW1sXgjCmVjJ2G6WQoYSnNHyzkmdCHEhSZ4tBok37xfFEqHd2AddP56Tqp4o56AePAgCjYdvpW"
                + "2PU2jbUPFKsav5ut6Ch1m",
            privateText: "xprv9vB7xEWwNp9kh1wQRfCCQMnZUEG21LpbR9NPCNN1dwhiZkjjeGRnaALmPXCX7SgjFTiCTT6bXes17boXtjq3xL"
                + "pcDjzEuGLQBM5ohqkao9G"),
        ExtendedKeyVector(
            seed: "3ddd5602285899a946114506157c7997e5444528f3003f6134712147db19b678",
            path: "m/0'/1'",
            publicText: "xpub6BJA1jSqiukeaesWfxe6sNK9CCGaujFFSJLomWHprUL9DePQ4JDkM5d88n49sMGJxrhpjazuXYWdMf17C9T5Xn"
                + "xkopaeS7jGk1GyyVziaMt",
            privateText: "xprv9xJocDuwtYCMNAo3Zw76WENQeAS6WGXQ55RCy7tDJ8oALr4FWkuVoHJeHVAcAqiZLE7Je3vZJHxspZdFHfnBEj"
                + "HqU5hG1Jaj32dVoS6XLT1"),
    ]

    /// Invalid keys, each with what is wrong.
    static let invalid: [(text: String, reason: String)] = [
        (
            "xpub661MyMwAqRbcEYS8w7XLSVeEsBXy79zSzH1J8vCdxAZningWLdN3zgtU6LBpB85b3D2yc8sfvZU521AAwdZafE"
                + "z7mnzBBsz4wKY5fTtTQBm",
            "pubkey version / prvkey mismatch"
        ),
        (
            "xprv9s21ZrQH143K24Mfq5zL5MhWK9hUhhGbd45hLXo2Pq2oqzMMo63oStZzFGTQQD3dC4H2D5GBj7vWvSQaaBv5cx"
                + "i9gafk7NF3pnBju6dwKvH",
            "prvkey version / pubkey mismatch"
        ),
        (
            "xpub661MyMwAqRbcEYS8w7XLSVeEsBXy79zSzH1J8vCdxAZningWLdN3zgtU6Txnt3siSujt9RCVYsx4qHZGc62TG4"
                + "McvMGcAUjeuwZdduYEvFn",
            "invalid pubkey prefix 04"
        ),
        (
            "xprv9s21ZrQH143K24Mfq5zL5MhWK9hUhhGbd45hLXo2Pq2oqzMMo63oStZzFGpWnsj83BHtEy5Zt8CcDr1UiRXuWC"
                + "mTQLxEK9vbz5gPstX92JQ",
            "invalid prvkey prefix 04"
        ),
        (
            "xpub661MyMwAqRbcEYS8w7XLSVeEsBXy79zSzH1J8vCdxAZningWLdN3zgtU6N8ZMMXctdiCjxTNq964yKkwrkBJJw"
                + "pzZS4HS2fxvyYUA4q2Xe4",
            "invalid pubkey prefix 01"
        ),
        (
            "xprv9s21ZrQH143K24Mfq5zL5MhWK9hUhhGbd45hLXo2Pq2oqzMMo63oStZzFAzHGBP2UuGCqWLTAPLcMtD9y5gkZ6"
                + "Eq3Rjuahrv17fEQ3Qen6J",
            "invalid prvkey prefix 01"
        ),
        (
            "xprv9s2SPatNQ9Vc6GTbVMFPFo7jsaZySyzk7L8n2uqKXJen3KUmvQNTuLh3fhZMBoG3G4ZW1N2kZuHEPY53qmbZzC"
                + "HshoQnNf4GvELZfqTUrcv",
            "zero depth with non-zero parent fingerprint"
        ),
        (
            "xpub661no6RGEX3uJkY4bNnPcw4URcQTrSibUZ4NqJEw5eBkv7ovTwgiT91XX27VbEXGENhYRCf7hyEbWrR3FewATd"
                + "CEebj6znwMfQkhRYHRLpJ",
            "zero depth with non-zero parent fingerprint"
        ),
        (
            "xprv9s21ZrQH4r4TsiLvyLXqM9P7k1K3EYhA1kkD6xuquB5i39AU8KF42acDyL3qsDbU9NmZn6MsGSUYZEsuoePmjz"
                + "sB3eFKSUEh3Gu1N3cqVUN",
            "zero depth with non-zero index"
        ),
        (
            "xpub661MyMwAuDcm6CRQ5N4qiHKrJ39Xe1R1NyfouMKTTWcguwVcfrZJaNvhpebzGerh7gucBvzEQWRugZDuDXjNDR"
                + "mXzSZe4c7mnTK97pTvGS8",
            "zero depth with non-zero index"
        ),
        (
            "DMwo58pR1QLEFihHiXPVykYB6fJmsTeHvyTp7hRThAtCX8CvYzgPcn8XnmdfHGMQzT7ayAmfo4z3gY5KfbrZWZ6St2"
                + "4UVf2Qgo6oujFktLHdHY4",
            "unknown extended key version"
        ),
        (
            "DMwo58pR1QLEFihHiXPVykYB6fJmsTeHvyTp7hRThAtCX8CvYzgPcn8XnmdfHPmHJiEDXkTiJTVV9rHEBUem2mwVbb"
                + "NfvT2MTcAqj3nesx8uBf9",
            "unknown extended key version"
        ),
        (
            "xprv9s21ZrQH143K24Mfq5zL5MhWK9hUhhGbd45hLXo2Pq2oqzMMo63oStZzF93Y5wvzdUayhgkkFoicQZcP3y52uP"
                + "PxFnfoLZB21Teqt1VvEHx",
            "private key 0 not in 1..n-1"
        ),
        (
            "xprv9s21ZrQH143K24Mfq5zL5MhWK9hUhhGbd45hLXo2Pq2oqzMMo63oStZzFAzHGBP2UuGCqWLTAPLcMtD5SDKr24"
                + "z3aiUvKr9bJpdrcLg1y3G",
            "private key n not in 1..n-1"
        ),
        (
            "xpub661MyMwAqRbcEYS8w7XLSVeEsBXy79zSzH1J8vCdxAZningWLdN3zgtU6Q5JXayek4PRsn35jii4veMimro1xe"
                + "fsM58PgBMrvdYre8QyULY",
            "invalid pubkey 020000000000000000000000000000000000000000000000000000000000000007"
        ),
        (
            "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3"
                + "TGtRBeJgk33yuGBxrMPHL",
            "invalid checksum"
        ),
    ]
}

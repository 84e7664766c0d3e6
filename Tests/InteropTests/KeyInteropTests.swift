import Crypto
import Identity
import TestSupport
import Testing
import Wire

/// Mnemonics, trees of keys and signatures against mnemonic 0.21, bip_utils 2.12 and eth-account 0.14.
@Suite(.timeLimit(.minutes(15)))
struct KeyInteropTests {
    private func text(_ secret: SecretBytes) -> String {
        secret.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    private func hexText(_ secret: SecretBytes) -> String { secret.withUnsafeBytes { Array($0).hex } }

    /// Holds all that Python derived against what we do.
    private func compare(
        _ answer: JSON, passphrase: String = "", path: String = "m/44'/60'/0'/0/0", index: UInt32 = 0,
        message: [UInt8]
    ) throws {
        let words = try Mnemonic(SecretBytes(copying: Array((answer["words"]?.text ?? "").utf8)))
        #expect(hexText(words.entropy) == answer["entropy"]?.text)
        let seed = try words.seed(passphrase: SecretBytes(copying: Array(passphrase.utf8)))
        #expect(hexText(seed.secret) == answer["seed"]?.text)
        let key = try ExtendedPrivateKey(seed: seed).derive(DerivationPath(path))
        #expect(text(key.text()) == answer["xprv"]?.text)
        #expect("\(key.publicKey)" == answer["xpub"]?.text)
        #expect(try "\(ExtendedPublicKey(answer["xpub"]?.text ?? ""))" == answer["xpub"]?.text)
        let hardened = try DerivationPath(answer["hardened"]?.text ?? "")
        let ed25519 = try ExtendedEd25519Key(seed: seed).derive(hardened)
        #expect(hexText(ed25519.seed) == answer["ed25519"]?.text)
        let keys = try AccountKeys(seed: seed, index: index)
        #expect("\(keys.evmAddress)" == answer["address"]?.text)
        let (group, peer) = (hex(answer["group"]?.text ?? ""), hex(answer["peer"]?.text ?? ""))
        #expect(keys.groupID == KeyPair(seed: SecretBytes(copying: group)).peerID)
        #expect(keys.peerID == KeyPair(seed: SecretBytes(copying: peer)).peerID)
        let signature = try RecoverableSignature(ethereumBytes: hex(answer["signature"]?.text ?? ""))
        #expect(signature == keys.evmKey.sign(PersonalMessage(message)))
        #expect(EVMAddress(signing: PersonalMessage(message), as: signature) == keys.evmAddress)
    }

    @Test("our words, paths and signatures")
    func ours() throws {
        struct Question {
            let passphrase: String
            let path: String
            let index: UInt32
            let message: [UInt8]
        }
        var random = SeededRandom(seed: 101)
        let passphrases = [
            "", "TREZOR", "Gr\u{fc}\u{df}e", "e\u{301}\u{fb01}\u{2460}", "\u{d55c}\u{ae00} \u{30ac}\u{ff76}\u{ff9e}",
        ]
        var questions: [Question] = []
        var lines: [[(String, JSON)]] = []
        for round in 0..<20 {
            let words = try Mnemonic.generate(wordCount: Mnemonic.wordCounts[round % 5]) { room in
                room.copyBytes(from: random.bytes(room.count))
            }
            var path = "m"
            for _ in 0..<Int.random(in: 0..<6, using: &random) {
                path += "/\(UInt32.random(in: 0..<1 << 31, using: &random))" + (Bool.random(using: &random) ? "'" : "")
            }
            let question = Question(
                passphrase: passphrases[round % 5], path: path, index: UInt32.random(in: 0..<1 << 31, using: &random),
                message: random.bytes(round * 7))
            let passphrase = SecretBytes(copying: Array(question.passphrase.utf8))
            let keys = try AccountKeys(seed: words.seed(passphrase: passphrase), index: question.index)
            questions.append(question)
            lines.append([
                ("words", .string(text(words.text()))), ("passphrase", .string(question.passphrase)),
                ("path", .string(path)), ("index", .integer(Int64(question.index))),
                ("message", .string(question.message.hex)),
                ("signature", .string(keys.evmKey.sign(PersonalMessage(question.message)).ethereumBytes.hex)),
            ])
        }
        let answers = try PythonKeys.answers(to: lines)
        #expect(answers.count == questions.count)
        for (question, answer) in zip(questions, answers) {
            try compare(
                answer, passphrase: question.passphrase, path: question.path, index: question.index,
                message: question.message)
            #expect(answer["recovered"]?.text == answer["address"]?.text)
        }
    }

    @Test("their words and signatures", arguments: [128, 160, 192, 224, 256])
    func theirs(strength: Int64) throws {
        let message = Array("signed in Python".utf8)
        let question: [(String, JSON)] = [("make", .integer(strength)), ("message", .string(message.hex))]
        let answers = try PythonKeys.answers(to: [question, question, question])
        #expect(answers.count == 3)
        for answer in answers { try compare(answer, message: message) }
    }
}

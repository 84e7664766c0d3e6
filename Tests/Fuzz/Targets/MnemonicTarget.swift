import Crypto
import Identity

/// Words as somebody types them, and the passphrase that may go with them: refused for a reason that gives nothing away,
/// or read as exactly one account.
///
/// The first byte says what the rest is: words, the entropy of words that are then damaged, or a passphrase.
enum MnemonicTarget {
    static func run(_ input: [UInt8]) throws(FuzzFinding) -> String {
        guard let kind = input.first else { return "nothing" }
        let rest = Array(input.dropFirst())
        return switch kind % 3 {
        case 0: try words(rest)
        case 1: try damaged(rest)
        default: try passphrase(rest)
        }
    }

    private static func words(_ text: [UInt8]) throws(FuzzFinding) -> String {
        let read: Mnemonic
        do throws(MnemonicError) {
            read = try Mnemonic(SecretBytes(copying: text))
        } catch {
            return try refusal(error, of: text)
        }
        guard let again = try? Mnemonic(read.text()), again == read,
            let made = try? Mnemonic(entropy: read.entropy), made == read, Mnemonic.wordCounts.contains(read.wordCount)
        else { throw FuzzFinding("\(read) does not read back") }
        return "words"
    }

    /// Shows one word at most, which is on no list, and none that is.
    private static func refusal(_ error: MnemonicError, of text: [UInt8]) throws(FuzzFinding) -> String {
        guard error.description.utf8.count <= 300 else { throw FuzzFinding("says too much: \(error)") }
        switch error {
        case .unknownWord(let word, let position, let suggestions):
            guard position >= 1, position <= text.count, suggestions.count <= 8 else { throw FuzzFinding("\(error)") }
            guard word.utf8.allSatisfy({ (0x61...0x7a).contains($0 | 0x20) }) else {
                throw FuzzFinding("shows \(word)")
            }
            guard !word.isEmpty else { return "no word" }
            let alone = [String](repeating: word, count: 12).joined(separator: " ")
            guard case .failure(.unknownWord(_, 1, suggestions)) = outcome(Array(alone.utf8)) else {
                throw FuzzFinding("\(word) is on the list")
            }
            return "unknown word"
        case .wordCount: return "word count"
        case .checksum: return "checksum"
        case .tooLong: return "too long"
        case .normalisation: return "normalisation"
        case .entropyLength: throw FuzzFinding("entropy was not given")
        }
    }

    private static func outcome(_ text: [UInt8]) -> Result<Mnemonic, MnemonicError> {
        Result { () throws(MnemonicError) in try Mnemonic(SecretBytes(copying: text)) }
    }

    /// The words of the entropy from the third byte on, with a letter changed where the first two bytes say.
    private static func damaged(_ input: [UInt8]) throws(FuzzFinding) -> String {
        guard input.count > 2 else { return "nothing" }
        let entropy = Array(input.dropFirst(2))
        let made: Mnemonic
        do throws(MnemonicError) {
            made = try Mnemonic(entropy: SecretBytes(copying: entropy))
        } catch {
            guard case .entropyLength(entropy.count) = error else { throw FuzzFinding("\(error)") }
            return "entropy length"
        }
        guard made.entropy == SecretBytes(copying: entropy) else { throw FuzzFinding("other entropy") }
        var text = made.text().withUnsafeBytes { Array($0) }
        guard case .success(made) = outcome(text) else { throw FuzzFinding("\(made) does not read back") }
        let place = Int(input[0]) % text.count
        text[place] = input[1]
        return try words(text)
    }

    /// A passphrase gives a seed, and the same one each time; or none, as other wallets may read it in another way.
    private static func passphrase(_ text: [UInt8]) throws(FuzzFinding) -> String {
        guard let words = try? Mnemonic(entropy: SecretBytes(copying: [UInt8](repeating: 0, count: 16))) else {
            throw FuzzFinding("no words")
        }
        func seed() -> Result<Seed, MnemonicError> {
            Result { () throws(MnemonicError) in try words.seed(passphrase: SecretBytes(copying: text)) }
        }
        switch (seed(), seed()) {
        case (.success(let one), .success(let other)):
            guard one.secret == other.secret else { throw FuzzFinding("two seeds") }
            return text.allSatisfy { $0 < 0x80 } ? "seed" : "seed, normalised"
        case (.failure(let one), .failure(let other)):
            guard one == other else { throw FuzzFinding("\(one), and \(other)") }
            return "no seed"
        default: throw FuzzFinding("a seed, and none")
        }
    }

    /// Inputs that are what they say.
    static let samples: [[UInt8]] = [
        [0] + Array("legal winner thank year wave sausage worth useful legal winner thank yellow".utf8),
        [0] + Array(" Abandon amount\tliar amount expire adjust\ncage candy arch gather drum buyer ".utf8),
        [1, 200, 0x20] + [UInt8](0..<16), [1, 7, 0x61] + [UInt8](0..<32), [2] + Array("TREZOR".utf8),
        [2] + Array("Gr\u{fc}\u{df}e, \u{1e9b}\u{323} \u{ac01} \u{fb01}".utf8),
    ]
}

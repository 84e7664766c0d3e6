/// Why a text is no mnemonic, or gives no seed. What it shows of the text is at most one word that is on no list.
public enum MnemonicError: Error, Equatable, Sendable {
    /// A number of words other than ``Mnemonic/wordCounts``.
    case wordCount(Int)
    /// A word that is not on the list, by its place from 1, and those that may have been meant, the likeliest first.
    /// The word is empty where the text does not look like a word: it may be another secret in the wrong place.
    case unknownWord(String, position: Int, suggestions: [String])
    /// All words are on the list, but they do not belong together: a word was replaced by another, or the order
    /// changed.
    case checksum
    /// Entropy of another length than 16, 20, 24, 28 or 32 bytes.
    case entropyLength(Int)
    /// A text longer than ``Mnemonic/maximumTextByteCount``; the number is its length in bytes.
    case tooLong(Int)
    /// A text that cannot be brought into its one normal form: another wallet might make another seed of it.
    case normalisation(NormalFormError)
}

extension MnemonicError: CustomStringConvertible {
    /// One lower-case sentence for logs and error messages.
    public var description: String {
        switch self {
        case .wordCount(let count): "\(count) \(count == 1 ? "word" : "words"); a mnemonic has 12, 15, 18, 21 or 24"
        case .unknownWord(let word, let position, let suggestions):
            "word \(position)\(word.isEmpty ? "" : ", '\(word)',") is not on the English list of BIP-39"
                + (suggestions.isEmpty ? "" : "; near it: \(suggestions.joined(separator: ", "))")
        case .checksum: "the words do not belong together: one is another than it was, or the order is"
        case .entropyLength(let count): "entropy of \(count) bytes; a mnemonic is made of 16, 20, 24, 28 or 32"
        case .tooLong(let count): "text of \(count) bytes, accepted are \(Mnemonic.maximumTextByteCount)"
        case .normalisation(let error): "\(error)"
        }
    }
}

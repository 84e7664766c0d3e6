import Crypto

/// The words that an account is written down as (BIP-39), and the seed that they give. The words live in guarded
/// memory and leave only through ``text()``.
public struct Mnemonic: Sendable {
    /// How many words there can be.
    public static let wordCounts = [12, 15, 18, 21, 24]
    /// The longest text and the longest passphrase that are read, in bytes.
    public static let maximumTextByteCount = 4096
    /// The length of a seed in bytes.
    public static let seedByteCount = 64

    /// How many words there are.
    public let wordCount: Int

    /// Entropy, then the checksum in the high bits of one more byte: eleven bits a word.
    private let bits: SecretBytes

    private init(bits: SecretBytes, wordCount: Int) {
        self.bits = bits
        self.wordCount = wordCount
    }

    /// The mnemonic of 16, 20, 24, 28 or 32 bytes. Throws ``MnemonicError/entropyLength(_:)``.
    public init(entropy: SecretBytes) throws(MnemonicError) {
        guard let wordCount = Self.wordCounts.first(where: { Self.entropyByteCount(of: $0) == entropy.count }) else {
            throw .entropyLength(entropy.count)
        }
        self.wordCount = wordCount
        bits = SecretBytes(count: entropy.count + 1) { bits in
            entropy.withUnsafeBytes { entropy in
                bits.copyMemory(from: entropy)
                bits[entropy.count] = Self.checksum(of: entropy)
            }
        }
    }

    /// A new mnemonic, whose entropy the closure fills with random bytes. Throws ``MnemonicError/wordCount(_:)`` if
    /// `wordCount` is none of ``wordCounts``.
    public static func generate(
        wordCount: Int, entropyFill: (UnsafeMutableRawBufferPointer) -> Void
    ) throws(MnemonicError) -> Mnemonic {
        guard wordCounts.contains(wordCount) else { throw .wordCount(wordCount) }
        return try Mnemonic(entropy: SecretBytes(count: entropyByteCount(of: wordCount), entropyFill))
    }

    /// Reads words in UTF-8, as people write them: capitals count as small letters, and any white space stands
    /// between words, before and behind them.
    ///
    /// Throws ``MnemonicError/unknownWord(_:position:suggestions:)`` for the first word that is not on the list,
    /// ``MnemonicError/wordCount(_:)``, ``MnemonicError/checksum``, or ``MnemonicError/tooLong(_:)``.
    public init(_ text: borrowing SecretBytes) throws(MnemonicError) {
        self = try text.withUnsafeBytes { (text) throws(MnemonicError) in try Mnemonic(text: text) }
    }

    /// Reads words in UTF-8 that the caller holds, like ``init(_:)``.
    public init(text: UnsafeRawBufferPointer) throws(MnemonicError) {
        guard text.count <= Self.maximumTextByteCount else { throw .tooLong(text.count) }
        guard text.allSatisfy({ $0 < 0x80 }) else {
            // Full-width letters and the wide space of Japanese keyboards are ASCII in disguise.
            let normal = try Self.normalised(text)
            self = try normal.withUnsafeBytes { (normal) throws(MnemonicError) in
                try Mnemonic(normalised: normal)
            }
            return
        }
        try self.init(normalised: text)
    }

    private init(normalised text: UnsafeRawBufferPointer) throws(MnemonicError) {
        var count = 0
        let bits = try SecretBytes(count: 33) { (bits) throws(MnemonicError) in
            for word in text.split(whereSeparator: { $0 == 0x20 || (0x09...0x0d).contains($0) }) {
                count += 1
                guard let number = WordList.english.number(of: word) else {
                    throw Self.unknownWord(word, position: count)
                }
                if count <= 24 { Self.write(number, at: count - 1, into: bits) }
            }
        }
        guard Self.wordCounts.contains(count) else { throw .wordCount(count) }
        let entropyCount = Self.entropyByteCount(of: count)
        let isSound = bits.withUnsafeBytes { bits in
            let entropy = UnsafeRawBufferPointer(rebasing: bits.prefix(entropyCount))
            return bits.dropFirst(entropyCount).first == Self.checksum(of: entropy)
        }
        guard isSound else { throw .checksum }
        wordCount = count
        self.bits = bits.withUnsafeBytes {
            SecretBytes(copying: UnsafeRawBufferPointer(rebasing: $0.prefix(entropyCount + 1)))
        }
    }

    /// The words in small letters, a space between each two. It is the secret itself.
    public func text() -> SecretBytes {
        bits.withUnsafeBytes { bits in
            let words = (0..<wordCount).map { WordList.english.words[Self.number(at: $0, in: bits)].count }
            return SecretBytes(count: words.reduce(wordCount - 1, +)) { text in
                var end = 0
                for position in 0..<wordCount {
                    if position > 0 {
                        text[end] = 0x20
                        end += 1
                    }
                    for letter in WordList.english.words[Self.number(at: position, in: bits)] {
                        text[end] = letter
                        end += 1
                    }
                }
            }
        }
    }

    /// What the words stand for, 16 to 32 bytes. It is the secret itself.
    public var entropy: SecretBytes {
        bits.withUnsafeBytes { SecretBytes(copying: UnsafeRawBufferPointer(rebasing: $0.dropLast())) }
    }

    /// The seed of the words and an optional passphrase in UTF-8. Every passphrase gives a seed, another one each:
    /// nothing tells whether it is the right one. Takes about a millisecond.
    ///
    /// Throws ``MnemonicError/normalisation(_:)`` or ``MnemonicError/tooLong(_:)`` for a passphrase of which other
    /// wallets might make another seed.
    public func seed(passphrase: SecretBytes? = nil) throws(MnemonicError) -> Seed {
        let passphrase = passphrase ?? SecretBytes(copying: [])
        guard passphrase.count <= Self.maximumTextByteCount else { throw .tooLong(passphrase.count) }
        let normal = try passphrase.withUnsafeBytes { (text) throws(MnemonicError) in try Self.normalised(text) }
        let prefix = Array("mnemonic".utf8)
        let salt = SecretBytes(count: prefix.count + normal.count) { salt in
            salt.copyBytes(from: prefix)
            normal.withUnsafeBytes {
                UnsafeMutableRawBufferPointer(rebasing: salt.dropFirst(prefix.count)).copyMemory(from: $0)
            }
        }
        let key = text().withUnsafeBytes { text in
            salt.withUnsafeBytes { salt in
                PBKDF2SHA512.derive(password: text, salt: salt, iterations: 2048, count: Self.seedByteCount)
            }
        }
        return Seed(unchecked: key)
    }

    private static func normalised(_ text: UnsafeRawBufferPointer) throws(MnemonicError) -> SecretBytes {
        do {
            return try NormalForm.kd(text)
        } catch {
            throw .normalisation(error)
        }
    }
}

extension Mnemonic {
    /// 32 bits of entropy for every three words; the rest of their 33 bits is the checksum.
    private static func entropyByteCount(of wordCount: Int) -> Int { wordCount / 3 * 4 }

    /// The first bits of the SHA-256 of the entropy, one for every four bytes, as the high bits of a byte.
    private static func checksum(of entropy: UnsafeRawBufferPointer) -> UInt8 {
        let bitCount = entropy.count / 4
        return (SHA256.hash(entropy).first ?? 0) & ~(0xff >> UInt8(bitCount))
    }

    /// The eleven bits of the word at `position`, in a row of bits that has them or ends within the last of them.
    private static func number(at position: Int, in bits: UnsafeRawBufferPointer) -> Int {
        let start = position * 11
        // The eleven bits lie within three bytes.
        let window = (0..<3).reduce(0) { window, offset in
            let index = start / 8 + offset
            return window << 8 | (index < bits.count ? Int(bits[index]) : 0)
        }
        return window >> (13 - start % 8) & 0x7ff
    }

    /// Sets the eleven bits of the word at `position`, which are zero.
    private static func write(_ number: Int, at position: Int, into bits: UnsafeMutableRawBufferPointer) {
        let start = position * 11
        let window = number << (13 - start % 8)
        for offset in 0..<3 where start / 8 + offset < bits.count {
            bits[start / 8 + offset] |= UInt8(truncatingIfNeeded: window >> (16 - 8 * offset))
        }
    }

    /// Shows the word only if it looks like one: a key in hexadecimal or a password may stand here by mistake.
    private static func unknownWord(_ word: Slice<UnsafeRawBufferPointer>, position: Int) -> MnemonicError {
        let isLetters = word.allSatisfy { (0x61...0x7a).contains($0 | 0x20) }
        guard isLetters, word.count <= WordList.longestCount + 2 else {
            return .unknownWord("", position: position, suggestions: [])
        }
        let letters = Array(word)
        return .unknownWord(
            String(decoding: letters, as: UTF8.self), position: position,
            suggestions: WordList.english.suggestions(for: letters))
    }
}

extension Mnemonic: CustomStringConvertible {
    /// The number of words, never the words.
    public var description: String { "Mnemonic(\(wordCount) words)" }
}

extension Mnemonic: Equatable {
    /// Whether both have the same words, in constant time.
    public static func == (left: Mnemonic, right: Mnemonic) -> Bool { left.bits == right.bits }
}

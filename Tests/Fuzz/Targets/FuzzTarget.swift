import Reactor

/// What is fuzzed: each takes any bytes, and holds what becomes of them against what must be true of it.
///
/// Two programs do that. `linnet-fuzz` (`make fuzz`) lets libFuzzer look for inputs by coverage, with `Mutator` for a
/// sense of the language; the tests replay what it found, in `Tests/Corpus`, and a seeded run of the mutator alone.
public enum FuzzTarget: String, CaseIterable, Sendable {
    /// Chunks of bytes to lines.
    case lines
    /// A line to a JSON value and back.
    case json
    /// A line to a command, by the declaration and by the published schema.
    case command
    /// A whole stdin to an engine in the simulated world.
    case session
    /// A file of an account: a vault, gigi's, a key.
    case vault
    /// Words and their passphrase.
    case mnemonic

    /// Runs the target on an input, on the thread that asks.
    ///
    /// - Returns: the class of the outcome, such as the code of an error: what a corpus should have each of.
    /// - Throws: what was not as it must be.
    public func run(_ input: [UInt8]) throws(FuzzFinding) -> String {
        switch self {
        case .lines: try LinesTarget.run(input)
        case .json: try JSONTarget.run(input)
        case .command: try CommandTarget.run(input)
        case .session: try SessionTarget.runAndWait(input)
        case .vault: try VaultTarget.run(input)
        case .mnemonic: try MnemonicTarget.run(input)
        }
    }

    /// The longest input that is worth trying, in bytes.
    public var maximumLength: Int {
        switch self {
        case .lines, .json, .vault, .mnemonic: 1024
        case .command: 2048
        case .session: 4096
        }
    }
}

/// Something that must never be.
public struct FuzzFinding: Error, Sendable, CustomStringConvertible {
    /// What it is.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}

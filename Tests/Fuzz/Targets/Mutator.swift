import TestSupport
import Wire

/// Changes an input as somebody would who knows what it is: whole commands put in, the tokens of a line cut, doubled,
/// swapped and replaced by others that are nearly right; and bytes damaged as anywhere.
public struct Mutator {
    private var generator: Generator

    /// One seed, one sequence.
    public init(seed: UInt64) {
        generator = Generator(seed: seed)
    }

    private var random: SplitMix64 {
        get { generator.random }
        set { generator.random = newValue }
    }

    /// A changed copy, of at most `limit` bytes.
    public mutating func mutate(_ input: [UInt8], for target: FuzzTarget, limit: Int) -> [UInt8] {
        var result = input
        for _ in 0...random.next(below: 3) {
            switch random.next(below: 8) {
            // No commands there, but bytes, and words for tokens.
            case 0...4 where target == .vault || target == .mnemonic: result = random.mutate(result)
            case 0, 1: result = withCommand(result, target)
            case 2: result = random.mutate(result)
            case 3 where target == .session: result = withLines(result)
            default: result = withTokens(result)
            }
        }
        return Array(result.prefix(limit))
    }

    /// A fresh input.
    public mutating func input(for target: FuzzTarget) -> [UInt8] {
        switch target {
        case .lines: return mutate([7, 7] + Array("{}\r\n\n a\n".utf8), for: target, limit: target.maximumLength)
        case .json: return generator.any(depth: 0).bytes
        case .command: return generator.command().bytes
        case .vault: return generator.pick(VaultTarget.samples)
        case .mnemonic: return generator.pick(MnemonicTarget.samples)
        case .session: return (0..<1 + random.next(below: 6)).flatMap { _ in generator.command().bytes + [10] }
        }
    }

    /// With a command that is all right, in the place of a line or between two.
    private mutating func withCommand(_ input: [UInt8], _ target: FuzzTarget) -> [UInt8] {
        let command = generator.command().bytes
        guard target == .session else { return command }
        var lines = input.split(separator: 10, omittingEmptySubsequences: false).map(Array.init)
        let place = random.next(below: lines.count + 1)
        if place < lines.count, generator.isChosen(1, of: 2) {
            lines[place] = command
        } else {
            lines.insert(command, at: place)
        }
        return Array(lines.joined(separator: [10]))
    }

    /// With lines doubled, swapped, left out, or ended in another way.
    private mutating func withLines(_ input: [UInt8]) -> [UInt8] {
        var lines = input.split(separator: 10, omittingEmptySubsequences: false).map(Array.init)
        let (one, other) = (random.next(below: lines.count), random.next(below: lines.count))
        switch random.next(below: 4) {
        case 0: lines.insert(lines[one], at: other)
        case 1: lines.swapAt(one, other)
        case 2: lines.remove(at: one)
        default: lines[one].append(13)
        }
        return Array(lines.joined(separator: [10]))
    }

    /// With one token changed.
    private mutating func withTokens(_ input: [UInt8]) -> [UInt8] {
        var tokens = Self.tokens(of: input)
        guard !tokens.isEmpty else { return generator.command().bytes }
        let (one, other) = (random.next(below: tokens.count), random.next(below: tokens.count))
        switch random.next(below: 7) {
        case 0: tokens.remove(at: one)
        case 1: tokens.insert(tokens[one], at: other)
        case 2: tokens.swapAt(one, other)
        case 3: tokens[one] = tokens[other]
        case 4: tokens[one] = changed(tokens[one])
        case 5: tokens[one] = Array(generator.pick(Self.words).utf8)
        default: tokens.insert(Array(generator.pick([" ", "\t", "\r", ",", ":", "[", "]", "{", "}"]).utf8), at: one)
        }
        return Array(tokens.joined())
    }

    /// Tokens that are nearly right somewhere.
    private static let words = [
        "null", "true", "false", "0", "-0", "1", "-1", "01", "1.0", "1e0", "1E+2", ".5", "5.", "1e", "1e999", "1e-999",
        "9007199254740991", "9007199254740992", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
        "-9223372036854775809", "0.1", "NaN", "Infinity", "\"\"", "\"cmd\"", "\"id\"", "\"key\"", "\"timeout\"",
        "\"\\u0000\"", "\"\\ud800\"", "\"\\ud83d\\ude00\"", "\"\\ude00\\ud83d\"", "\"\\x41\"", "\"\\u00e9\"", "\"\\/\"",
        "{}", "[]", "[[]]", "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}", "\u{FEFF}", "\"\u{2028}\"", "\"24h\"",
        "\"0s\"",
        "\"99999999999999999999h\"", "\"self\"", "'x'", "//", "\"sync\"", "\"shutdown\"", "\"ack\"", "\"now\"", "\"*\"",
    ]

    /// A string or number near to this one.
    private mutating func changed(_ token: [UInt8]) -> [UInt8] {
        guard let value = try? JSON(parsing: token) else { return random.mutate(token) }
        switch value {
        case .string(let text):
            switch random.next(below: 5) {
            case 0: return JSON.string(text + text).bytes
            case 1: return JSON.string(String(text.dropLast())).bytes
            case 2: return JSON.string(generator.text(0...130)).bytes
            case 3: return [0x22] + text.utf16.flatMap { Array("\\u\(Self.hex($0))".utf8) } + [0x22]
            default: return JSON.string(text.uppercased()).bytes
            }
        case .integer(let number):
            let step = Int64(random.next(below: 3)) - 1
            return JSON.integer(generator.isChosen(1, of: 2) ? number &+ step : 0 &- number).bytes
        default: return random.mutate(token)
        }
    }

    private static func hex(_ unit: UInt16) -> String {
        let digits = String(unit, radix: 16)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }

    /// The input as JSON's tokens, as far as it has any: joined they are the input.
    static func tokens(of input: [UInt8]) -> [[UInt8]] {
        var tokens: [[UInt8]] = []
        var position = 0
        while position < input.count {
            let start = position
            position += 1
            switch input[start] {
            case UInt8(ascii: "\""):
                while position < input.count, input[position] != UInt8(ascii: "\""), input[position] != 10 {
                    position += input[position] == UInt8(ascii: "\\") ? 2 : 1
                }
                position = min(position + 1, input.count)
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"):
                while position < input.count, Self.isWord(input[position]) { position += 1 }
            default: break
            }
            tokens.append(Array(input[start..<position]))
        }
        return tokens
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "+"): true
        default: false
        }
    }
}

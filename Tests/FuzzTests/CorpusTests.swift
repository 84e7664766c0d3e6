import Foundation
import FuzzTargets
import Reactor
import TestSupport
import Testing

/// What `make fuzz` has found worth keeping, and what mutation alone comes to in a moment.
@Suite struct CorpusTests {
    /// The inputs of a target: `Tests/Corpus`, a file each.
    static func corpus(_ target: FuzzTarget) throws -> [(name: String, bytes: [UInt8])] {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let folder = tests.appending(path: "Corpus/\(target.rawValue)")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        return try names.map { ($0, Array(try Data(contentsOf: folder.appending(path: $0)))) }
    }

    /// Every input that was ever interesting. What they come to covers every class that a target can tell.
    @Test(arguments: FuzzTarget.allCases) func replay(_ target: FuzzTarget) async throws {
        var outcomes: Set<String> = []
        let inputs = try Self.corpus(target)
        #expect(inputs.count > 5)
        for (name, bytes) in inputs {
            do {
                outcomes.insert(try await target.outcome(bytes))
            } catch {
                Issue.record("\(name): \(error)")
            }
        }
        #expect(outcomes.isSuperset(of: Self.expected[target] ?? []), "\(outcomes.sorted())")
    }

    private static let expected: [FuzzTarget: Set<String>] = [
        .lines: ["0 lines", "1 lines", "4 lines", "1 lines, too long", "4 lines, too long"],
        .json: [
            "null", "boolean", "integer", "number", "string", "array", "object", "empty", "byteOrderMark",
            "invalidUTF8",
            "unexpectedCharacter", "unexpectedEnd", "trailingContent", "invalidNumber", "numberOutOfRange",
            "controlCharacter", "invalidEscape", "loneSurrogate", "nullCharacter", "duplicateName", "tooDeep",
        ],
        .command: [
            "json.invalid", "command.unknown", "argument.missing", "argument.unknown", "argument.invalid",
            "message.send",
            "sync",
        ],
        .session: [
            "ok", "json.invalid", "command.unknown", "argument.missing", "argument.invalid", "argument.unknown",
        ],
        .vault: [
            "foreign", "newer", "truncated", "corrupt", "costly", "protected", "open", "open, with words", "gigi",
            "gigi: unreadable", "gigi: wrong passphrase", "key", "key: refused",
        ],
        .mnemonic: [
            "words", "unknown word", "no word", "word count",
            "checksum", "normalisation", "entropy length", "seed", "seed, normalised", "no seed",
        ],
    ]

    /// The mutator from a seed, over the corpus and over what it makes itself.
    @Test(arguments: FuzzTarget.allCases) func mutation(_ target: FuzzTarget) async throws {
        let inputs = try Self.corpus(target)
        var mutator = Mutator(seed: 1)
        var random = SplitMix64(seed: 2)
        for round in 0..<(target == .session ? 40 : 2000) {
            let base =
                inputs.isEmpty || round % 4 == 0
                ? mutator.input(for: target) : inputs[random.next(below: inputs.count)].bytes
            let input = mutator.mutate(base, for: target, limit: target.maximumLength)
            do {
                _ = try await target.outcome(input)
            } catch {
                Issue.record("\(Data(input).base64EncodedString()): \(error)")
            }
        }
    }

    /// What the generator makes as valid is.
    @Test func generatedCommandsAreTaken() async throws {
        var mutator = Mutator(seed: 3)
        for _ in 0..<2000 {
            let input = mutator.input(for: .command)
            let outcome = try await FuzzTarget.command.outcome(input)
            #expect(
                !outcome.hasPrefix("argument") && !outcome.contains("stricter"),
                "\(String(decoding: input, as: UTF8.self))")
        }
    }
}

extension FuzzTarget {
    /// The same as `run`, on the loop.
    fileprivate func outcome(_ input: [UInt8]) async throws -> String {
        guard self == .session else { return try run(input) }
        return try await spawn { try await SessionTarget.run(input) }.value
    }
}

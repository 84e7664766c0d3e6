import Foundation
import FuzzTargets
import TestSupport
import Testing
import Wire

/// The strict JSON reader against Python's, told the same rules: both take a text or neither does, and they read the same
/// value. `LINNET_FUZZ_ROUNDS` makes it as long as one likes.
@Suite struct DifferentialTests {
    private static let rounds = ProcessInfo.processInfo.environment["LINNET_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 20_000
    private static let seed = ProcessInfo.processInfo.environment["LINNET_FUZZ_SEED"].flatMap { UInt64($0) } ?? 4

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/env"))) func python() throws {
        let corpus = try CorpusTests.corpus(.json).map(\.bytes) + CorpusTests.corpus(.command).map(\.bytes)
        var mutator = Mutator(seed: Self.seed)
        var random = SplitMix64(seed: Self.seed)
        var inputs = corpus
        var accepted = 0
        for start in stride(from: 0, to: Self.rounds, by: 10_000) {
            while inputs.count < min(10_000, Self.rounds - start) {
                let base =
                    corpus.isEmpty || random.next(below: 3) == 0
                    ? mutator.input(for: random.next(below: 2) == 0 ? .json : .command)
                    : corpus[random.next(below: corpus.count)]
                inputs.append(
                    random.next(below: 8) == 0 ? base : mutator.mutate(base, for: .json, limit: 4096))
            }
            let verdicts = try Self.verdicts(inputs)
            #expect(verdicts.count == inputs.count)
            for (input, verdict) in zip(inputs, verdicts) where verdict != "same" {
                Issue.record(
                    "\(verdict): \(Data(input).base64EncodedString()) \(String(decoding: input, as: UTF8.self))")
            }
            accepted += inputs.count { (try? JSON(parsing: $0)) != nil }
            inputs = []
        }
        // Neither kind may run dry, or nothing is compared.
        #expect(accepted > Self.rounds / 20 && accepted < Self.rounds * 19 / 20, "\(accepted) of \(Self.rounds)")
    }

    private static func verdicts(_ inputs: [[UInt8]]) throws -> [Substring] {
        let process = Process()
        let (input, output) = (Pipe(), Pipe())
        process.executableURL = URL(filePath: "/usr/bin/env")
        let oracle = try #require(Bundle.module.url(forResource: "json_oracle", withExtension: "py"))
        process.arguments = ["python3", oracle.path]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let text = inputs.map { bytes in
            let written = (try? JSON(parsing: bytes)).map { Data($0.bytes).base64EncodedString() } ?? "-"
            return (bytes.isEmpty ? "=" : Data(bytes).base64EncodedString()) + " " + written + "\n"
        }.joined()
        Thread.detachNewThread {
            try? input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
            try? input.fileHandleForWriting.close()
        }
        let answer = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: answer, as: UTF8.self).split(separator: "\n")
    }
}

import Foundation
import Testing

/// What holds for the sources that touch secrets, whatever they do.
@Suite struct SourceRulesTests {
    private static let modules = ["Crypto", "Noise", "Identity", "Ping", "Messaging", "Engine/Profile"]

    /// The lines of those modules, without their comments, each with where it stands.
    private static func lines() throws -> [(place: String, text: String)] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources")
        var lines: [(String, String)] = []
        for module in modules {
            let folder = root.appending(path: module)
            let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path()).sorted()
            for file in files where file.hasSuffix(".swift") {
                let source = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
                for (number, line) in source.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                    let code = line.prefix(upTo: line.range(of: "//")?.lowerBound ?? line.endIndex)
                    lines.append(("\(module)/\(file):\(number + 1)", String(code)))
                }
            }
        }
        return lines
    }

    /// CVE-2024-58262: what is secret is compared by ConstantTime and `SecretBytes`, never by an ordinary comparison.
    @Test func secretsAreComparedInConstantTime() throws {
        let lines = try Self.lines()
        #expect(lines.count > 1000)
        let word = #/\b(tag|mac|authenticator|secret|privateKey|seed|password|sharedKey|chainingKey)\w*\s*(==|!=)/#
        for line in lines {
            #expect(line.text.firstMatch(of: word) == nil, "\(line.place) compares a secret with ==")
            let compares = line.text.contains("memcmp(") && !line.text.contains("sodium_memcmp(")
            #expect(!compares, "\(line.place) compares with memcmp")
        }
    }
}

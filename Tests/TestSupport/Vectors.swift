import Foundation

/// The vectors of `vectors.json`, by name.
///
/// A name is a key of the file's `derived` table (`"noise.wire1"`), a top-level key (`"js kad msg-1"`), or an
/// entry of a top-level table after a slash (`"go_fixture_2/pub"`). Asking for a name that is not there traps: the
/// names are literals of the tests.
public enum Vectors {
    /// A row of the multihash table.
    public struct Multihash: Sendable {
        /// The hash function's name, for example `sha2-256`.
        public let function: String
        /// The input: the ASCII text as written, not hexadecimal.
        public let input: [UInt8]
        /// The digest's length in bits.
        public let bits: Int
        /// The encoded multihash.
        public let bytes: [UInt8]
    }

    /// A row of the multibase tables.
    public struct Multibase: Sendable {
        /// The base's name in the multibase table, for example `base58btc`.
        public let base: String
        /// What the text stands for.
        public let bytes: [UInt8]
        /// The text, with its prefix.
        public let text: String
        /// Whether encoding `bytes` gives `text` (false: the text mixes upper and lower case).
        public let isCanonical: Bool
    }

    /// The vector as text.
    public static func text(_ name: String) -> String {
        guard let text = file.texts[name] else { fatalError("vectors.json has no '\(name)'") }
        return text
    }

    /// The vector as bytes, from the file's hexadecimal text.
    public static func bytes(_ name: String) -> [UInt8] {
        TestSupport.hex(text(name))
    }

    /// All names that begin with `prefix`, sorted.
    public static func names(prefix: String = "") -> [String] {
        file.texts.keys.filter { $0.hasPrefix(prefix) }.sorted()
    }

    /// The multihash table.
    public static var multihashes: [Multihash] { file.multihashes }

    /// The multibase tables.
    public static var multibases: [Multibase] { file.multibases }

    private struct File: Sendable {
        var texts: [String: String] = [:]
        var multihashes: [Multihash] = []
        var multibases: [Multibase] = []
    }

    private static let file: File = {
        let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("vectors.json")
        guard let data = try? Data(contentsOf: url), let json = try? JSONSerialization.jsonObject(with: data),
            let root = json as? [String: Any]
        else { fatalError("cannot read \(url.path)") }
        var file = File()
        for (key, value) in root {
            switch value {
            case let text as String:
                file.texts[key] = text
            case let table as [String: String]:
                for (entry, text) in table { file.texts[key == "derived" ? entry : "\(key)/\(entry)"] = text }
            case let table as [String: [String]]:
                file.multibases += table.keys.sorted().flatMap { multibaseRows(table[$0] ?? []) }
            case let rows as [[String: String]]:
                file.multihashes += rows.map { row in
                    Multihash(
                        function: row["alg"] ?? "", input: Array((row["input"] ?? "").utf8),
                        bits: Int(row["bits"] ?? "") ?? 0, bytes: TestSupport.hex(row["mh"] ?? ""))
                }
            default:
                fatalError("vectors.json: unexpected shape at '\(key)'")
            }
        }
        return file
    }()

    /// The rows of one table: a heading `encoding, "input"`, then `base, "text"`.
    private static func multibaseRows(_ lines: [String]) -> [Multibase] {
        guard let heading = lines.first.map(columns) else { return [] }
        let input = Array(heading.text.replacingOccurrences(of: "\\x00", with: "\0").utf8)
        return lines.dropFirst().map { line in
            let row = columns(line)
            return Multibase(
                base: row.name, bytes: input, text: row.text, isCanonical: !heading.name.hasPrefix("non-canonical"))
        }
    }

    private static func columns(_ line: String) -> (name: String, text: String) {
        let parts = line.split(separator: ",", maxSplits: 1)
        return (String(parts[0]), parts[1].trimmingCharacters(in: CharacterSet(charactersIn: " \"")))
    }
}

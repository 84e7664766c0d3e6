import Foundation
import Testing

/// A file of the project that is made from the schema, and kept so that a change shows.
struct DerivedFile {
    /// The project's folder.
    static let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Whether files are to be written rather than compared: `make derived` says so.
    static let isWriting = ProcessInfo.processInfo.environment["LINNET_WRITE_DERIVED"] == "1"

    /// The path below the project's folder.
    let path: String

    /// Holds the file against what it should be, or writes it.
    func expect(_ text: String) throws {
        let url = Self.project.appendingPathComponent(path)
        if Self.isWriting {
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            // In place: a file beside it would be taken for one that is left over.
            try text.write(to: url, atomically: false, encoding: .utf8)
        }
        let kept = (try? String(contentsOf: url, encoding: .utf8)) ?? ""
        if kept == text { return }
        let difference = zip(kept.split(separator: "\n"), text.split(separator: "\n")).first { $0 != $1 }
        Issue.record(
            """
            \(path) is not what the schema says. If the change is meant, run: make derived
                kept: \(difference?.0 ?? "(another length)")
                now:  \(difference?.1 ?? "(another length)")
            """)
    }
}

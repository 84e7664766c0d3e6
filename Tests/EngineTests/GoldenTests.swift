import Foundation
import Testing
import Wire

@testable import Engine

/// Every kind of line as it looks, one file each in `Tests/Golden`: a key that moves, another name or another type fails
/// here. `make derived` writes the files anew.
@Suite struct GoldenTests {
    private static let folder = "Tests/Golden"

    @Test(arguments: Language.standard.shapes.map(\.name))
    func lines(_ name: String) throws {
        let shape = try #require(Language.standard.shapes.first { $0.name == name })
        let lines = shape.samples.map { $0.text + "\n" }
        try DerivedFile(path: "\(Self.folder)/\(name).jsonl").expect(lines.joined())
    }

    @Test func noFileIsLeftOver() throws {
        let folder = DerivedFile.project.appendingPathComponent(Self.folder)
        let names = Set(Language.standard.shapes.map { "\($0.name).jsonl" })
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        for file in files where !names.contains(file) {
            if DerivedFile.isWriting {
                try FileManager.default.removeItem(at: folder.appendingPathComponent(file))
            } else {
                Issue.record("\(file) is of no line; if a line was taken away, run: make derived")
            }
        }
    }
}

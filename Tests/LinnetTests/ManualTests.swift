import Engine
import Foundation
import Testing

@testable import linnet

/// `man/linnet.1` is written by hand; that it tells of everything is not left to memory.
@Suite struct ManualTests {
    private let page: String

    init() throws {
        let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        page = try String(contentsOf: project.appendingPathComponent("man/linnet.1"), encoding: .utf8)
    }

    @Test func everyOptionIsThere() {
        for spec in ToolOptions.specs {
            let macro = "Fl \(spec.name.dropFirst())"
            #expect(page.contains(".It \(macro)") || page.contains(", \(macro)"), "\(spec.name)")
            #expect(spec.words.isEmpty || page.contains("\(macro) Cm \(spec.words.joined(separator: " | "))"))
        }
    }

    /// No option is told of that there is not.
    @Test func noOptionIsMadeUp() {
        let known = ToolOptions.specs.map(\.name) + Subcommand.specs.flatMap { $0.options.map(\.name) }
        for match in page.matches(of: /Fl -([a-z-]+)/) { #expect(known.contains("--\(match.1)"), "\(match.1)") }
    }

    @Test func everySubcommandIsThere() {
        for spec in Subcommand.specs {
            #expect(page.contains(".It Cm \(spec.name)"), "\(spec.name)")
            for option in spec.options { #expect(page.contains("Op Fl -\(option.name.dropFirst(2))")) }
            // The commands have a page of their own.
            if spec.name == "help" { continue }
            #expect(spec.words.isEmpty || page.contains("Cm \(spec.words.joined(separator: " | "))"))
        }
    }

    @Test func everyStatusIsOne() {
        let known = ExitCode.all.map { "\($0.number)" }
        let section = page.components(separatedBy: ".Sh EXIT STATUS\n").last?.components(separatedBy: ".El").first ?? ""
        let told = section.split(separator: "\n").filter { $0.hasPrefix(".It ") }
            .flatMap { $0.dropFirst(4).split(separator: " , ").map(String.init) }
        #expect(told.count > 5)
        for status in told { #expect(known.contains(status), "\(status)") }
    }

    @Test func isOfThisVersion() {
        #expect(page.hasPrefix(".Dd \(LinnetVersion.date)\n"))
    }
}

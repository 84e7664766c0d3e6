import Engine
import Foundation
import Testing

@testable import linnet

/// `man/linnet-security.7` is written by hand; what it names is there.
@Suite struct SecurityManualTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("man")
    private let page: String

    init() throws {
        page = try String(contentsOf: Self.folder.appendingPathComponent("linnet-security.7"), encoding: .utf8)
    }

    @Test func everyCommandIsOne() {
        let known = Set(Language.standard.commands.map(\.name))
        let named = Set(page.matches(of: /account\.[a-z_]+[a-z]/).map { String($0.0) })
        for name in named.subtracting(["account.backup"]) { #expect(known.contains(name), "\(name)") }
        // What takes a secret or tells one belongs here.
        for name in ["export", "password", "lock", "sign", "addresses", "delete", "show", "list"] {
            #expect(named.contains("account.\(name)"), "\(name)")
        }
    }

    @Test func everyOptionIsOne() {
        let known = ToolOptions.specs.map(\.name)
        for match in page.matches(of: /(?:Fl -|\\-\\-)([a-z-]+(?:\\-[a-z]+)*)/) {
            let name = "--" + String(match.1).replacingOccurrences(of: "\\-", with: "-")
            #expect(known.contains(name), "\(name)")
        }
    }

    @Test func everyFieldIsOne() {
        let fields = Set(Language.standard.commands.flatMap { ($0.arguments + $0.answer).map(\.name) })
        let errors = Set(Language.standard.errors.map(\.code))
        for name in ["mnemonic_passphrase", "derivation"] {
            #expect(page.contains(".Cm \(name)") && fields.contains(name))
        }
        #expect(page.contains(".Cm mnemonic.invalid") && errors.contains("mnemonic.invalid"))
    }

    /// What somebody who wonders whether they are safe will look for.
    @Test(arguments: [
        "swap", "core", "times", "sizes", "pages", "debugger", "lost passphrase", "command line", "backup",
    ])
    func tellsOf(_ word: String) {
        #expect(page.lowercased().contains(word))
    }

    @Test func isFoundFromTheOthers() throws {
        for name in ["linnet.1", "linnet-bots.7", "linnet-examples.7", "linnet-protocol.5"] {
            let other = try String(contentsOf: Self.folder.appendingPathComponent(name), encoding: .utf8)
            #expect(other.contains(".Xr linnet-security 7"), "\(name)")
        }
        #expect(page.hasPrefix(".Dd \(LinnetVersion.date)\n"))
    }
}

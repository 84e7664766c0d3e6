import Foundation
import TestSupport
import Testing
import Wire

@testable import Engine

@Suite struct ConfigurationFileTests {
    private let folder = TemporaryFolder()
    private var file: ConfigurationFile { ConfigurationFile(.user, folder.path + "/config.toml") }

    private func content(_ name: String) throws -> String {
        try String(contentsOfFile: folder.path + "/" + name, encoding: .utf8)
    }

    @Test func aNewFileIsItsOwnersAlone() throws {
        try folder.write("", "other")
        #expect(try file.save("log", .string("info"))["log"] == .string("info"))
        #expect(try content("config.toml") == "log = \"info\"\n")
        let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o600)
    }

    /// A file that a person keeps elsewhere, with a mode of their choice, stays there.
    @Test func linksAndModesStay() throws {
        try folder.write("# mine\n", "dotfiles/linnet.toml")
        let target = folder.path + "/dotfiles/linnet.toml"
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: target)
        try FileManager.default.createSymbolicLink(atPath: file.path, withDestinationPath: "dotfiles/linnet.toml")
        _ = try file.save("drain", .string("1s"))
        #expect(try content("dotfiles/linnet.toml") == "# mine\ndrain = \"1s\"\n")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: file.path) == "dotfiles/linnet.toml")
        let mode = try FileManager.default.attributesOfItem(atPath: target)[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o640)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/dotfiles") == ["linnet.toml"])
    }

    @Test func whatCannotBeWrittenIsTold() throws {
        let lost = ConfigurationFile(.user, folder.path + "/nowhere/config.toml")
        var error = #expect(throws: CommandFailure.self) { try lost.save("log", .string("info")) }
        #expect(error?.spec == .configUnwritable)
        try folder.write("log = \n", "config.toml")
        error = #expect(throws: CommandFailure.self) { try file.save("log", .string("info")) }
        #expect(error?.spec == .configInvalid)
        #expect(
            error?.message.hasSuffix(
                "/config.toml:1:7: expected a value: \"text\", 'text', a number, true, false or [ … ]") == true)
        #expect(try content("config.toml") == "log = \n")
        try folder.write("#" + String(repeating: "x", count: 65_530), "config.toml")
        error = #expect(throws: CommandFailure.self) { try file.save("log", .string("info")) }
        #expect(error?.spec == .configUnwritable)
    }

    /// No file, however odd, brings the process down; what is read can be saved to.
    @Test func damagedFiles() throws {
        let text = """
            home = "~/x" # home
            listen = [ "/ip4/127.0.0.1/tcp/1", # one
              '/ip6/::1/tcp/2' ]
            perf = true
            drain = "10s"
            keep_events = 1_000
            """
        var random = SplitMix64(seed: 5)
        for _ in 0..<300 {
            let bytes = random.mutate(Array(text.utf8))
            try folder.write("", "config.toml")
            try Data(bytes).write(to: URL(fileURLWithPath: file.path))
            let flags = Configuration.Layer(.flag)
            guard (try? Configuration(flags: flags, file: file.path) { $0 == "HOME" ? "/h" : nil }) != nil else {
                continue
            }
            #expect(try file.save("log", .string("info"))["log"] == .string("info"))
        }
    }
}

import Foundation
import Reactor
import Testing
import Wire

/// A profile whose directory, or whose files, others take away while an engine has it open.
@Suite struct ProfileGoneTests {
    private enum Loss: CaseIterable {
        case renamed
        case removed
        case replaced
        case databaseRemoved
        case logRemoved
        case sealsRemoved
        case lockRemoved
        case vaultRemoved

        func happen(to directory: String) throws {
            let files = FileManager.default
            switch self {
            case .renamed: try files.moveItem(atPath: directory, toPath: directory + ".moved")
            case .removed: try files.removeItem(atPath: directory)
            case .replaced:
                try files.createDirectory(
                    atPath: directory + ".copy", withIntermediateDirectories: true,
                    attributes: [.posixPermissions: 0o700])
                for name in try files.contentsOfDirectory(atPath: directory) where name != "socket" {
                    try files.copyItem(atPath: directory + "/" + name, toPath: directory + ".copy/" + name)
                }
                try files.moveItem(atPath: directory, toPath: directory + ".moved")
                try files.moveItem(atPath: directory + ".copy", toPath: directory)
            case .databaseRemoved: try files.removeItem(atPath: directory + "/linnet.db")
            case .logRemoved: try files.removeItem(atPath: directory + "/linnet.db-wal")
            case .sealsRemoved: try files.removeItem(atPath: directory + "/linnet.db-seals")
            case .lockRemoved: try files.removeItem(atPath: directory + "/lock")
            case .vaultRemoved: try files.removeItem(atPath: directory + "/vault")
            }
        }
    }

    /// All that a directory holds.
    private static func content(of directory: String) throws -> [String: Data] {
        var content: [String: Data] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: directory) {
            if let data = FileManager.default.contents(atPath: directory + "/" + name) { content[name] = data }
        }
        return content
    }

    @Test(arguments: Loss.allCases) private func nothingIsAccepted(_ loss: Loss) async throws {
        try await spawn {
            let folder = try TestFolder()
            let directory = folder.path + "/p"
            let engine = try EngineProcess(
                ["--home", folder.path, "--profile", "p", "--drain", "0.1"], home: folder.path)
            defer { engine.send(.kill) }
            _ = try await engine.started()
            #expect(try await engine.ask(#""cmd":"message.send","to":"\#(strangersPeer)","text":"kept""#).isOK)
            try loss.happen(to: directory)
            let before = FileManager.default.fileExists(atPath: directory) ? try Self.content(of: directory) : nil
            let commands = [
                #""cmd":"message.send","to":"\#(strangersPeer)","text":"lost""#,
                #""cmd":"contact.add","peer":"\#(strangersPeer)","alias":"bob""#,
                #""cmd":"group.create","name":"team""#, #""cmd":"group.join","group":"lounge","format":"gigi""#,
                #""cmd":"account.rename","name":"other""#, #""cmd":"account.password","new_passphrase":"x""#,
                #""cmd":"config.set","name":"drain","value":"5s","saved":true"#,
                #""cmd":"events.subscribe","consumer":"bot""#, #""cmd":"message.list","chat":"\#(strangersPeer)""#,
            ]
            for command in commands {
                let answer = try await engine.ask(command)
                #expect(answer["code"]?.stringValue == "profile.gone", "\(command): \(answer)")
            }
            // What needs nothing of it goes on.
            #expect(try await engine.ask(#""cmd":"status""#).isOK)
            engine.closeInput()
            try await engine.line { $0["type"]?.stringValue == "stopped" }
            _ = await engine.end(within: .seconds(30))
            if let before, loss == .replaced { #expect(try Self.content(of: directory) == before) }
            if loss == .renamed || loss == .removed {
                #expect(!FileManager.default.fileExists(atPath: directory))
            }
        }.value
    }

    /// What was moved and comes back is in use as before.
    @Test func whatComesBackIsInUseAgain() async throws {
        try await spawn {
            let folder = try TestFolder()
            let directory = folder.path + "/p"
            let engine = try EngineProcess(
                ["--home", folder.path, "--profile", "p", "--drain", "0.1"], home: folder.path)
            defer { engine.send(.kill) }
            _ = try await engine.started()
            try FileManager.default.moveItem(atPath: directory, toPath: directory + ".moved")
            let send = #""cmd":"message.send","to":"\#(strangersPeer)","text":"x""#
            #expect(try await engine.ask(send)["code"]?.stringValue == "profile.gone")
            try FileManager.default.moveItem(atPath: directory + ".moved", toPath: directory)
            #expect(try await engine.ask(send).isOK)
        }.value
    }

    /// Another engine at the same path has a profile of its own; the first one neither writes to it nor removes any of it.
    @Test func anotherEngineInItsPlaceIsAnotherProfile() async throws {
        try await spawn {
            let folder = try TestFolder()
            let directory = folder.path + "/p"
            let options = ["--home", folder.path, "--profile", "p", "--drain", "0.1"]
            let first = try EngineProcess(options, home: folder.path)
            defer { first.send(.kill) }
            let one = try await first.started().peer
            try FileManager.default.moveItem(atPath: directory, toPath: directory + ".moved")
            let second = try EngineProcess(options, home: folder.path)
            defer { second.send(.kill) }
            let two = try await second.started().peer
            #expect(one != two)
            let send = #""cmd":"message.send","to":"\#(strangersPeer)","text":"x""#
            #expect(try await first.ask(send)["code"]?.stringValue == "profile.gone")
            #expect(try await second.ask(send).isOK)
            first.closeInput()
            _ = await first.end(within: .seconds(30))
            #expect(try await second.ask(send).isOK)
            #expect(FileManager.default.fileExists(atPath: directory + "/socket"))
            second.closeInput()
            _ = await second.end(within: .seconds(30))
            let third = try EngineProcess(options, home: folder.path)
            defer { third.send(.kill) }
            #expect(try await third.started().peer == two)
            let list = try await third.ask(#""cmd":"message.list","chat":"\#(strangersPeer)""#)
            #expect(list["count"]?.integerValue == 2)
        }.value
    }

    /// Whoever removes the lock does not get the profile.
    @Test func theLockIsNotJustAFile() async throws {
        try await spawn {
            let folder = try TestFolder()
            let options = ["--home", folder.path, "--profile", "p", "--drain", "0.1"]
            let first = try EngineProcess(options, home: folder.path)
            defer { first.send(.kill) }
            _ = try await first.started()
            try FileManager.default.removeItem(atPath: folder.path + "/p/lock")
            let second = try EngineProcess(options, home: folder.path)
            defer { second.send(.kill) }
            let refusal = try await second.line { $0["type"]?.stringValue == "error" }
            #expect(refusal["code"]?.stringValue == "profile.in_use", "\(refusal)")
        }.value
    }
}

extension JSON {
    fileprivate var isOK: Bool { self["type"]?.stringValue == "ok" }
}

import Foundation
import Reactor
import Testing
import Wire

/// A one-shot whose engine is killed when it has done the command and not yet said so: the command is done once.
@Suite struct OneShotKillTests {
    /// Stands between a one-shot and an engine, and kills the engine when it answers, so that nobody hears it.
    @NetworkActor private final class Eavesdropper {
        let engine: EngineProcess
        let socket: UnixPath
        let path: String
        private let listener: UnixListener
        private(set) var unheard: JSON?

        init(_ engine: EngineProcess, serving socket: String, at path: String) throws {
            self.engine = engine
            self.path = path
            self.socket = try #require(UnixPath(socket))
            listener = try UnixListener(at: try #require(UnixPath(path)))
            listener.onAccept = { [weak self] client in self?.join(client) }
        }

        private func join(_ client: UnixConnection) {
            guard unheard == nil, let engine = try? UnixConnection(connectingTo: socket) else { return client.close() }
            spawn {
                while let bytes = try? await client.reader.read() { try? await engine.writer.write(bytes) }
            }
            spawn { [self] in
                var heard: [UInt8] = []
                while let bytes = try? await engine.reader.read() {
                    heard += bytes
                    let answers = heard.split(separator: 10).compactMap { try? JSON(parsing: Array($0)) }
                    unheard = answers.first { $0["cmd"]?.stringValue == "message.send" }
                    guard unheard == nil else { break }
                    try? await client.writer.write(bytes)
                }
                listener.close()
                try? FileManager.default.removeItem(atPath: path)
                self.engine.send(.kill)
                _ = await self.engine.end(within: .seconds(60))
                client.close()
                engine.close()
            }
        }
    }

    @Test func aCommandIsDoneOnce() async throws {
        try await spawn {
            let folder = try TestFolder()
            let engine = try EngineProcess(["--home", folder.path], home: folder.path)
            _ = try await engine.started()
            let ear = try Eavesdropper(
                engine, serving: folder.path + "/default/socket", at: folder.path + "/ear")
            let words = ["message.send", "to=\(strangersPeer)", "text=once"]
            let shot = try EngineProcess(["--home", folder.path, "--socket", ear.path] + words, home: folder.path)
            let answer = try await shot.line { ["ok", "error"].contains($0["type"]?.stringValue) }
            #expect(await shot.end(within: .seconds(60)) == .exited(0))
            #expect(answer["message"]?.stringValue != nil)
            #expect(answer["message"] == ear.unheard?["message"], "the answer of the engine that was killed")
            let list = try EngineProcess(
                ["--home", folder.path, "message.list", "chat=\(strangersPeer)"], home: folder.path)
            #expect(try await list.line { $0["type"]?.stringValue == "ok" }["count"]?.integerValue == 1)
            #expect(await list.end(within: .seconds(60)) == .exited(0))
        }.value
    }
}

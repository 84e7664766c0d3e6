import Foundation
import Identify
import Reactor
import RequestResponse
import Swarm
import TestSupport
import Testing
import Wire

@testable import Messaging

/// What a peer may call itself and its protocols, and what it may say where it refuses: each line of an engine is held
/// against raw control characters, and so is its log.
@Suite("Text from peers") struct PeerTextTests {
    /// Clears the screen, sets the title, ends the line, turns the writing round, ends the string, stacks up marks.
    private static let evil =
        "\u{1B}[2J\u{1B}]0;x\u{7}\r\n{\"type\":\"ok\"}\u{202E}\u{2028}\u{9B}\u{7F}\u{0}\"\\\u{200F}e\u{301}"

    @Test func isEscaped() async throws {
        try await spawn {
            let folder = try TestFolder()
            let engine = try EngineProcess(
                ["--ephemeral", "--listen", "/ip4/127.0.0.1/tcp/0", "--log", "debug"], home: folder.path)
            defer { engine.send(.kill) }
            let (_, address) = try await engine.started()
            let swarm = Swarm(world: .real(), identity: .test(7))
            let identify = IdentifyService(swarm: swarm, agentVersion: Self.evil)
            identify.start()
            swarm.setHandler(ProtocolID(stringLiteral: "/\(Self.evil.replacing("\n", with: ""))/1.0.0")) { _ in }
            let requests = RequestResponse(swarm: swarm)
            requests.handle([MessageRequest.protocolID]) { _, _, _ in
                MessageAnswer.refused(MessageRefusal(.invalid, Self.evil)).encoded()
            }
            _ = try await swarm.dial(.test(address))

            let updated = try await engine.line {
                $0["type"]?.stringValue == "peer.updated" && $0["agent"]?.stringValue?.isEmpty == false
            }
            #expect(updated["agent"]?.stringValue?.contains("\u{1B}[2J") == true)
            let peer = swarm.localPeer.description
            let shown = try await engine.ask(#""cmd":"peer.show","peer":"\#(peer)""#)
            #expect(shown["agent"]?.stringValue?.contains("\u{202E}") == true)
            _ = try await engine.ask(#""cmd":"message.send","to":"\#(peer)","text":"hi","wait":"delivered""#)
            let failed = try await engine.line { $0["type"]?.stringValue == "message.failed" }
            #expect(failed["reason"]?.stringValue?.contains("[2J") == true, "\(failed)")
            engine.closeInput()
            #expect(await engine.end(within: .seconds(30)) == .exited(0))
            #expect(engine.faults == [])
            let log = String(decoding: engine.errors, as: UTF8.self)
            #expect(log.contains("connection opened"))
            for line in log.split(separator: "\n") {
                #expect(line.unicodeScalars.allSatisfy { (0x20..<0x7F).contains($0.value) }, "\(line)")
            }
            await swarm.close()
        }.value
    }
}

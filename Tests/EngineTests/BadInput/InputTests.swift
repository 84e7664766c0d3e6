import Foundation
import Reactor
import TestSupport
import Testing
import Wire

/// Whatever stands on stdin: an error each, bounded memory, never an exit. The scripts `json-errors`, `line-too-long`,
/// `line-endings`, `split-lines` and `arguments` have the single cases.
@Suite("NDJSON input") struct InputTests {
    /// A hundred megabytes without a newline cost one error and no memory.
    @Test func aLineOfAHundredMegabytes() async throws {
        try await spawn {
            let folder = try TestFolder()
            let engine = try EngineProcess(["--ephemeral"], home: folder.path)
            defer { engine.send(.kill) }
            _ = try await engine.started()
            let before = engine.memory.peak
            engine.write(Array(#"{"cmd":"sync","id":""#.utf8))
            let megabyte = [UInt8](repeating: UInt8(ascii: "a"), count: 1 << 20)
            for _ in 0..<100 { engine.write(megabyte) }
            engine.write(Array("\"}\n".utf8))
            let error = try await engine.line { $0["type"]?.stringValue == "error" }
            #expect(error["code"]?.stringValue == "line.too_long" && error["line"]?.integerValue == 1)
            #expect(try await engine.ask(#""cmd":"sync""#)["type"]?.stringValue == "ok")
            #expect(engine.memory.peak - before < 8 << 20, "\(engine.memory.peak >> 10) KiB at the peak")
            #expect(engine.lines.isEmpty && engine.faults == [])
        }.value
    }

    /// A megabyte of brackets, in each way that they can nest.
    @Test func depthBombs() async throws {
        try await spawn {
            let folder = try TestFolder()
            let engine = try EngineProcess(["--ephemeral"], home: folder.path)
            defer { engine.send(.kill) }
            _ = try await engine.started()
            let bombs = [
                "[", "{\"a\":", "[{\"a\":", "[[],", "{\"cmd\":\"sync\",\"id\":[", "[\"\\u0041\",{\"\\u0041\":",
            ]
            for (index, bomb) in bombs.enumerated() {
                let count = (1 << 20) / bomb.utf8.count
                engine.write(Array(String(repeating: bomb, count: count).utf8) + [10])
                let error = try await engine.line { $0["type"]?.stringValue == "error" }
                #expect(error["code"]?.stringValue == "json.invalid")
                #expect(error["line"]?.integerValue == Int64(index + 1))
            }
            #expect(try await engine.ask(#""cmd":"sync""#)["type"]?.stringValue == "ok")
        }.value
    }

    /// Thousands of damaged lines, cut anywhere: as many errors, in order, each with its line's number.
    @Test func aFloodOfNonsense() async throws {
        try await spawn {
            let folder = try TestFolder()
            let engine = try EngineProcess(["--ephemeral"], home: folder.path)
            defer { engine.send(.kill) }
            _ = try await engine.started()
            let kinds: [[UInt8]] = [
                Array("nonsense".utf8), [0xFF, 0xFE], [0], Array("{\"cmd\":\"sync\",\"cmd\":1}".utf8),
                Array("{\"cmd\":\"sync\",\"unknown\":1}\r".utf8), Array("{\"cmd\":\"\u{1B}\"}".utf8),
                [0xEF, 0xBB, 0xBF] + Array("{\"cmd\":\"sync\"}".utf8), Array("[]".utf8), Array("{}".utf8),
                Array("{\"cmd\":\"nothing.such\"}".utf8), Array("{\"cmd\":\"sync\",\"id\":1.5}".utf8),
                Array("{\"cmd\":\"sync\",\"id\":\"\\ud800\"}".utf8), Array("{\"cmd\":\"sync\"".utf8),
            ]
            let count = 3000
            var random = SplitMix64(seed: 1)
            var text: [UInt8] = []
            for _ in 0..<count { text += kinds[random.next(below: kinds.count)] + [10] }
            var rest = text[...]
            while !rest.isEmpty {
                let chunk = rest.prefix(1 + random.next(below: 1 << 14))
                engine.write(Array(chunk))
                rest = rest.dropFirst(chunk.count)
            }
            engine.closeInput()
            #expect(await engine.end(within: .seconds(60)) == .exited(0))
            let lines = engine.lines.compactMap(\.json)
            #expect(lines.dropLast().allSatisfy { $0["type"]?.stringValue == "error" })
            #expect(lines.dropLast().compactMap { $0["line"]?.integerValue } == Array(1...Int64(count)))
            #expect(lines.last?["type"]?.stringValue == "stopped")
            #expect(engine.faults == [])
        }.value
    }
}

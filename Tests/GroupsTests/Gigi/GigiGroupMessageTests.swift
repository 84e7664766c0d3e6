import Groups
import TestSupport
import Testing
import Time

@Suite struct GigiGroupMessageTests {
    @Test func asRustWritesIt() throws {
        let text =
            #"{"sender_nickname":"alice","content":"hi","timestamp":1795219200,"has_file_share":false,"#
            + #""share_code":null,"filename":null,"file_size":null,"file_type":null}"#
        let message = GigiGroupMessage(nickname: "alice", content: "hi", time: .midnight)
        #expect(message.encoded.map { String(decoding: $0, as: UTF8.self) } == text)
        #expect(GigiGroupMessage(decoding: Array(text.utf8)) == message)
        // serde takes an absent option for null, and passes over what it does not know.
        let short = #"{"timestamp":1795219200,"x":[1],"content":"hi","has_file_share":false,"sender_nickname":"alice"}"#
        #expect(GigiGroupMessage(decoding: Array(short.utf8)) == message)
    }

    @Test func files() throws {
        let file = GigiGroupMessage.File(shareCode: "a1b2c3d4", filename: "e.txt", size: 5, type: "text/plain")
        let message = GigiGroupMessage(nickname: "b", content: "Shared file: e.txt", time: .midnight, file: file)
        #expect(GigiGroupMessage(decoding: try #require(message.encoded)) == message)
        let broken = #"{"sender_nickname":"b","content":"c","timestamp":1,"has_file_share":true,"share_code":"a"}"#
        #expect(GigiGroupMessage(decoding: Array(broken.utf8)) == nil)
    }

    @Test func whatIsNoMessage() {
        let texts = [
            "", "{}", "null", "[]", #"{"sender_nickname":1,"content":"c","timestamp":1,"has_file_share":false}"#,
            #"{"sender_nickname":"b","content":"c","timestamp":-1,"has_file_share":false}"#,
            #"{"sender_nickname":"b","content":"c","timestamp":9e99,"has_file_share":false}"#,
            #"{"sender_nickname":"b","content":"c","timestamp":9223372036854775807,"has_file_share":false}"#,
            #"{"sender_nickname":"b","content":"c","timestamp":1}"#,
            #"{"sender_nickname":"b","content":"c","timestamp":1,"has_file_share":false} x"#,
        ]
        for text in texts { #expect(GigiGroupMessage(decoding: Array(text.utf8)) == nil, "\(text)") }
        let long = GigiGroupMessage(nickname: "b", content: String(repeating: "x", count: 65_536), time: .midnight)
        #expect(long.encoded == nil)
    }

    @Test func fuzz() throws {
        var random = SeededRandom(seed: 1)
        let file = GigiGroupMessage.File(shareCode: "a1b2c3d4", filename: "e.txt", size: 5, type: "text/plain")
        let seed = try #require(GigiGroupMessage(nickname: "b", content: "é", time: .midnight, file: file).encoded)
        for _ in 0..<15_000 {
            guard let read = GigiGroupMessage(decoding: random.mutated(seed)) else { continue }
            if read.encoded.flatMap(GigiGroupMessage.init(decoding:)) != read { Issue.record("\(read)") }
        }
    }
}

import Testing

@testable import Messaging

@Suite struct MentionTests {
    @Test(arguments: [
        "@ada", "hi @Ada, are you there?", "(@ADA)", "@ada's", "@ada.", "x @bob @ada", "@@ada", "@ada-", "@ada - hi",
        "mail x@ada.org, @ada", "@ada\nnext line",
    ])
    func calls(text: String) {
        #expect(Mention.of("Ada", in: text))
    }

    @Test(arguments: [
        "", "ada", "@", "@ad", "@adalbert", "@ada1", "@ada_", "@ada-bot hi", "x@ada.org", "7@ada", "_@ada", "@ ada",
        "@äda",
    ])
    func doesNotCall(text: String) {
        #expect(!Mention.of("Ada", in: text))
    }

    @Test func namesAsPeopleChooseThem() {
        #expect(Mention.of("Ada Lovelace", in: "@ada lovelace: look"))
        #expect(!Mention.of("Ada Lovelace", in: "@ada: look"))
        #expect(Mention.of("Ёлка", in: "@ёлка!"))
        #expect(Mention.of("@home", in: "see @@home"))
        #expect(Mention.of("ada-bot", in: "@ada-bot hi"))
        #expect(!Mention.of("", in: "@ everybody"))
    }

    @Test func longTextsTakeNoLongTime() {
        let text = String(repeating: "@" + String(repeating: "a", count: 63), count: 1000)
        #expect(!Mention.of(String(repeating: "a", count: 64), in: text))
        #expect(!Mention.of("ada", in: String(repeating: "@", count: 65536)))
    }
}

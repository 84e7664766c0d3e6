import Identity
import TestSupport
import Testing
import Time
import Wire

@testable import Messaging

@Suite struct MessageContentTests {
    let alice = KeyPair.test(1)
    let bob = KeyPair.test(2)

    private func content(_ body: MessageBody? = nil, replyTo: MessageID? = nil) throws -> MessageContent {
        MessageContent(
            id: MessageID(high: 1, low: 2), author: alice.peerID, recipient: bob.peerID,
            time: Timestamp(milliseconds: -5), body: try body ?? MessageBody(text: "hi"), replyTo: replyTo)
    }

    @Test func contentComesBackWhole() throws {
        for replyTo in [nil, MessageID(high: 3, low: 4)] {
            let sample = try content(replyTo: replyTo)
            #expect(try MessageContent(decoding: sample.encoded()) == sample)
        }
    }

    /// The bytes are fixed: an older linnet's signature must verify for ever.
    @Test func theEncodingIsFixed() throws {
        let encoded = try content().encoded()
        #expect(
            encoded.hex
                == "a7626964500000000000000001000000000000000262746f5826" + bob.peerID.bytes.hex
                + "64626f64794268696474696d652464747970656a746578742f706c61696e" + "66617574686f725826"
                + alice.peerID.bytes.hex + "6c636f6e766572736174696f6e66646972656374")
    }

    @Test func onlyTheAuthorsSignatureCounts() throws {
        let sample = try content()
        let encoded = sample.encoded()
        let signature = MessageContent.sign(encoded, with: alice)
        #expect(sample.isSigned(by: signature, over: encoded))
        #expect(!sample.isSigned(by: MessageContent.sign(encoded, with: bob), over: encoded))
        #expect(!sample.isSigned(by: alice.sign(encoded), over: encoded), "a signature of another domain")
        #expect(!sample.isSigned(by: [], over: encoded))
        for index in encoded.indices {
            var changed = encoded
            changed[index] ^= 1
            #expect(!sample.isSigned(by: signature, over: changed))
        }
    }

    @Test func bodiesAreLimited() throws {
        #expect(throws: MessagingError(.empty, "")) { try MessageBody(text: "") }
        #expect(throws: MessagingError(.tooLarge, "")) { try MessageBody(text: String(repeating: "a", count: 262_145)) }
        #expect(try MessageBody(text: String(repeating: "a", count: 262_144)).bytes.count == 262_144)
        #expect(throws: MessagingError(.tooLarge, "")) {
            try MessageBody(Array(repeating: 1, count: 65_537), contentType: "image/png")
        }
        #expect(try MessageBody(Array(repeating: 0, count: 65_536), contentType: "image/png").text == nil)
        #expect(throws: MessagingError(.invalidText, "")) { try MessageBody(text: "a\u{0}b") }
        #expect(throws: MessagingError(.invalidText, "")) { try MessageBody([0xff], contentType: "text/html") }
        for type in [
            "", "text", "/", "text/", "/plain", "a b/c", "text/plain\n", "é/a", String(repeating: "a", count: 130),
        ] {
            #expect(throws: MessagingError(.invalidContentType, "")) { try MessageBody([1], contentType: type) }
        }
        for type in ["text/plain; charset=utf-8", "application/vnd.gigi.file-share+json", "image/svg+xml"] {
            #expect(try MessageBody([0x41], contentType: type).contentType == type)
        }
    }

    @Test func everyMissingOrWrongFieldIsNamed() throws {
        let whole = try #require(try CBOR(decoding: content().encoded()).mapValue)
        for entry in whole {
            let name = entry.key.textValue ?? ""
            let without = CBOR.map(whole.filter { $0.key != entry.key }).encoded()
            let wrong = CBOR.map(whole.map { CBOR.Entry(key: $0.key, value: $0.key == entry.key ? .null : $0.value) })
            for bytes in [without, wrong.encoded()] {
                let refusal = #expect(throws: MessageRefusal.self) { try MessageContent(decoding: bytes) }
                #expect(refusal?.code == .invalid)
                #expect(refusal?.message.contains("'\(name)'") == true)
            }
        }
    }

    @Test func anotherKindOfConversationIsUnsupported() throws {
        let whole = try #require(try CBOR(decoding: content().encoded()).mapValue)
        let other = CBOR.map(
            whole.map { CBOR.Entry(key: $0.key, value: $0.value == .text("direct") ? .text("group") : $0.value) })
        #expect(throws: MessageRefusal(.unsupported, "only direct conversations are taken here")) {
            try MessageContent(decoding: other.encoded())
        }
    }

    @Test func whatABotSaysIsMarked() throws {
        var sample = try content()
        let plain = sample.encoded()
        sample.isBot = true
        #expect(try MessageContent(decoding: sample.encoded()) == sample)
        #expect(try CBOR(decoding: sample.encoded())["bot"] == .bool(true))
        // A person's message is as it was before there were bots.
        #expect(try CBOR(decoding: plain)["bot"] == nil)
        #expect(!sample.isSigned(by: MessageContent.sign(plain, with: alice), over: sample.encoded()))
    }

    @Test func unknownFieldsArePassedOverAndStillSigned() throws {
        let sample = try content()
        let whole = try #require(try CBOR(decoding: sample.encoded()).mapValue)
        let later = CBOR.map(whole + [CBOR.Entry(key: .text("mood"), value: .text("blue"))]).encoded()
        let signature = MessageContent.sign(later, with: alice)
        #expect(try MessageContent(decoding: later) == sample)
        #expect(sample.isSigned(by: signature, over: later))
        #expect(!sample.isSigned(by: signature, over: sample.encoded()))
    }

    @Test func mutatedBytesNeverCrash() throws {
        let sample = try content(replyTo: MessageID(high: 3, low: 4))
        let request = MessageRequest(
            content: sample.encoded(), signature: MessageContent.sign(sample.encoded(), with: alice),
            after: MessageID(high: 9, low: 9)
        ).encoded()
        var random = SplitMix64(seed: 42)
        for _ in 0..<20_000 {
            var bytes = random.next(below: 2) == 0 ? request : sample.encoded()
            for _ in 0...random.next(below: 4) {
                switch random.next(below: 3) {
                case 0: bytes[random.next(below: bytes.count)] = UInt8(truncatingIfNeeded: random.next())
                case 1: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: random.next(below: bytes.count))
                default: bytes.removeLast(random.next(below: min(bytes.count - 1, 20)))
                }
            }
            if let request = try? MessageRequest(decoding: bytes) { _ = try? MessageContent(decoding: request.content) }
            _ = try? MessageContent(decoding: bytes)
            _ = MessageAnswer(decoding: bytes)
            _ = GigiDirect.Message(decoding: bytes)
            _ = GigiDirect.Response(decoding: bytes)
        }
    }
}

@Suite struct MessageAnswerTests {
    @Test func answersComeBackWhole() {
        var samples: [MessageAnswer] = [.stored, .refusedForUnknownReason("later.version")]
        for code in MessageRefusal.Code.allCases {
            samples.append(.refused(MessageRefusal(code, "why")))
            samples.append(.refused(MessageRefusal(code, "why", retryAfter: .milliseconds(1500))))
        }
        for sample in samples { #expect(MessageAnswer(decoding: sample.encoded()) == sample) }
    }

    @Test func whatIsNoAnswerIsNil() {
        for item in [CBOR.null, .map(["ok": .bool(false)]), .map(["error": .null]), .array([])] {
            #expect(MessageAnswer(decoding: item.encoded()) == nil)
        }
        #expect(MessageAnswer(decoding: []) == nil)
        #expect(MessageAnswer(decoding: Array(repeating: 0, count: 5000)) == nil)
    }

    @Test func aPeersPauseAndTextAreCut() {
        let long = CBOR.map([
            "error": .text("busy"), "message": .text(String(repeating: "x", count: 900)),
            "retry_after": .unsigned(.max),
        ]).encoded()
        guard case .refused(let refusal) = MessageAnswer(decoding: long) else {
            Issue.record("not read")
            return
        }
        #expect(refusal.retryAfter == .seconds(300))
        #expect(refusal.message.count == 200)
    }
}

/// The bytes of gigi's messages, derived from serde's rules.
@Suite struct GigiDirectTests {
    @Test func textIsWrittenAsSerdeDoes() {
        #expect(GigiDirect.Message.encoded(text: "hi").hex == "a16454657874a1676d657373616765626869")
        #expect(GigiDirect.Response.ack.encoded().hex == "6341636b")
        #expect(GigiDirect.Response.error("x").encoded().hex == "a1654572726f726178")
    }

    @Test func everyVariantIsRead() throws {
        #expect(GigiDirect.Message(decoding: hex("a16454657874a1676d657373616765626869")) == .text("hi"))
        let share = hex(
            "a16946696c655368617265a46a73686172655f636f64656861316232633364346866696c656e616d6565612e74787469"
                + "66696c655f73697a65056966696c655f747970656a746578742f706c61696e")
        #expect(
            GigiDirect.Message(decoding: share)
                == .fileShare(shareCode: "a1b2c3d4", filename: "a.txt", fileSize: 5, fileType: "text/plain"))
        let group = hex(
            "a16a536861726547726f7570a36867726f75705f696461676a67726f75705f6e616d65616e70696e76697465725f6e69"
                + "636b6e616d6562616c")
        #expect(
            GigiDirect.Message(decoding: group)
                == .shareGroup(groupID: "g", groupName: "n", inviterNickname: "al"))
        #expect(GigiDirect.Response(decoding: hex("6341636b")) == .ack)
        #expect(GigiDirect.Response(decoding: hex("a1654572726f726178")) == .error("x"))
    }

    @Test(arguments: [
        "", "6341636b", "a0", "a16454657874a0", "a164546578746161", "a26454657874a06141a0", "a1644e6f7065a0",
    ])
    func anythingElseIsNoMessage(_ bytes: String) {
        #expect(GigiDirect.Message(decoding: hex(bytes)) == nil)
    }

    @Test func sharesBecomeBodiesThatSayWhatTheyAre() throws {
        let share = GigiDirect.Message.fileShare(
            shareCode: "a1b2c3d4", filename: "a\"\n.txt", fileSize: 5, fileType: "text/plain")
        let body = try share.body()
        #expect(body.contentType == "application/vnd.gigi.file-share+json")
        let json = try JSON(parsing: body.bytes)
        #expect(
            json
                == .object([
                    JSON.Member(name: "share_code", value: .string("a1b2c3d4")),
                    JSON.Member(name: "filename", value: .string("a\"\n.txt")),
                    JSON.Member(name: "file_size", value: .integer(5)),
                    JSON.Member(name: "file_type", value: .string("text/plain")),
                ]))
        #expect(throws: MessagingError.self) { try GigiDirect.Message.text("").body() }
        #expect(throws: MessagingError.self) {
            try GigiDirect.Message.shareGroup(
                groupID: String(repeating: "g", count: 70_000), groupName: "n", inviterNickname: "i"
            ).body()
        }
    }
}

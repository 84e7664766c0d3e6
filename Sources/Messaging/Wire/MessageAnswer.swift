import Wire

/// Why a receiver did not take a message.
struct MessageRefusal: Error, Equatable, Sendable {
    /// The codes of the wire.
    enum Code: String, Sendable, CaseIterable {
        /// The message named by `after` is not stored. Send that one first.
        case order
        /// Too much at once. Send again after `retry_after`.
        case busy
        /// The store is full or failing. Send again later.
        case unavailable
        /// Another message of this author has the same id.
        case conflict
        /// The bytes, the signature or the author are wrong.
        case invalid
        /// The body is larger than allowed.
        case tooLarge = "too_large"
        /// The message is for another peer.
        case recipient
        /// A kind of conversation that this receiver does not know.
        case unsupported
    }

    var code: Code
    var message: String
    var retryAfter: Duration?

    init(_ code: Code, _ message: String, retryAfter: Duration? = nil) {
        self.code = code
        self.message = message
        self.retryAfter = retryAfter
    }

    static func missing(_ field: String) -> MessageRefusal {
        MessageRefusal(.invalid, "'\(field)' is missing or malformed")
    }
}

/// The answer to a ``MessageRequest``: the CBOR map `{"ok": true}` once the message is on the receiver's disk, or
/// `error` (a code), `message` (a text for people) and `retry_after` (milliseconds, optional).
enum MessageAnswer: Equatable, Sendable {
    case stored
    case refused(MessageRefusal)
    /// A code that this version does not know: taken as final.
    case refusedForUnknownReason(String)

    /// Bytes of an answer at most.
    static let maximumBytes = 1024
    private static let maximumTextCharacters = 200

    func encoded() -> [UInt8] {
        switch self {
        case .stored: return CBOR.map(["ok": .bool(true)]).encoded()
        case .refused(let refusal):
            var entries: [CBOR.Entry] = [
                CBOR.Entry(key: .text("error"), value: .text(refusal.code.rawValue)),
                CBOR.Entry(key: .text("message"), value: .text(refusal.message)),
            ]
            if let delay = refusal.retryAfter {
                let milliseconds = UInt64(max(delay.millisecondsClamped, 0))
                entries.append(CBOR.Entry(key: .text("retry_after"), value: .unsigned(milliseconds)))
            }
            return CBOR.map(entries).encoded()
        case .refusedForUnknownReason(let code): return CBOR.map(["error": .text(code)]).encoded()
        }
    }

    /// nil when the bytes are no answer.
    init?(decoding bytes: [UInt8]) {
        guard bytes.count <= Self.maximumBytes,
            let map = try? CBOR(decoding: bytes, limits: CBORLimits(depth: 4, items: 64))
        else { return nil }
        if map["ok"]?.boolValue == true {
            self = .stored
            return
        }
        guard let name = map["error"]?.textValue else { return nil }
        guard let code = MessageRefusal.Code(rawValue: name) else {
            self = .refusedForUnknownReason(String(name.prefix(Self.maximumTextCharacters)))
            return
        }
        let text = map["message"]?.textValue ?? code.rawValue
        // A peer must not put us to sleep for longer than our own longest pause.
        let delay = map["retry_after"]?.unsignedValue.map { Duration.milliseconds(Int64(min($0, 300_000))) }
        self = .refused(MessageRefusal(code, String(text.prefix(Self.maximumTextCharacters)), retryAfter: delay))
    }
}

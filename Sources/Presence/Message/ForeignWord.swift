/// What P2PMsg says in its one topic, between the messages of people, to tell that it is there.
///
/// Its peers answer the first two with the third, each time and to everybody; so linnet says the first once, and after
/// that only the third, which nobody answers.
public enum ForeignWord: String, CaseIterable, Sendable {
    /// A newcomer.
    case presence = "ANNOUNCE:PRESENCE"
    /// Still there.
    case refresh = "ANNOUNCE:REFRESH"
    /// The answer to either.
    case welcome = "ANNOUNCE:WELCOME"

    /// The word that a message is; nil for what people say.
    public init?(_ data: [UInt8]) {
        guard data.count <= 64, let text = String(validating: data, as: UTF8.self) else { return nil }
        self.init(rawValue: text)
    }
}
